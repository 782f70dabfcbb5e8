import { Window, launch } from "./support/browser.mjs";
import { Portal } from "./support/portal.mjs";
import { press, says } from "./support/accessible.mjs";
const portal = await Portal.start(); const browser = await launch();
try {
  const window = await Window.open(browser); const page = window.page;
  await page.goto(portal.origin + "/seal");
  await page.locator("calock-seal input[type=file]").first().setInputFiles("/work/shared/data/ofd/hello.ofd");
  await page.waitForTimeout(1500);
  await window.screenshot("zz-seal-1");
  await page.setViewportSize({width:390,height:800}); await page.waitForTimeout(300);
  await window.screenshot("zz-seal-2");
  console.log(window.complaints, await page.locator("calock-seal .problem").textContent());
} finally { await browser.close(); await portal.stop(); }
