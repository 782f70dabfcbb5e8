/** Changing the account's password; a session by lock needs no old one. */
import { get, post } from "/site/api.js";
import { find, h, notice } from "/site/dom.js";
import { Field, Form, busy } from "/site/form.js";
import { failed, frame } from "/site/frame.js";
import { speak, t } from "/site/words.js";
import { passwordFields } from "/register/fields.js";
import texts from "/password/texts.js";

speak(texts);
const page = await frame({ needs: "account" });
if (page) await start(page).catch(failed);

async function start({ portal, session }) {
  const { hasPassword } = await get("/api/account");
  const byLock = session.strength === "ca";
  const old = new Field({
    key: "old", title: { zh: "原密码", en: "Old password" }, required: !byLock, kind: "password",
    attributes: { autocomplete: "current-password" }, hint: byLock ? () => t("oldLeft") : undefined,
  });
  const [first, second] = passwordFields(portal.password);
  const form = new Form([...(hasPassword ? [old] : []), first, second]);
  const go = h("button.primary", null, t("changePassword"));
  const said = h("div", { "aria-live": "polite" });
  const send = async (event) => {
    event.preventDefault();
    said.replaceChildren();
    if (!form.check()) return;
    const { old: before, password } = form.values;
    await busy(go, async () => {
      try {
        await post("/api/account/password", { new: password, ...(before && { old: before }) });
        for (const field of form.fields) field.value = "";
        said.replaceChildren(notice("good", h("p", null, t("passwordChanged"))));
      } catch (error) {
        // The portal calls the new one "new".
        if (error.fields?.field === "new") error.fields.field = "password";
        form.refused(error);
      }
    });
  };
  find("main").firstElementChild.append(
    portal.password.onceBound ? "" : h("p.notice.info", null, t("onlyLocks")),
    h("form", { novalidate: true, onsubmit: send },
      form.summary,
      h("div.fields", null, form.fields.map(({ node }) => node)),
      h("p.hint", null, t("othersEnd")), h("div.actions", null, go)),
    said);
}
