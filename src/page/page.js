/**
 * The page: upload, follow, read and download tasks over the HTTP interface (docs: section 4 of the design).
 *
 * Idea: `known` holds the tasks that the service told of, `poll` refreshes it, and `show` writes it into the
 * document that index.html lays out.
 *
 * Invariants:
 * - What came from a file or a client gets into the document only as text: `element` knows no markup, and
 *   nothing here uses innerHTML. The content security policy forbids the rest.
 * - A part is rebuilt only when what it shows has changed (`fill`), so that focus, selection and scrolling last.
 * - A result is never read whole: its first `PREVIEW_BYTES` are, and the download has the rest.
 * - Sums are text from end to end: grouped for the eye, never turned into a double.
 */

const LIST_ROWS = 50;
const POLL_BUSY_MS = 500;
const POLL_IDLE_MS = 3_000;
const POLL_LOST_MS = 2_000;
/** A service that is silent for so long counts as gone. */
const ANSWER_MS_MAX = 10_000;
/** Enough for 100 rows of any usual width. */
const PREVIEW_BYTES = 256 * 1024;
const SUMMARY_ROWS = 100;
const SAMPLE_ROWS = 10;

const STATES = {
  queued: "Waiting",
  running: "Running",
  retrying: "Trying again",
  failed: "Failed",
  cancelled: "Cancelled",
  clean: "Completed",
  partial: "Completed, partial",
  deleted: "Files deleted",
};

const STAGES = {
  aggregate: "Reading and checking rows",
  detect: "Looking for unusual rows",
  write: "Writing results",
};

const SKIPPED = {
  "blank": ["blank line", "blank lines"],
  "repeated-header": ["repeated header", "repeated headers"],
  "totals": ["totals row", "totals rows"],
};

/** Each reason for a rejected row: what is wrong, what mends it. */
const REJECTED = {
  "unclosed-quote": [
    "A quoted cell is never closed.",
    "Add the missing quote, or remove the stray one.",
  ],
  "bad-quote": ["Text follows a closing quote.", "Double each quote inside a quoted cell."],
  "line-too-long": [
    "The row is larger than any real row.",
    "Look for a quote that is never closed.",
  ],
  "bad-encoding": ["The row isn’t valid UTF-8.", "Save the file with the encoding UTF-8."],
  "extra-cell": [
    "More cells than the header has.",
    "Put quotes around texts and numbers with a comma.",
  ],
  "missing-cell": ["Fewer cells than the header has.", "Add the missing cells, empty if need be."],
  "required-value": ["A required cell is empty or says NA or the like.", "Fill it in."],
  "type-error": [
    "A number column holds something else.",
    "Write digits and a point only: 1234.56, not $1,234.56.",
  ],
  "non-finite": ["A number is infinite or too large.", "Correct the number."],
  "zero-quantity": ["Quantity is 0: there is no revenue per unit.", "Correct the quantity."],
};

const $ = (id) => document.getElementById(id);

/** An element with attributes and children; strings become text, never markup. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

const filled = new WeakMap();

/** Let `node` hold what `build` returns, rebuilt only if `facts` changed since the last time. */
function fill(node, facts, build) {
  const key = JSON.stringify(facts);
  if (filled.get(node) === key) return;
  filled.set(node, key);
  node.replaceChildren(...[build()].flat().filter((child) => child !== null));
}

/** Text from outside, kept from turning the direction of the text around it. */
const outside = (text, attributes) => element("bdi", attributes, text);

// ---- Numbers and times, in the English of the page: a comma groups, a point divides ----

const LOCALE = "en-GB";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });
const count = (n) => whole.format(n);
const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

/** Plain decimal digits of any length, grouped and otherwise unchanged. */
function exact(digits) {
  const parts = /^(-?)(0|[1-9][0-9]*)(\.[0-9]+)?$/.exec(digits);
  if (parts === null) return digits;
  return (parts[1] ? "−" : "") + whole.format(BigInt(parts[2])) + (parts[3] ?? "");
}

