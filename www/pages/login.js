/** The login page's own script: the language of the login, nothing else. */
const login = document.querySelector("calock-login");
const button = document.querySelector("#language");

button.addEventListener("click", () => {
  const english = login.lang !== "en";
  login.lang = english ? "en" : "zh-CN";
  button.lang = english ? "zh-CN" : "en";
  button.textContent = english ? "中文" : "English";
});
