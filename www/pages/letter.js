/** The letter of commitment: made of the data that were saved, sealed here, and then the data are submitted with it (C03, C20). */
import { get, post, sentence } from "/site/api.js";
import { button, find, h, notice } from "/site/dom.js";
import { busy } from "/site/form.js";
import { failed, frame } from "/site/frame.js";
import { noticeBox } from "/site/notices.js";
import { date, follow, label, language, live, speak, t, w, wordOf } from "/site/words.js";
import texts from "/letter/texts.js";

speak(texts);
const page = await frame({ needs: "account" });
if (page) await start(page).catch(failed);

/** The steps of the manual, and which of them is the present one. */
function steps(now) {
  const names = ["stepChange", "stepLetter", "stepSeal", "stepSubmit"];
  label(find("steps"), "aria-label", "steps").replaceChildren(...names.map((name, at) =>
    h("li", { class: at < now ? "past" : at === now ? "now" : undefined, "aria-current": at === now && "step" }, t(name))));
}

async function start({ session }) {
  const account = await get("/api/account");
  if (!account.letter) return tell(notice("info", h("p", null, t("notWanted"))));
  if (!account.may.save || !account.letter.needed) return settled(account);
  try {
    await draw(session, await post("/api/account/letter"));
  } catch (error) {
    steps(0);
    refused(error);
  }
}

/** Nothing is being edited: the letter that holds, or what comes first. */
function settled({ account, letter: { holds, title } }) {
  steps(holds ? 4 : 0);
  const waiting = account.state === "waiting";
  tell(
    holds ? notice("good", h("p", null, live(() => w("holds", { time: date(holds.sealedAt, true) }))), h("p.actions", null, download(holds, title))) : "",
    waiting ? notice("info", h("p", null, t("waiting"))) : "",
    holds || waiting ? "" : notice("info", h("p", null, t("changeFirst"))),
    h("p.actions", null, h("a.button", { href: "/account" }, t("toData"))));
}

/** The letter of the data as they are: to be sealed, or sealed and to be submitted with them. */
function draw(session, { letter: { made, title } }) {
  if (made.sealedAt) return sealed(made, title);
  steps(2);
  tell(h("p.actions", null, download(made, title), h("a.button.quiet", { href: "/account" }, t("back"))));
  return seal(session, made, title);
}

async function seal(session, made, title) {
  const [file] = await Promise.all([
    fetch(made.file).then((response) => response.blob()), import("/calock/api.js"), import("/calock/api-seal.js"),
  ]);
  const element = document.createElement("calock-seal");
  follow(element, (self) => (self.lang = language()));
  element.csrf = session.csrf;
  element.account = session.account.account;
  element.refusal = session.capabilities?.refused?.seal ?? undefined;
  element.suggested = made.places.map(({ page, x, y, width, height }) => ({ page, x: x + width / 2, y: y + height / 2 }));
  element.setAttribute("post-url", "/api/seals");
  element.setAttribute("post-at-once", "");
  element.addEventListener("calock-posted", ({ detail }) => taken(made, detail.answer, title));
  find("place").replaceChildren(element);
  await element.open(new File([file], `${wordOf(title)}.pdf`, { type: "application/pdf" }));
}

/** The portal has the sealed document: it is this letter, or it says why not. */
async function taken({ letter }, { seal: receipt }, title) {
  try {
    const { letter: { made } } = await post(`/api/account/letter/${letter}/sealed`, { seal: receipt });
    sealed(made, title);
  } catch (error) {
    refused(error);
  }
}

function sealed(made, title) {
  steps(3);
  // Everything was saved before; the letter says it all, so that no second signature is wanted.
  const send = () => post("/api/account/submit", { formText: "{}" }).then(submitted, refused);
  const submit = button(t("submitData"), ({ currentTarget }) => busy(currentTarget, send), { kind: "primary" });
  find("place").replaceChildren();
  tell(
    notice("good", h("p", { role: "status" }, live(() => w("sealed", { time: date(made.sealedAt, true) }))), h("p.actions", null, download(made, title))),
    h("p.actions", null, submit, h("a.button.quiet", { href: "/account" }, t("back"))));
  submit.focus();
}

async function submitted({ account, letter, notice: told }) {
  steps(4);
  const { capabilities } = await get("/api/session");
  const valid = account.state === "valid";
  tell(
    notice("good",
      h("p", { role: "status" }, t(valid ? "approved" : "submitted")),
      valid && capabilities.business ? h("p", null, h("strong", null, t("granted"))) : "",
      letter.holds ? h("p.actions", null, download(letter.holds, letter.title)) : ""),
    told ? noticeBox(told) : "",
    h("p.actions", null, h("a.button", { href: "/home" }, t("toHome"))));
}

function download({ file }, title) {
  return h("a", { href: file, download: true }, live(() => w("download", { title: wordOf(title) })));
}

function refused(error) {
  if (error.name !== "Refusal") throw error;
  const { field, characters } = error.fields;
  const box = notice("bad",
    h("p", { role: "alert" }, live(() => sentence(error))),
    characters ? h("p", null, t("characters"), h("strong", null, characters)) : "",
    field || error.code.startsWith("LETTER_") ? h("p.actions", null, h("a.button", { href: "/account" }, t("toData"))) : "");
  box.dataset.code = error.code;
  find("said").replaceChildren(box);
  box.scrollIntoView({ block: "nearest" });
}

function tell(...nodes) {
  find("said").replaceChildren(...nodes.filter(Boolean));
}
