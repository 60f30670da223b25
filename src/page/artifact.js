/** An artifact as the page offers it: links to download all of it, and its first rows to look at. */
import { parseCsv } from "./csv.js";
import { element } from "./elements.js";
import { Refusal } from "./service.js";

/** A result is never read whole: so much of it is, enough for 100 rows of any usual width. */
const PREVIEW_BYTES = 256 * 1024;
const PREVIEWS_KEPT_MAX = 60;

/** Links to each variant of an artifact. */
export function links(artifact) {
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

const previews = new Map();

/** The first rows of a CSV artifact as `{labels, rows}`; artifacts never change, so each is read once. */
export function preview(artifact, limit) {
  const key = `${artifact.href} ${artifact.sha256}`;
  if (!previews.has(key)) {
    if (previews.size >= PREVIEWS_KEPT_MAX) previews.clear();
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
