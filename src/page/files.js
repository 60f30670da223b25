/** The files of a task with their hashes, and below them its record. */
import { links } from "./artifact.js";
import { askDeletion } from "./deleting.js";
import { $, element, fill } from "./elements.js";
import { count, size } from "./numbers.js";
import { scrolling } from "./table.js";

/** The columns of the table, each with the class of its cells. */
const COLUMNS = [
  ["File", null],
  ["Rows", "number"],
  ["Size", "number"],
  ["SHA-256", "hash"],
  ["Download", null],
];

export function showFiles(task) {
  const artifacts = task?.done ? task.artifacts : [];
  $("files").hidden = artifacts.length === 0;
  fill(
    $("files").lastElementChild,
    [artifacts, task?.deleted_at],
    () => scrolling(filesTable(task, artifacts), "Files of this task"),
  );
  fill($("record"), task && [task.id, task.done, task.deleted_at], () => record(task));
}

function filesTable(task, artifacts) {
  const heads = COLUMNS.map(([label, kind]) => element("th", { scope: "col", class: kind }, label));
  const rows = artifacts.map((artifact) =>
    fileRow(artifact, task.deleted_at ? [] : links(artifact))
  );
  return element(
    "table",
    {},
    element("thead", {}, element("tr", {}, ...heads)),
    element("tbody", {}, ...rows),
  );
}

function fileRow({ kind, rows, bytes, sha256 }, links) {
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, kind[0].toUpperCase() + kind.slice(1)),
    element("td", { class: "number" }, rows === null ? "" : count(rows)),
    element("td", { class: "number" }, size(bytes)),
    element("td", { class: "hash", title: sha256 }, `${sha256.slice(0, 12)}…`),
    element("td", {}, element("span", { class: "links" }, ...links)),
  );
}

/** The ID of a task, and the button that asks whether to delete its files while it has some. */
function record(task) {
  if (!task) return [];
  const ask = element("button", { type: "button", class: "danger" }, "Delete files");
  ask.addEventListener("click", () => askDeletion(task.id));
  return [
    element("span", {}, "Task ", element("code", {}, task.id)),
    task.done && !task.deleted_at ? ask : null,
  ];
}
