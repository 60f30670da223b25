/** The list of tasks, newest first. Its rows are kept and moved, not made anew. */
import { $, element, fill, outside } from "./elements.js";
import { lost, olderCursor } from "./following.js";
import { known, newestFirst, selected } from "./known.js";
import { STATES, verdict, wordOf } from "./task_words.js";
import { moment } from "./times.js";

/** Parts of each list row, by task ID. */
const rows = new Map();

export function showList() {
  const tasks = newestFirst();
  $("no-tasks").hidden = tasks.length > 0 || lost;
  $("older").hidden = typeof olderCursor !== "string";
  const list = $("tasks");
  for (const [id, row] of rows) {
    if (known.has(id)) continue;
    row.item.remove();
    rows.delete(id);
  }
  tasks.forEach((task, index) => {
    if (!rows.has(task.id)) rows.set(task.id, newRow(task));
    const row = rows.get(task.id);
    if (list.children[index] !== row.item) {
      list.insertBefore(row.item, list.children[index] ?? null);
    }
    const word = wordOf(task);
    fill(row.words, [word, verdict(task)], () => [
      element("span", { class: `state ${word}` }, word === "partial" ? "Partial" : STATES[word]),
      word === "queued" || word === "deleted" ? "" : ` ${verdict(task)}`,
    ]);
    const percent = task.state === "running" ? task.progress?.percent ?? 0 : null;
    row.bar.hidden = percent === null;
    if (percent !== null && row.bar.value !== percent) row.bar.value = percent;
    if (task.id === selected) row.link.setAttribute("aria-current", "true");
    else row.link.removeAttribute("aria-current");
  });
}

function newRow(task) {
  const words = element("span", { class: "words" });
  const bar = element("progress", { max: 100, value: 0, "aria-label": "Progress" });
  const name = outside(task.filename, { class: "name", title: task.filename });
  const link = element(
    "a",
    { href: `#task=${task.id}` },
    name,
    moment(task.created_at),
    words,
    bar,
  );
  return { item: element("li", {}, link), link, words, bar };
}
