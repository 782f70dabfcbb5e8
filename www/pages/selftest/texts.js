/** What the self-test's page says around the test. */
export default {
  selftestTitle: ["一键检测", "Self-test"],
  selftestLead: [
    "插入CA锁，点“一键检测”，按提示选锁、输入证书密码。检测不办理任何业务，也不改动锁里的任何内容。",
    "Plug the CA lock in, press Start the test, pick the lock and type its PIN when asked. The test does no business and changes nothing in the lock.",
  ],
  selftestHint: [
    "不需要安装检测工具、驱动程序或控件。弹出的窗口里没有您的锁：",
    "No tool, driver or plug-in is needed. If your lock is not listed in the browser's window: ",
  ],
  selftestWhy: ["检查一下原因", "find out why"],
};
