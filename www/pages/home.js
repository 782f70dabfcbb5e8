/** The page behind the login: who is logged in, by the portal's word. */
const KINDS = { enterprise: "企业", employee: "单位员工", person: "个人", unknown: "未知" };
const find = (id) => document.getElementById(id);

show();
find("logout").addEventListener("click", logOut);
// From the back-forward cache the page would show who is no longer logged in.
addEventListener("pageshow", ({ persisted }) => persisted && location.reload());

async function show() {
  let response;
  try {
    response = await fetch("/api/session", { headers: { accept: "application/json" }, cache: "no-store" });
  } catch {
    return fail("读取失败", "请检查网络，然后刷新本页。");
  }
  if (response.status === 401) return fail("您还没有登录", "登录已失效，或者还没有登录。");
  if (!response.ok) return fail("读取失败", "平台暂时不能提供服务，请稍后再试。");
  const { holder, since } = await response.json();
  find("title").textContent = "已登录";
  find("lead").textContent = `${holder.name}，您好。`;
  find("facts").replaceChildren(
    ...fact("持有人", holder.name),
    ...fact("单位", holder.organisation !== holder.name && holder.organisation),
    ...fact("使用人", holder.person !== holder.name && holder.person),
    ...fact("锁的类型", KINDS[holder.kind] ?? KINDS.unknown),
    ...fact("单位代码", holder.code),
    ...fact("颁发机构", holder.issuer),
    ...fact("证书序列号", holder.serial),
    ...fact("有效期至", time(holder.notAfter ?? holder.not_after, "long")),
    ...fact("登录时间", time(since, "long", "medium")),
  );
  find("logout").hidden = false;
  return undefined;
}

function fail(title, text) {
  find("title").textContent = title;
  find("problem").textContent = text;
  find("problem").hidden = false;
  find("again").hidden = false;
}

function fact(term, value) {
  if (!value) return [];
  const name = document.createElement("dt");
  const text = document.createElement("dd");
  name.append(term);
  text.append(value);
  return [name, text];
}

function time(value, dateStyle, timeStyle) {
  return value && new Intl.DateTimeFormat("zh-CN", { dateStyle, timeStyle }).format(new Date(value));
}

async function logOut() {
  find("logout").disabled = true;
  try {
    const response = await fetch("/api/logout", { method: "POST" });
    if (!response.ok) throw new Error();
    location.replace("/");
  } catch {
    find("logout").disabled = false;
    find("problem").textContent = "退出没有成功，请再试一次。";
    find("problem").hidden = false;
  }
}
