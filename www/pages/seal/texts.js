/** What the page for sealing says around the element. */
export default {
  sealTitle: ["电子签章", "Electronic seals"],
  sealLead: ["给投标文件加盖电子印章。签章在本机进行，提交时才上传文件；密码只输入一次。", "Set electronic seals on a bid document. It is sealed on this computer and sent when you say so; the PIN is typed once."],
  sentTitle: ["已提交的签章文件", "Sealed documents that were sent"],
  sentNone: ["还没有提交过签章文件。", "None was sent yet."],
  sentNew: ["平台已收到“{name}”，回执如下。", "The portal has “{name}”; this is its receipt."],
  sentFile: ["文件", "Document"],
  sentAt: ["提交时间", "Sent"],
  sentBy: ["签章", "Seals"],
  sentSize: ["大小", "Size"],
  sentDigest: ["摘要（SM3）", "Digest (SM3)"],
  sentActions: ["操作", "Actions"],
  sentDownload: ["下载", "Download"],
  sentFailed: ["回执没有读取成功，请刷新页面。", "The receipts could not be read; reload the page."],
};
