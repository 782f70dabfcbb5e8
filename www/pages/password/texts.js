/** What the page for the account's password says. */
export default {
  passwordTitle: ["登录密码", "Password"],
  passwordLead: ["修改账号登录用的密码。它不是CA锁的证书密码。", "The password for logging in by account; it is not a lock's PIN."],
  onlyLocks: ["已绑定CA锁的用户只能使用CA登录；解绑后才会用到这个密码。", "Users with a bound lock log in with it only; this password is for after unbinding."],
  oldLeft: ["您用CA锁登录，可以不填原密码。", "Logged in by lock: the old one may be left out."],
  changePassword: ["修改密码", "Change the password"],
  othersEnd: ["修改后，其他窗口和设备上的登录会结束。", "Other sessions of the account end with it."],
};
