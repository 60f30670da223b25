/** The page for people, and what it loads. Its files are part of the program, so serving them reads no disk. */
import { createHash } from "node:crypto";
import { extname } from "node:path";
import type { Hono } from "hono";
import html from "../page/index.html" with { type: "text" };
import anomaliesJs from "../page/anomalies.js" with { type: "text" };
import artifactJs from "../page/artifact.js" with { type: "text" };
import baseCss from "../page/base.css" with { type: "text" };
import changesJs from "../page/changes.js" with { type: "text" };
import controlsCss from "../page/controls.css" with { type: "text" };
import countsJs from "../page/counts.js" with { type: "text" };
import csvJs from "../page/csv.js" with { type: "text" };
import deletingJs from "../page/deleting.js" with { type: "text" };
import elementsJs from "../page/elements.js" with { type: "text" };
import familyJs from "../page/family.js" with { type: "text" };
import filesJs from "../page/files.js" with { type: "text" };
import followingJs from "../page/following.js" with { type: "text" };
import frameCss from "../page/frame.css" with { type: "text" };
import knownJs from "../page/known.js" with { type: "text" };
import lookCss from "../page/look.css" with { type: "text" };
import lookViewJs from "../page/look_view.js" with { type: "text" };
import lookingJs from "../page/looking.js" with { type: "text" };
import mainJs from "../page/main.js" with { type: "text" };
import mendingJs from "../page/mending.js" with { type: "text" };
import numbersJs from "../page/numbers.js" with { type: "text" };
import optionsJs from "../page/options.js" with { type: "text" };
import ownFieldsJs from "../page/own_fields.js" with { type: "text" };
import rejectsJs from "../page/rejects.js" with { type: "text" };
import resultsJs from "../page/results.js" with { type: "text" };
import sendJs from "../page/send.js" with { type: "text" };
import serviceJs from "../page/service.js" with { type: "text" };
import summaryJs from "../page/summary.js" with { type: "text" };
import tableCss from "../page/table.css" with { type: "text" };
import tableJs from "../page/table.js" with { type: "text" };
import taskCss from "../page/task.css" with { type: "text" };
import taskListCss from "../page/task_list.css" with { type: "text" };
import taskListJs from "../page/task_list.js" with { type: "text" };
import taskViewJs from "../page/task_view.js" with { type: "text" };
import taskWordsJs from "../page/task_words.js" with { type: "text" };
import timesJs from "../page/times.js" with { type: "text" };
import uploadCss from "../page/upload.css" with { type: "text" };
import uploadingJs from "../page/uploading.js" with { type: "text" };
import { methods } from "./methods.ts";
import { judgePreconditions } from "./preconditions.ts";

/** Nothing inline, nothing foreign, no frame around it: a cell that became markup could still do nothing. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Every file of src/page by its path; the modules import each other by these. */
const FILES: readonly [path: string, text: string][] = [
  ["/", html],
  ["/page/anomalies.js", anomaliesJs],
  ["/page/artifact.js", artifactJs],
  ["/page/base.css", baseCss],
  ["/page/changes.js", changesJs],
  ["/page/controls.css", controlsCss],
  ["/page/counts.js", countsJs],
  ["/page/csv.js", csvJs],
  ["/page/deleting.js", deletingJs],
  ["/page/elements.js", elementsJs],
  ["/page/family.js", familyJs],
  ["/page/files.js", filesJs],
  ["/page/following.js", followingJs],
  ["/page/frame.css", frameCss],
  ["/page/known.js", knownJs],
  ["/page/look.css", lookCss],
  ["/page/look_view.js", lookViewJs],
  ["/page/looking.js", lookingJs],
  ["/page/main.js", mainJs],
  ["/page/mending.js", mendingJs],
  ["/page/numbers.js", numbersJs],
  ["/page/options.js", optionsJs],
  ["/page/own_fields.js", ownFieldsJs],
  ["/page/rejects.js", rejectsJs],
  ["/page/results.js", resultsJs],
  ["/page/send.js", sendJs],
  ["/page/service.js", serviceJs],
  ["/page/summary.js", summaryJs],
  ["/page/table.css", tableCss],
  ["/page/table.js", tableJs],
  ["/page/task.css", taskCss],
  ["/page/task_list.css", taskListCss],
  ["/page/task_list.js", taskListJs],
  ["/page/task_view.js", taskViewJs],
  ["/page/task_words.js", taskWordsJs],
  ["/page/times.js", timesJs],
  ["/page/upload.css", uploadCss],
  ["/page/uploading.js", uploadingJs],
];

/** Content types by the ending of a path. */
const TYPES: Readonly<Record<string, string>> = {
  "": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
};

export function mountPage(app: Hono): void {
  for (const [path, text] of FILES) {
    const headers = {
      "content-security-policy": CONTENT_SECURITY_POLICY,
      "referrer-policy": "no-referrer",
      // Ask each time, so that no visitor mixes the files of two versions; the answer is mostly an empty 304.
      "cache-control": "no-cache",
      "etag": `"${createHash("sha256").update(text).digest("base64url")}"`,
    };
    methods(app, path, {
      GET: (c) =>
        judgePreconditions(headers.etag, (name) => c.req.header(name)) === "not-modified"
          ? c.body(null, 304, headers)
          : c.body(text, 200, { ...headers, "content-type": TYPES[extname(path)] }),
    });
  }
}
