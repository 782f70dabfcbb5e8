/** The files that belong to the basic data. */
import { get, put, remove, sentence } from "/site/api.js";
import { ask } from "/site/confirm.js";
import { button, h } from "/site/dom.js";
import { live, say, t } from "/site/words.js";

const LARGEST = 10 * 1024 * 1024;

export class Attachments {
  #portal;
  #update;
  #list = h("ul.files");
  node;

  constructor(portal, update) {
    this.#portal = portal;
    this.#update = update;
    this.node = h("section.card", { "aria-labelledby": "attachments-title", hidden: true },
      h("h2", { id: "attachments-title" }, t("attachmentsTitle")), h("p.lead", null, t("attachmentsLead")), this.#list);
  }

  draw({ account, attachments, may }) {
    const wanted = this.#portal.registration.attachments.filter(({ only }) => !only || only === account.kind);
    this.node.hidden = wanted.length === 0;
    this.#list.replaceChildren(...wanted.map((one) => this.#row(one, attachments.find(({ key }) => key === one.key), may.save)));
  }

  #row({ key, title, required }, file, editable) {
    const address = `/api/account/attachments/${key}`;
    const problem = h("p.problem-line", { role: "alert" });
    const input = h("input", { type: "file", accept: ".pdf,.png,.jpg,.jpeg,.ofd", onchange: () => this.#send(address, input, upload, problem) });
    const upload = h("label.upload", null, input, t(file ? "replace" : "upload"), h("span.hidden", null, ": ", say(title)));
    return h("li", null,
      h("div", null,
        h("strong", null, say(title), " ", required && h("span.star", { "aria-hidden": "true" }, "*")),
        h("p", null, file ? `${file.name} · ${size(file.size)}` : t("notUploaded"))),
      h("div.actions", null,
        file && h("a", { href: address, download: file.name }, t("download")),
        file && editable && button(t("delete"), () => this.#delete(address, file.name), { kind: "small" }),
        editable && upload),
      problem);
  }

  async #send(address, input, upload, problem) {
    const [file] = input.files;
    if (!file) return;
    problem.replaceChildren();
    if (file.size > LARGEST) {
      problem.append(t("tooLarge"));
      return;
    }
    upload.setAttribute("aria-disabled", "true");
    upload.lastChild.previousSibling.replaceWith(t("uploading"));
    try {
      await put(address, file, file.name);
      this.#update(await get("/api/account"));
    } catch (error) {
      upload.removeAttribute("aria-disabled");
      upload.lastChild.previousSibling.replaceWith(t("upload"));
      input.value = "";
      problem.append(live(() => sentence(error) ?? error.message));
    }
  }

  async #delete(address, name) {
    const done = await ask({
      title: () => t("deleteFile"), text: [h("p", null, t("deleteFileLead", { name }))], yes: () => t("delete"), danger: true,
      act: async () => {
        await remove(address);
        return get("/api/account");
      },
    });
    if (done) this.#update(done);
  }
}

/** @param {number} bytes */
function size(bytes) {
  return bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
