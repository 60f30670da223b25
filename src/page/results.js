/** The results of a task: for each its links at once, its words, and its first rows as soon as they are here. */
import { anomalyTable, anomalyWords } from "./anomalies.js";
import { links, preview } from "./artifact.js";
import { $, element, fill, shows } from "./elements.js";
import { count } from "./numbers.js";
import { rejectTable, rejectWords } from "./rejects.js";
import { Refusal } from "./service.js";
import { summaryTable } from "./summary.js";
import { scrolling } from "./table.js";

/** How each kind is shown: the words above it if any, at most so many rows, and the table of these. */
const RESULTS = [
  { kind: "summary", words: null, rowsMax: 100, table: summaryTable },
  { kind: "anomalies", words: anomalyWords, rowsMax: 10, table: anomalyTable },
  { kind: "rejects", words: rejectWords, rowsMax: 10, table: rejectTable },
];

export function showResults(task) {
  for (const result of RESULTS) showResult(task, result);
}

function showResult(task, { kind, words, rowsMax, table }) {
  const section = $(kind);
  const artifact = task?.done && !task.deleted_at
    ? task.artifacts.find((artifact) => artifact.kind === kind)
    : undefined;
  section.hidden = !artifact || (kind === "rejects" && artifact.rows === 0);
  if (section.hidden) return;
  fill(section.querySelector(".links"), artifact.href, () => links(artifact));
  if (words !== null) fill(section.querySelector(".words"), task.id, () => words(task));
  fill(section.querySelector(".content"), artifact.href, () => {
    const content = section.querySelector(".content");
    if (artifact.rows > 0) loadTable(content, artifact, { task, rowsMax, table });
    return [];
  });
}

async function loadTable(content, artifact, { task, rowsMax, table }) {
  let shown;
  try {
    const { labels, rows } = await preview(artifact, rowsMax);
    shown = [scrolling(await table(labels, rows, task), "Rows of this result")];
    if (rows.length < artifact.rows) {
      shown.push(element(
        "p",
        { class: "quiet" },
        `The first ${count(rows.length)} of ${
          count(artifact.rows)
        } rows. The download has them all.`,
      ));
    }
  } catch (error) {
    const retry = element("button", { type: "button", class: "plain" }, "Try again");
    retry.addEventListener("click", () => loadTable(content, artifact, { task, rowsMax, table }));
    const why = error instanceof Refusal ? error.message : "The service did not answer.";
    shown = [element("p", { class: "quiet" }, `These rows could not be fetched. ${why} `, retry)];
  }
  // Meanwhile another task may have been chosen.
  if (shows(content, artifact.href)) content.replaceChildren(...shown);
}
