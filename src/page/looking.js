/** Looking before a run: what the service makes of the first part of a file, before all of it is sent. */
import { $, announce, element, outside } from "./elements.js";
import { lookView } from "./look_view.js";
import { options } from "./options.js";
import { call, Refusal } from "./service.js";
import { upload } from "./uploading.js";

/**
 * What is sent to be looked at: the service reads 1 MiB, and sees from the rest that the file goes on. Of a compressed
 * file it reads as much of what comes out, which the same part of it holds.
 */
const PART_BYTES = (1024 + 64) * 1024;

/** The file that is looked at, or null. */
let file = null;

/** Show how this file would be read, with the options of this moment. */
export async function look(chosen) {
  const query = options();
  if (query === null) return;
  file = chosen;
  query.set("filename", file.name);
  document.body.classList.add("looking");
  $("look").hidden = false;
  $("look-title").replaceChildren(outside(file.name, {}));
  $("look-content").replaceChildren(element("p", { class: "quiet" }, "One moment"));
  $("look-title").focus();
  let shown;
  try {
    const body = file.slice(0, PART_BYTES);
    const found = await call(`/v1/inspect?${query}`, { method: "POST", body });
    shown = lookView(found, file.size);
    announce(`${chosen.name}: looked at, nothing was stored`);
  } catch (error) {
    shown = refusal(error);
  }
  // Meanwhile the visitor may have gone, or chosen another.
  if (file === chosen) $("look-content").replaceChildren(...shown);
}

/** Leave it, with nothing sent. */
export function stopLooking() {
  file = null;
  document.body.classList.remove("looking");
  $("look").hidden = true;
  $("look-content").replaceChildren();
}

export function lookAgain() {
  if (file !== null) look(file);
}

/** Send the whole file as any other. */
export function runLookedAt() {
  const chosen = file;
  if (chosen === null || options() === null) return;
  stopLooking();
  upload([chosen]);
}

function refusal(error) {
  const sentences = error instanceof Refusal ? error.sentences : [
    "The service did not answer, or the file has been changed or moved. Look again in a moment.",
  ];
  return [
    element("p", { class: "sentence bad" }, "This file would not be accepted."),
    element("ul", {}, ...sentences.map((sentence) => element("li", {}, sentence))),
  ];
}
