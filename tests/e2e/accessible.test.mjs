// The helpers are what every other browser test rests on, so they are tested first, against a small page with a closed
// shadow root in a closed shadow root.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { announced, find, fill, focused, press, says, text, tree } from "./support/accessible.mjs";
import { launch, Window } from "./support/browser.mjs";

const PAGE = `<!doctype html><html lang="zh"><title>toy</title>
<div style="height: 2000px">far above</div><toy-login></toy-login>
<script>
class Inner extends HTMLElement {
  connectedCallback() {
    const root = this.attachShadow({ mode: "closed" });
    root.innerHTML = '<label>证书密码 <input type="password"></label><button disabled>登录</button>' +
      '<button hidden>登录</button><p role="alert"></p><p aria-hidden="true">decoration</p>';
    const [field, button, alert] = ["input", "button", "p"].map((tag) => root.querySelector(tag));
    field.addEventListener("input", () => { alert.textContent = field.value.length + " 位"; });
    setTimeout(() => { button.disabled = false; }, 300);
    button.addEventListener("click", (event) => {
      alert.textContent = "还可以尝试 " + 5 + " 次";
      this.getRootNode().host.setAttribute("state", event.isTrusted ? "pressed" : "scripted");
      this.getRootNode().host.setAttribute("pin", field.value);
    });
  }
}
customElements.define("toy-inner", Inner);
class Login extends HTMLElement {
  connectedCallback() { this.attachShadow({ mode: "closed" }).innerHTML = "<toy-inner></toy-inner>"; }
}
customElements.define("toy-login", Login);
</script>`;

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

async function toy(steps) {
  const window = await Window.open(browser);
  await window.page.setContent(PAGE);
  await steps(window.page, window);
  return window;
}

test("a button in closed shadow roots is waited for and pressed with a real gesture", { timeout: 60_000 }, async () => {
  const window = await toy(async (page) => {
    await fill(page, "textbox", "证书密码", "12345678");
    assert.deepEqual(await announced(page), ["8 位"]);
    assert.equal((await focused(page)).name, "证书密码");
    await press(page, "button", "登录");
    assert.equal(await page.locator("toy-login").getAttribute("state"), "pressed");
    assert.equal(await page.locator("toy-login").getAttribute("pin"), "12345678");
  });
  await window.close();
});

test("text is read as a screen reader reads it", { timeout: 60_000 }, async () => {
  const window = await toy(async (page) => {
    await press(page, "button", "登录");
    await says(page, "还可以尝试 5 次");
    assert.doesNotMatch(await text(page), /decoration/);
    const button = (await tree(page)).filter((node) => node.role === "button");
    assert.equal(button.length, 1, "the hidden button is not there for anybody");
  });
  await window.close();
});

test("what is not there is an error that tells what is", { timeout: 60_000 }, async () => {
  const window = await toy(async (page) => {
    await assert.rejects(find(page, "button", "注销", 0.2), /waited 0.2 s for button 注销.*textbox “证书密码”/s);
    await assert.rejects(says(page, "登录成功", 0.2), /登录成功.*far above/s);
  });
  await window.close();
});

test("a page's complaints fail the test unless they were expected", { timeout: 60_000 }, async () => {
  const complaining = () => toy((page) => page.evaluate(() => console.error("broken promise")));
  await assert.rejects((await complaining()).close(), /the page complained/);
  await (await complaining()).close([/broken promise/]);

  const strict = await Window.open(browser);
  await strict.page.route("http://strict.test/", (route) =>
    route.fulfill({
      body: "<script>document.title = 'ran'</script>",
      headers: { "content-type": "text/html", "content-security-policy": "default-src 'none'" },
    }),
  );
  await strict.page.goto("http://strict.test/");
  await assert.rejects(strict.close(), /Content Security Policy/);
});
