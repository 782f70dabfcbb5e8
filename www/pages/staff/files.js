/** 电子件管理: the files of one person, before the entry is submitted. */
import { put, remove, sentence } from "/site/api.js";
import { show } from "/site/confirm.js";
import { button, h } from "/site/dom.js";
import { live, t } from "/site/words.js";

/** @param {object} row the person @param {() => Promise<void>} changed */
export function files(row, changed) {
  let list = row.attachments;
  const address = (key) => `/api/staff/${row.staff}/attachments/${key}`;
  const problem = h("p.problem-line", { role: "alert" });
  const shown = h("ul.files");
  const input = h("input", { type: "file", accept: ".pdf,.png,.jpg,.jpeg,.ofd" });
  const attempt = async (act) => {
    problem.replaceChildren();
    try {
      await act();
      draw();
      await changed();
    } catch (error) {
      problem.append(live(() => sentence(error) ?? error.message));
    }
  };
  input.addEventListener("change", () => attempt(async () => {
    const [file] = input.files;
    if (!file) return;
    const key = unused(list);
    const kept = await put(address(key), file, file.name);
    list = [...list, { name: file.name, size: file.size, ...kept, key }];
    input.value = "";
  }));
  const draw = () => shown.replaceChildren(...list.map(({ key, name }) =>
    h("li", null,
      h("div", null, h("strong", null, name)),
      h("div.actions", null,
        h("a", { href: address(key), download: name }, t("view")),
        button(t("delete"), () => attempt(async () => {
          await remove(address(key));
          list = list.filter((one) => one.key !== key);
        }), { kind: "small" })))));
  draw();
  return show({
    title: () => t("files"),
    content: [h("p.lead", null, row.name, " · ", t("filesLead")), shown, problem, h("p.actions", null, h("label.upload", null, input, t("upload")))],
  });
}

function unused(list) {
  for (let n = 1; ; n += 1) if (!list.some(({ key }) => key === `file-${n}`)) return `file-${n}`;
}
