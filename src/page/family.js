/** What a task has to do with others: whose rejected rows it brings again, and which bring its own. */
import { $, element, fill, outside } from "./elements.js";
import { changed, known } from "./known.js";
import { count } from "./numbers.js";
import { call } from "./service.js";

/** What was found out of each task, by its ID: `{parent, children, together}`. */
const found = new Map();

/** Show the relatives of a task, asked for once; newer ones come with the list. */
export function showFamily(task) {
  const hasParent = Boolean(task?.parent);
  const hasRejects = Boolean(task?.done && task.counts?.rows_rejected > 0);
  $("family").hidden = !hasParent && !hasRejects;
  if ($("family").hidden) return;
  const key = `${task.id} ${task.done}`;
  if (!found.has(key)) {
    found.set(key, { parent: null, children: [], together: null });
    findOut(task, key);
  }
  const { parent, children, together } = found.get(key);
  const all = new Map(children.map((child) => [child.id, child]));
  for (const other of known.values()) if (other.parent === task.id) all.set(other.id, other);
  const named = [...all.values()].map(({ id, filename }) => ({ id, filename }));
  fill($("family"), [task.id, parent, named, together], () => [
    hasParent ? parentWords(task, parent, together) : null,
    ...named.map((child) => childWords(child)),
  ]);
}

async function findOut(task, key) {
  const facts = found.get(key);
  // A part that can't be had now is left out: what is shown without it is right.
  const [parent, list, said] = await Promise.all([
    task.parent ? call(`/v1/tasks/${encodeURIComponent(task.parent)}`).catch(() => null) : null,
    task.done ? call(`/v1/tasks?parent=${encodeURIComponent(task.id)}`).catch(() => null) : null,
    task.parent && task.done && !task.deleted_at ? reportOf(task).catch(() => null) : null,
  ]);
  facts.parent = parent?.filename ?? null;
  facts.children = list?.tasks ?? [];
  facts.together = said?.together ?? null;
  changed();
}

async function reportOf({ artifacts }) {
  const report = artifacts.find(({ kind }) => kind === "report");
  return report ? await call(report.href) : null;
}

function parentWords({ parent }, filename, together) {
  const name = filename === null ? "another task" : outside(filename, {});
  const link = element("a", { href: `#task=${parent}` }, name);
  return element("span", {}, "Corrected rows of ", link, ".", togetherWords(together));
}

function togetherWords(together) {
  if (together === null) return "";
  const { rows_total, rows_accepted, rows_rejected, rows_not_seen, rows_added } = together;
  const parts = [
    `${count(rows_accepted)} accepted`,
    `${count(rows_rejected)} rejected`,
    rows_not_seen > 0 ? `${count(rows_not_seen)} not sent again` : null,
  ].filter(Boolean).join(", ");
  const added = rows_added > 0 ? ` and ${count(rows_added)} new ones` : "";
  return ` Of its ${count(rows_total)} rows${added}, both together: ${parts}.`;
}

function childWords({ id, filename }) {
  const link = element("a", { href: `#task=${id}` }, outside(filename, {}));
  return element("span", {}, "Rejected rows were sent again in ", link, ".");
}
