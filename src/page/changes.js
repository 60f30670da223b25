/** What cleaning did to the cells, from the report: a sentence for each kind and column, and behind it the first cells. */
import { $, element, fill, shows } from "./elements.js";
import { count } from "./numbers.js";
import { call, Refusal } from "./service.js";
import { scrolling, tableOf } from "./table.js";

/** A report is some kB, but for files with huge labels: nobody looks at those here. */
const REPORT_BYTES_MAX = 4 * 1024 * 1024;

export function showChanges(task) {
  const report = task?.done && !task.deleted_at
    ? task.artifacts.find(({ kind, bytes }) => kind === "report" && bytes <= REPORT_BYTES_MAX)
    : undefined;
  fill($("changes").lastElementChild, report?.href ?? null, () => {
    $("changes").hidden = true;
    if (report) load(report);
    return [];
  });
}

async function load(report) {
  let shown;
  try {
    const { changes = [] } = await call(report.href);
    shown = changes.map(changeOf);
  } catch (error) {
    const retry = element("button", { type: "button", class: "plain" }, "Try again");
    retry.addEventListener("click", () => load(report));
    const why = error instanceof Refusal ? error.message : "The service did not answer.";
    shown = [element("p", { class: "quiet" }, `The report could not be fetched. ${why} `, retry)];
  }
  // Meanwhile another task may have been chosen.
  const content = $("changes").lastElementChild;
  if (!shows(content, report.href)) return;
  content.replaceChildren(...shown);
  $("changes").hidden = shown.length === 0;
}

function changeOf({ sentence, samples, cells }) {
  const caption = samples.length < cells ? "The first of them, in the order of the file" : null;
  const table = tableOf(
    [
      { label: "Line", number: true, cell: ({ line }) => count(line) },
      { label: "In the file", code: true, cell: ({ before }) => marked(before) },
      { label: "Read as", code: true, cell: ({ after }) => marked(after) },
    ],
    samples,
    caption,
  );
  return element(
    "details",
    {},
    element("summary", {}, sentence),
    scrolling(table, sentence),
  );
}

/** Text on a ground of its own, so that the white space around it shows. */
const marked = (text) => element("span", { class: "exact" }, text);
