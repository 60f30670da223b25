/**
 * The page: upload, follow, read and download tasks over the HTTP interface.
 *
 * Idea: known.js holds the tasks that the service told of, following.js refreshes it, and `show` writes it into the
 * document that index.html lays out. This module listens to the visitor. Imports point one way, down to elements.js
 * and numbers.js; no module has an effect before this one calls it.
 */
import { $ } from "./elements.js";
import { poll, schedule, showOlder } from "./following.js";
import { onChange, select, selected } from "./known.js";
import { look, lookAgain, runLookedAt, stopLooking } from "./looking.js";
import { showList } from "./task_list.js";
import { showTask } from "./task_view.js";
import { upload, uploading } from "./uploading.js";

function show() {
  showList();
  showTask();
}

/** Follow the address: `#task=<id>` shows a task, anything else the first page. */
function navigate() {
  const id = /^#task=(.+)$/.exec(location.hash)?.[1] ?? null;
  const changed = id !== selected;
  select(id);
  stopLooking();
  poll();
  show();
  if (!changed) return;
  // The new one begins at its top. On a narrow screen the list gave way to it: the focus goes along.
  scrollTo(0, 0);
  if ($("tasks").offsetParent === null) $("detail-title").focus();
}

function chooseFiles() {
  upload([...$("file").files]);
  // So that the same file, mended, can be chosen again.
  $("file").value = "";
}

function chooseToLook() {
  const [file] = $("look-file").files;
  // So that the same file, changed, can be chosen again.
  $("look-file").value = "";
  if (file) look(file);
}

/** Text and links may be dragged about as ever; only files are ours. */
const bringsFiles = (event) => event.dataTransfer.types.includes("Files");

function dropFiles(event) {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  document.body.classList.remove("dragging");
  const items = [...event.dataTransfer.items];
  if (items.some((item) => item.webkitGetAsEntry?.()?.isDirectory)) {
    $("form-error").hidden = false;
    $("form-error").textContent = "That is a folder. Drop the CSV files themselves.";
    return;
  }
  upload([...event.dataTransfer.files]);
}

onChange(show);
$("upload").addEventListener("submit", (event) => event.preventDefault());
$("file").addEventListener("change", chooseFiles);
$("look-file").addEventListener("change", chooseToLook);
$("look-run").addEventListener("click", runLookedAt);
$("look-again").addEventListener("click", lookAgain);
$("look-close").addEventListener("click", stopLooking);
$("older").addEventListener("click", showOlder);
$("try-sample").addEventListener("click", () => {
  upload([new File([$("sample").textContent], "sales_data.csv", { type: "text/csv" })]);
});
addEventListener("dragover", (event) => {
  if (!bringsFiles(event)) return;
  event.preventDefault();
  document.body.classList.add("dragging");
});
addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) document.body.classList.remove("dragging");
});
addEventListener("drop", dropFiles);
addEventListener("hashchange", navigate);
addEventListener("beforeunload", (event) => {
  if (uploading) event.preventDefault();
});
document.addEventListener("visibilitychange", () => document.hidden ? schedule() : poll());

$("curl").textContent =
  `curl --data-binary @sales.csv '${location.origin}/v1/tasks?filename=sales.csv'`;
navigate();
