/** Uploading: files wait in line and go up one after the other. What is refused stays in view, with the reason. */
import { $, announce, element, outside } from "./elements.js";
import { poll } from "./following.js";
import { followed, learn, selected } from "./known.js";
import { count } from "./numbers.js";
import { options } from "./options.js";
import { send } from "./send.js";

/** Files in line, with the options and the selected task of the moment they came. */
const waiting = [];
/** Whether a file is going up. */
export let uploading = false;

/** Put files in line; they go up one after the other, each with the options of this moment, and those of `more`. */
export function upload(files, more = {}) {
  const query = options();
  if (query === null) return;
  for (const [name, value] of Object.entries(more)) query.set(name, value);
  for (const file of files) {
    const item = element(
      "li",
      {},
      element("div", { class: "row" }, outside(file.name, { class: "name" })),
    );
    item.append(element("p", { class: "quiet" }, "Waiting to be uploaded"));
    $("uploads").append(item);
    waiting.push({ file, query, item, from: selected });
  }
  if (!uploading) uploadNext();
}

async function uploadNext() {
  const next = waiting.shift();
  uploading = next !== undefined;
  if (!uploading) return;
  const { file, query, item, from } = next;
  try {
    const task = await send(file, query, item);
    followed.add(task.id);
    learn(task);
    item.remove();
    // The last of them is shown, unless the visitor went elsewhere meanwhile.
    if (waiting.length === 0 && selected === from) location.hash = `task=${task.id}`;
    announce(`${task.filename}: uploaded`);
    poll();
  } catch (error) {
    if (error === null) item.remove();
    else showRefusal(item, file.name, error);
  }
  uploadNext();
}

/** Say in `item` why the file was not accepted, and what to do. */
function showRefusal(item, name, error) {
  const dismiss = element("button", { type: "button", class: "plain" }, "Dismiss");
  dismiss.addEventListener("click", () => {
    item.remove();
    $("file").focus();
  });
  const sentences = [...(error.sentences ?? [error.message])];
  if (error.line) {
    sentences.push(`Mend line ${count(error.line)} of the file, then upload it again.`);
  }
  item.className = "refused";
  item.replaceChildren(
    element("div", { class: "row" }, outside(name, { class: "name" }), dismiss),
    element(
      "p",
      {},
      error.status < 500 ? "Not accepted; nothing was stored." : "Not accepted.",
    ),
    element("ul", {}, ...sentences.map((sentence) => element("li", {}, sentence))),
  );
  announce(`${name} was not accepted. ${sentences.join(" ")}`);
}
