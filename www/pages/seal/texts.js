/** What the page for sealing says around the element. */
export default {
  sealTitle: ["电子签章", "Electronic seals"],
  sealLead: ["给投标文件加盖电子印章。文件在本机处理，不会上传；密码只输入一次。", "Set electronic seals on a bid document. It stays on this computer; the PIN is typed once."],
};
