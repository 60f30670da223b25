/** Deleting the files of a task, after asking. */
import { $, announce, fill, outside } from "./elements.js";
import { changed, known, look } from "./known.js";
import { call, Refusal } from "./service.js";

/** Ask the visitor whether to delete the files of a task, and do it if so. */
export function askDeletion(id) {
  const task = known.get(id);
  fill($("confirm-words"), id, () => [
    "The upload ",
    outside(task.filename, {}),
    " and all its results are removed for good. The record of the task and the hashes of its files stay.",
  ]);
  $("confirm-error").hidden = true;
  $("confirm-delete").onclick = () => deleteFiles(id);
  $("confirm").showModal();
}

async function deleteFiles(id) {
  $("confirm-delete").disabled = true;
  try {
    await call(`/v1/tasks/${encodeURIComponent(id)}`, { method: "DELETE" });
    await look(id);
    $("confirm").close();
    $("detail-title").focus();
    announce("The files were deleted.");
  } catch (error) {
    $("confirm-error").hidden = false;
    $("confirm-error").textContent = error instanceof Refusal
      ? error.message
      : "The service did not answer. Nothing may have been deleted: look again once it is back.";
  }
  $("confirm-delete").disabled = false;
  changed();
}