/** A double with some decimals; in scientific notation where these would show nothing of it. */
function rounded(value, decimals = 2) {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 0.5 * 10 ** -decimals && size < 1e15);
  return new Intl.NumberFormat(LOCALE, {
    notation: plain ? "standard" : "scientific",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value).replace("-", "−");
}

function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  const decimals = unit > 0 && value < 99.5 ? 1 : 0;
  return `${new Intl.NumberFormat(LOCALE, { maximumFractionDigits: decimals }).format(value)} ${
    units[unit]
  }`;
}

function duration(ms) {
  if (ms < 995) return `${Math.max(1, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Today's times without their date, this year's dates without their year. */
function moment(iso) {
  const at = new Date(iso);
  const today = new Date();
  const format = { hour: "2-digit", minute: "2-digit" };
  if (at.toDateString() !== today.toDateString()) {
    Object.assign(format, { day: "numeric", month: "short" });
  }
  if (at.getFullYear() !== today.getFullYear()) format.year = "numeric";
  return element(
    "time",
    { datetime: iso, title: at.toLocaleString(LOCALE, { dateStyle: "full", timeStyle: "long" }) },
    new Intl.DateTimeFormat(LOCALE, format).format(at),
  );
}

// ---- Talking to the service ----

/** A refusal in the service's words (RFC 9457), which say what to do; `sentences` has one per finding. */
class Refusal extends Error {
  constructor(status, problem) {
    const said = [problem?.title, problem?.detail].filter((part) => typeof part === "string");
    super(said.length > 0 ? said.join(". ") : `The service answered with status ${status}.`);
    this.status = status;
    const findings = Array.isArray(problem?.errors) ? problem.errors : [];
    this.sentences = findings.length > 0
      ? findings.map((finding) => finding.detail)
      : [this.message];
    this.line = findings.find((finding) => finding.line !== undefined)?.line;
  }
}

async function call(path, init) {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await fetch(path, { cache: "no-store", signal, ...init });
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Refusal(response.status, body);
  return body;
}

/** Whole records of CSV text (RFC 4180), at most `limit`. Without `ended` a last record without line end isn't whole. */
function parseCsv(text, limit, ended) {
  const records = [];
  let cells = [];
  let at = 0;
  while (at < text.length && records.length < limit) {
    let cell = "";
    if (text[at] === '"') {
      let from = at + 1;
      for (;;) {
        const quote = text.indexOf('"', from);
        if (quote === -1) return records;
        cell += text.slice(from, quote);
        at = quote + 1;
        if (text[at] !== '"') break;
        cell += '"';
        from = at + 1;
      }
    } else {
      const from = at;
      while (at < text.length && text[at] !== "," && text[at] !== "\n" && text[at] !== "\r") at++;
      cell = text.slice(from, at);
    }
    cells.push(cell);
    if (text[at] === ",") {
      at++;
      if (at < text.length || !ended) continue;
      cells.push("");
    }
    if (at >= text.length && !ended) return records;
    if (text[at] === "\r" && text[at + 1] === "\n") at++;
    at++;
    records.push(cells);
    cells = [];
  }
  return records;
}

const previews = new Map();

/** The first rows of a CSV artifact as `{labels, rows}`; artifacts never change, so each is read once. */
function preview(artifact, limit) {
  const key = `${artifact.href} ${artifact.sha256}`;
  if (!previews.has(key)) {
    if (previews.size >= 60) previews.clear();
    previews.set(key, readPreview(artifact, limit));
    previews.get(key).catch(() => previews.delete(key));
  }
  return previews.get(key);
}

async function readPreview(artifact, limit) {
  const response = await fetch(artifact.href, {
    headers: { Range: `bytes=0-${PREVIEW_BYTES - 1}` },
  });
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => null));
  const text = await response.text();
  const [labels = [], ...rows] = parseCsv(text, limit + 1, artifact.bytes <= PREVIEW_BYTES);
  return { labels, rows };
}

// ---- What is known ----

/** Tasks by ID. IDs are UUIDv7, so that the largest is the newest. */
const known = new Map();
let olderCursor = null;
let selected = null;
/** Why the task of the address can't be shown, or null. */
let missing = null;
/** Tasks whose end this visitor should hear of. */
const followed = new Set();

const newestFirst = () => [...known.values()].sort((a, b) => (a.id < b.id ? 1 : -1));

function learn(task) {
  const before = known.get(task.id);
  known.set(task.id, task);
  if (task.done && followed.has(task.id) && !before?.done) {
    followed.delete(task.id);
    $("announce").textContent = `${task.filename}: ${verdict(task)}`;
  }
  if (!task.done && task.id === selected) followed.add(task.id);
}

/** The word of a task's state; a completed one has that of its outcome. */
function wordOf(task) {
  if (task.deleted_at) return "deleted";
  return task.state === "completed" ? task.outcome : task.state;
}

/** A task in a few words, for the list and for those who listen. */
function verdict(task) {
  const { counts, progress } = task;
  switch (task.state) {
    case "queued":
      return "Waiting for its turn";
    case "running":
      return progress
        ? `${progress.percent}%, ${counted(progress.rows_read, "row", "rows")} read`
        : "Starting";
    case "retrying":
      return `Attempt ${task.attempt} broke off; the next one follows`;
    case "completed":
      return [
        counts.rows_rejected > 0
          ? `${count(counts.rows_rejected)} of ${count(counts.rows_total)} rejected`
          : counted(counts.rows_total, "row", "rows"),
        counted(counts.regions, "region", "regions"),
        counts.anomalies > 0 ? `${count(counts.anomalies)} unusual` : null,
      ].filter(Boolean).join(" · ");
    case "failed":
      return task.error?.message ?? "Failed";
    default:
      return STATES[task.state] ?? task.state;
  }
}

// ---- Following ----

let timer;
let polling = false;
/** Something changed while a poll was under way: it may have missed that. */
let pollAgain = false;
let lost = false;

function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  const busy = [...known.values()].some((task) => !task.done);
  timer = setTimeout(poll, lost ? POLL_LOST_MS : busy ? POLL_BUSY_MS : POLL_IDLE_MS);
}

/** Ask for the newest tasks and the selected one, then show what changed. One at a time. */
async function poll() {
  if (polling) {
    pollAgain = true;
    return;
  }
  polling = true;
  pollAgain = false;
  try {
    const page = await call(`/v1/tasks?limit=${LIST_ROWS}`);
    // So many new ones that a gap may lie between them and the older ones: begin anew.
    const gap = page.tasks.length === LIST_ROWS && !page.tasks.some((task) => known.has(task.id));
    if (gap) known.clear();
    if (gap || olderCursor === null) olderCursor = page.next_cursor ?? null;
    page.tasks.forEach(learn);
    const listed = new Set(page.tasks.map((task) => task.id));
    for (const task of known.values()) {
      if (!task.done && !listed.has(task.id) && task.id !== selected) await look(task.id);
    }
    if (wantsLook(listed)) await look(selected);
    connected(true);
  } catch (error) {
    connected(false, error);
  } finally {
    polling = false;
    schedule();
  }
  show();
  if (pollAgain) poll();
}

/** Whether the selected task must be asked for by itself: it isn't on the first page, nor final, nor unknown. */
function wantsLook(listed) {
  if (selected === null || missing !== null) return false;
  return !listed.has(selected) && !known.get(selected)?.done;
}

/** Learn about one task. An ID that the service doesn't know is no fault of the connection. */
async function look(id) {
  try {
    learn(await call(`/v1/tasks/${encodeURIComponent(id)}`));
    if (id === selected) missing = null;
  } catch (error) {
    if (!(error instanceof Refusal) || error.status >= 500) throw error;
    known.delete(id);
    if (id === selected) missing = error.message;
  }
}

function connected(now, error) {
  const line = $("connection");
  if (now && lost) {
    line.textContent = "The service is back.";
    line.className = "back";
    setTimeout(() => lost || (line.textContent = ""), 4_000);
  } else if (!now && !lost) {
    line.textContent = error instanceof Refusal
      ? `${error.message} Trying again.`
      : "The service does not answer. Trying again; accepted tasks are safe.";
    line.className = "";
  }
  lost = !now;
}

async function showOlder() {
  $("older").disabled = true;
  try {
    const page = await call(
      `/v1/tasks?limit=${LIST_ROWS}&cursor=${encodeURIComponent(olderCursor)}`,
    );
    page.tasks.forEach(learn);
    olderCursor = page.next_cursor ?? undefined;
    connected(true);
  } catch (error) {
    connected(false, error);
  }
  $("older").disabled = false;
  show();
}

// ---- Uploading ----

const waiting = [];
let uploading = false;

/** The options as query parameters, or null after saying what is wrong with them. */
function options() {
  const fields = [
    ["k", "k must be a number above 0 and up to 100."],
    ["max-bad-rows", "The number of rejected rows must be a whole number, or empty."],
    ["max-bad-percent", "The share of rejected rows must be from 0 to 100%, or empty."],
  ];
  const faulty = fields.filter(([id]) =>
    !$(id).checkValidity() || (id === "k" && !($(id).valueAsNumber > 0))
  );
  $("form-error").hidden = faulty.length === 0;
  if (faulty.length > 0) {
    $("form-error").textContent = `Nothing was uploaded. ${
      faulty.map(([, rule]) => rule).join(" ")
    }`;
    if (faulty[0][0] !== "k") $("options").open = true;
    $(faulty[0][0]).focus();
    return null;
  }
  const query = new URLSearchParams({ k: $("k").value });
  if ($("max-bad-rows").value !== "") query.set("max_bad_rows", $("max-bad-rows").value);
  if ($("max-bad-percent").value !== "") {
    // 0.7 / 100 is 0.006999999999999999 as a double; twelve digits are more than anyone types.
    const ratio = Number(($("max-bad-percent").valueAsNumber / 100).toPrecision(12));
    query.set("max_bad_ratio", String(ratio));
  }
  if ($("keep-totals").checked) query.set("keep_totals", "true");
  return query;
}

/** Put files in line; they go up one after the other, each with the options of this moment. */
function upload(files) {
  const query = options();
  if (query === null) return;
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
    $("announce").textContent = `${task.filename}: uploaded`;
    poll();
  } catch (error) {
    if (error === null) item.remove();
    else showRefusal(item, file.name, error);
  }
  uploadNext();
}

/** Send one file as it is, with its progress shown in `item`. Rejects with null when the visitor gave up. */
function send(file, options, item) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const query = new URLSearchParams(options);
    query.set("filename", file.name);
    const bar = element("progress", { max: 1, value: 0, "aria-label": `Upload of ${file.name}` });
    const words = element("span", { class: "quiet" }, "Uploading");
    const stop = element("button", { type: "button", class: "plain" }, "Stop");
    item.replaceChildren(
      element("div", { class: "row" }, outside(file.name, { class: "name" }), stop),
      bar,
      words,
    );
    stop.addEventListener("click", () => request.abort());
    request.upload.addEventListener("progress", (event) => {
      bar.value = event.total > 0 ? event.loaded / event.total : 0;
      words.textContent = event.loaded < event.total
        ? `${size(event.loaded)} of ${size(event.total)} uploaded`
        : "Uploaded; the service is storing it";
    });
    request.addEventListener("abort", () => reject(null));
    request.addEventListener("error", () =>
      reject(
        new Error(
          "The upload broke off before the service had answered. Check that the service runs and that the file has not been changed or moved, then upload it again.",
        ),
      ));
    request.addEventListener("load", () => {
      let body = null;
      try {
        body = JSON.parse(request.responseText);
      } catch {
        // A proxy's page or nothing at all: the status speaks.
      }
      if (request.status === 202 && body !== null) resolve(body);
      else reject(new Refusal(request.status, body));
    });
    request.open("POST", `/v1/tasks?${query}`);
    request.setRequestHeader("content-type", "text/csv");
    request.send(file);
  });
}

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
  $("announce").textContent = `${name} was not accepted. ${sentences.join(" ")}`;
}

// ---- Showing the list ----

/** Parts of each list row, by task ID. */
const rows = new Map();

function showList() {
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

// ---- Showing one task ----

function show() {
  showList();
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
  showProgress(task);
  fill(
    $("verdict"),
    [task?.error, task?.warnings, task?.deleted_at, missing],
    () => showVerdict(task),
  );
  const counts = task?.done ? task.counts : null;
  $("counts").hidden = !counts;
  if (counts) fill($("counts").lastElementChild, [counts, task.state], () => showCounts(task));
  for (
    const [kind, words, table] of [
      ["summary", null, summaryTable],
      ["anomalies", anomalyWords, anomalyTable],
      ["rejects", rejectWords, rejectTable],
    ]
  ) showResult(task, kind, words, table);
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

/** The equation of rows, and what was no row at all beside it. */
function showCounts({ counts, state }) {
  const term = (n, words, mark) =>
    element("div", { class: mark }, element("b", {}, count(n)), words);
  const sign = (text) => element("span", { class: "sign" }, text);
  const skipped = Object.entries(counts.skipped_by_kind).map(([kind, n]) =>
    counted(n, ...(SKIPPED[kind] ?? [kind, kind]))
  );
  return element(
    "div",
    { class: "sum" },
    // A task that failed over its data may have stopped before the end of the file.
    term(
      counts.rows_total,
      state === "failed" ? "read" : counts.rows_total === 1 ? "row in" : "rows in",
    ),
    sign("="),
    term(counts.rows_accepted, "accepted"),
    sign("+"),
    term(counts.rows_rejected, "rejected", counts.rows_rejected > 0 ? "some" : null),
    skipped.length > 0
      ? term(counts.rows_skipped, `skipped, no data: ${skipped.join(", ")}`, "aside")
      : null,
  );
}

/** One result: its links at once, its words, and its first rows as soon as they are here. */
function showResult(task, kind, words, table) {
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
    if (artifact.rows > 0) loadTable(content, artifact, table);
    return [];
  });
}

async function loadTable(content, artifact, table) {
  let shown;
  try {
    const limit = artifact.kind === "summary" ? SUMMARY_ROWS : SAMPLE_ROWS;
    const { labels, rows } = await preview(artifact, limit);
    shown = [scrolling(table(labels, rows), "Rows of this result")];
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
    retry.addEventListener("click", () => loadTable(content, artifact, table));
    const why = error instanceof Refusal ? error.message : "The service did not answer.";
    shown = [element("p", { class: "quiet" }, `These rows could not be fetched. ${why} `, retry)];
  }
  // Meanwhile another task may have been chosen.
  if (filled.get(content) === JSON.stringify(artifact.href)) content.replaceChildren(...shown);
}

function scrolling(table, label) {
  return element(
    "div",
    { class: "scroll", role: "region", tabindex: "0", "aria-label": label },
    table,
  );
}

function links(artifact) {
  if (artifact.kind === "report") {
    return [element("a", { href: artifact.href, download: "" }, "JSON")];
  }
  return [
    element("a", { href: artifact.href, download: "" }, "CSV"),
    element(
      "a",
      {
        href: `${artifact.href}?variant=excel`,
        download: "",
        title: "With byte order mark and CRLF; cells that look like formulas are kept as text",
      },
      "CSV for Excel",
    ),
  ];
}

/** A table from columns `{label, number, code, heads, cell(row)}`; `cell` returns text, or `[text, exact text]`. */
function tableOf(columns, rows, caption = null) {
  const cellOf = (column, row, index) => {
    const [text, title] = [column.cell(row)].flat();
    const kind = column.number ? "number" : column.code ? "code" : "text";
    return element(index === 0 && column.heads ? "th" : "td", {
      class: kind,
      scope: index === 0 && column.heads ? "row" : undefined,
      title: title !== text ? title : undefined,
    }, text);
  };
  return element(
    "table",
    {},
    caption && element("caption", {}, caption),
    element(
      "thead",
      {},
      element(
        "tr",
        {},
        ...columns.map((column) =>
          element("th", { scope: "col", class: column.number ? "number" : null }, column.label)
        ),
      ),
    ),
    element(
      "tbody",
      {},
      ...rows.map((row) =>
        element("tr", {}, ...columns.map((column, index) => cellOf(column, row, index)))
      ),
    ),
  );
}

/** A cell cut to what the eye can take; the whole is in its title. */
const CELL_LENGTH = 200;
const cut = (text) =>
  text.length <= CELL_LENGTH ? text : [`${text.slice(0, CELL_LENGTH)}…`, text.slice(0, 4_000)];

/** A double from a CSV: rounded for the eye, every digit in its title. */
const double = (text, decimals) => text === "" ? "" : [rounded(Number(text), decimals), text];

/** Decimals that tell the values of a column apart: two from 1 on, four below. */
const decimalsFor = (rows, at) => rows.some((row) => Math.abs(Number(row[at])) >= 1) ? 2 : 4;

function summaryTable(labels, rows) {
  const at = (label) => labels.indexOf(label);
  const mean = (label, words) => {
    const decimals = decimalsFor(rows, at(label));
    return { label: words, number: true, cell: (row) => double(row[at(label)], decimals) };
  };
  return tableOf([
    { label: "Region", heads: true, cell: (row) => cut(row[at("region")]) },
    { label: "Revenue", number: true, cell: (row) => exact(row[at("revenue_sum")]) },
    mean("revenue_mean", "Mean revenue"),
    { label: "Quantity", number: true, cell: (row) => exact(row[at("quantity_sum")]) },
    mean("discount_mean", "Mean discount"),
    { label: "Rows", number: true, cell: (row) => exact(row[at("rows")]) },
  ], rows);
}

/** The place of a schema field among a file's own labels, which are compared as the service does. */
function ownColumn(labels, field) {
  return labels.findIndex((label) =>
    label.toLowerCase().replace(/[_\-\s]+/g, " ").trim() === field
  );
}

function anomalyTable(labels, rows) {
  const own = ["region", "product", "revenue", "quantity"].map((field) => ({
    label: field[0].toUpperCase() + field.slice(1),
    number: field === "revenue" || field === "quantity",
    cell: (row) => cut(exact(row[ownColumn(labels, field)] ?? "")),
  }));
  const added = (label) => labels.lastIndexOf(label);
  return tableOf([
    { label: "Line", number: true, cell: (row) => exact(row[added("_line")]) },
    ...own,
    { label: "Revenue per unit", number: true, cell: (row) => double(row[added("rev_per_unit")]) },
    { label: "Deviations above mean", number: true, cell: (row) => double(row[added("z_score")]) },
  ], rows);
}

function rejectTable(labels, rows) {
  const added = (row, label) => row[labels.lastIndexOf(label)] ?? "";
  return tableOf(
    [
      { label: "Line", number: true, cell: (row) => exact(added(row, "_line")) },
      { label: "Why", cell: (row) => cut(added(row, "_error_message")) },
      {
        label: "What stands there",
        code: true,
        cell: (row) => cut(added(row, "_error_value") || added(row, "_raw") || "(empty)"),
      },
    ],
    rows,
    "The first of them, in the order of the file",
  );
}

function anomalyWords({ statistics, counts }) {
  const { n, mean, sd, k, threshold } = statistics;
  if (mean === null || sd === null || threshold === null || sd === 0) {
    return element(
      "p",
      { class: "quiet" },
      "Nothing can be flagged in this file; the warning above says why.",
    );
  }
  const number = (value) => element("span", { title: String(value) }, rounded(value));
  return [
    element(
      "p",
      {},
      `Over ${counted(n, "row", "rows")}, one unit brings `,
      number(mean),
      " on average, with a standard deviation of ",
      number(sd),
      `. With k = ${k} a row is flagged above `,
      number(mean),
      ` + ${k} × `,
      number(sd),
      " = ",
      element("strong", { id: "threshold", title: String(threshold) }, rounded(threshold)),
      `. ${
        counts.anomalies === 0
          ? "No row is."
          : `${counted(counts.anomalies, "row is", "rows are")}.`
      }`,
    ),
  ];
}

function rejectWords({ counts }) {
  const reasons = Object.entries(counts.rejected_by_code).sort(([, a], [, b]) => b - a);
  return [
    element(
      "p",
      {},
      "These rows count nowhere else. Mend them in the downloaded file and upload that as it is: columns that begin with _ are ignored.",
    ),
    scrolling(
      tableOf([
        { label: "Rows", number: true, cell: ([, n]) => count(n) },
        { label: "Reason", cell: ([code]) => REJECTED[code]?.[0] ?? code },
        { label: "What mends it", cell: ([code]) => REJECTED[code]?.[1] ?? "" },
        { label: "Code", code: true, cell: ([code]) => code },
      ], reasons),
      "Rejected rows by reason",
    ),
  ];
}

function showFiles(task) {
  const artifacts = task?.done ? task.artifacts : [];
  $("files").hidden = artifacts.length === 0;
  fill($("files").lastElementChild, [artifacts, task?.deleted_at], () => {
    const body = artifacts.map((artifact) =>
      element(
        "tr",
        {},
        element("th", { scope: "row" }, artifact.kind[0].toUpperCase() + artifact.kind.slice(1)),
        element("td", { class: "number" }, artifact.rows === null ? "" : count(artifact.rows)),
        element("td", { class: "number" }, size(artifact.bytes)),
        element(
          "td",
          { class: "hash", title: artifact.sha256 },
          `${artifact.sha256.slice(0, 12)}…`,
        ),
        element(
          "td",
          {},
          element("span", { class: "links" }, ...(task.deleted_at ? [] : links(artifact))),
        ),
      )
    );
    const heads = [["File"], ["Rows", "number"], ["Size", "number"], ["SHA-256", "hash"], [
      "Download",
    ]].map(
      (
        [label, kind],
      ) => element("th", { scope: "col", class: kind }, label),
    );
    return scrolling(
      element(
        "table",
        {},
        element("thead", {}, element("tr", {}, ...heads)),
        element("tbody", {}, ...body),
      ),
      "Files of this task",
    );
  });
  fill($("record"), task && [task.id, task.done, task.deleted_at], () => {
    if (!task) return [];
    const ask = element("button", { type: "button", class: "danger" }, "Delete files");
    ask.addEventListener("click", () => askDeletion(task.id));
    return [
      element("span", {}, "Task ", element("code", {}, task.id)),
      task.done && !task.deleted_at ? ask : null,
    ];
  });
}

// ---- Deleting ----

function askDeletion(id) {
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
    $("announce").textContent = "The files were deleted.";
  } catch (error) {
    $("confirm-error").hidden = false;
    $("confirm-error").textContent = error instanceof Refusal
      ? error.message
      : "The service did not answer. Nothing may have been deleted: look again once it is back.";
  }
  $("confirm-delete").disabled = false;
  show();
}

// ---- Listening to the visitor ----

/** Follow the address: `#task=<id>` shows a task, anything else the first page. */
function navigate() {
  const id = /^#task=(.+)$/.exec(location.hash)?.[1] ?? null;
  const changed = id !== selected;
  selected = id;
  missing = null;
  if (known.get(id)?.done === false) followed.add(id);
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

$("upload").addEventListener("submit", (event) => event.preventDefault());
$("file").addEventListener("change", chooseFiles);
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
