/** The task of the address, or why it can't be shown. */
import { showChanges } from "./changes.js";
import { showCounts } from "./counts.js";
import { $, element, fill, outside } from "./elements.js";
import { showFamily } from "./family.js";
import { showFiles } from "./files.js";
import { known, missing, selected } from "./known.js";
import { count, counted, size } from "./numbers.js";
import { showResults } from "./results.js";
import { STAGES, STATES, verdict, wordOf } from "./task_words.js";
import { duration, moment } from "./times.js";

export function showTask() {
  const task = known.get(selected);
  document.body.classList.toggle("task", selected !== null);
  $("welcome").hidden = selected !== null;
  $("detail").hidden = selected === null;
  document.title = task
    ? `${task.done ? "" : `${task.progress?.percent ?? 0}% · `}${task.filename} · DataTasker`
    : "DataTasker";
  if (selected === null) return;
  fill(
    $("detail-title"),
    [task?.filename ?? missing],
    () => task ? outside(task.filename) : missing === null ? "One moment" : "No such task",
  );
  showFacts(task);
  showFamily(task);
  showProgress(task);
  showVerdict(task);
  showCounts(task);
  showResults(task);
  showChanges(task);
  showFiles(task);
}

function showFacts(task) {
  fill(
    $("facts"),
    task && [task.id, wordOf(task), task.finished_at, task.started_at, task.attempt],
    () => {
      if (!task) return [];
      const ran = task.finished_at && task.started_at
        ? `ran ${duration(new Date(task.finished_at) - new Date(task.started_at))}`
        : null;
      return [
        element("span", { class: `state ${wordOf(task)}` }, STATES[wordOf(task)]),
        element("span", {}, "uploaded ", moment(task.created_at)),
        ran && element("span", {}, ran),
        element("span", {}, size(task.input.bytes)),
        element("span", {}, `k = ${task.options.k}`),
        task.attempt > 1 ? element("span", {}, `attempt ${task.attempt}`) : null,
      ];
    },
  );
}

function showProgress(task) {
  $("running").hidden = !task || task.done;
  if (!task || task.done) return;
  const { progress } = task;
  $("bar").value = progress?.percent ?? 0;
  const words = task.state !== "running" ? verdict(task) : !progress ? "Starting" : [
    `${progress.percent}%`,
    STAGES[progress.stage] ?? progress.stage,
    `${counted(progress.rows_read, "row", "rows")} read`,
    progress.rows_rejected > 0 ? `${count(progress.rows_rejected)} rejected` : null,
  ].filter(Boolean).join(" · ");
  if ($("running-words").textContent !== words) $("running-words").textContent = words;
}

function showVerdict(task) {
  fill(
    $("verdict"),
    [task?.error, task?.warnings, task?.deleted_at, missing],
    () => sentencesOn(task),
  );
}

/** What went wrong with a task, and what to know about its results. */
function sentencesOn(task) {
  if (!task) {
    return missing === null ? [] : element("p", { class: "sentence bad" }, missing);
  }
  const { error } = task;
  return [
    error && element(
      "p",
      { class: "sentence bad" },
      element("strong", {}, "Failed: "),
      error.message,
      error.line ? ` (Line ${count(error.line)}.)` : "",
    ),
    ...task.warnings.map((warning) => element("p", { class: "sentence warn" }, warning.message)),
    task.deleted_at
      ? element(
        "p",
        { class: "sentence" },
        "The files of this task were deleted. Its record and their hashes remain.",
      )
      : null,
  ];
}
