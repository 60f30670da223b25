/** What becomes of lone records: semantics.md section 3. */
import type { FileRecord } from "./records.ts";
import type { Accepted, Rejected, SkipKind, Skipped } from "./rows.ts";

export interface LoneLimits {
  loneBytesMax: number;
  asideRecordsMax: number;
}

/** A record or blank line, as it would be judged by itself. */
export interface Judged {
  record: FileRecord;
  row: Skipped | Rejected | Accepted;
}

/** What becomes of a lone record. */
export interface Fate {
  /** Null: it is a row. */
  as: SkipKind | null;
  /** The index of the record that decides; as many as there are records: the end of the file. */
  decidedAt: number;
}

/** The fates of all lone records, by index. */
export function fatesOf(judged: Judged[], limits: LoneLimits): Map<number, Fate> {
  const isLone = judged.map((one) => isLoneRecord(one, limits.loneBytesMax));
  const decides = (index: number) => {
    const { row } = judged[index];
    return row.kind === "skipped" ? row.as === "repeated-header" : !isLone[index];
  };
  const fates = new Map<number, Fate>();
  for (let index = 0; index < judged.length; index++) {
    if (!isLone[index]) continue;
    let after = 0;
    let at = index + 1;
    for (; at < judged.length && !decides(at); at++) {
      if (isLone[at]) after += 1;
      if (after === limits.asideRecordsMax) break;
    }
    if (after === limits.asideRecordsMax) {
      fates.set(index, { as: null, decidedAt: at });
      continue;
    }
    const [text] = texts(judged[index].record);
    const decider = at === judged.length ? "end" : judged[at].row.kind;
    fates.set(index, { as: kindOf(text, decider), decidedAt: at });
  }
  return fates;
}

function kindOf(text: string, decider: "end" | Judged["row"]["kind"]): SkipKind | null {
  if (decider === "accepted" || decider === "rejected") return null;
  if (readsAsNote(text)) return "footnote";
  const isTitle = /\p{L}/u.test(text) && /\s/.test(text);
  return decider === "skipped" && isTitle ? "preamble" : null;
}

function isLoneRecord({ record, row }: Judged, bytesMax: number): boolean {
  return row.kind === "rejected" && record.fault === null && record.textBytes <= bytesMax &&
    texts(record).length === 1;
}

/** The cells that aren't empty, trimmed. */
function texts({ cells }: FileRecord): string[] {
  return cells.map((cell) => cell!.trim()).filter((text) => text !== "");
}

const WORDS = (
  "note,notes,footnote,source,sources,generated,exported,created,printed,produced,downloaded,updated,report," +
  "preliminary,provisional,copyright,disclaimer,as of,end of,quelle,hinweis,stand,erstellt"
).split(",");

function readsAsNote(text: string): boolean {
  if (!/\p{L}/u.test(text)) return false;
  if ("*†‡§©¹²³".includes(text[0]) || /^#\s/.test(text)) return true;
  if (/^\p{L}[\p{L}\p{M} .'-]{0,39}:/u.test(text)) return true;
  const lower = text.toLowerCase();
  const followed = (word: string, by: RegExp) =>
    lower.startsWith(word) && by.test(lower.slice(word.length));
  return WORDS.some((word) => followed(word, /^\s+[^\s\p{P}]/u)) ||
    ["page", "seite"].some((word) => followed(word, /^\s+[0-9]/));
}

/** Whether a trimmed cell adds up part of a column. */
export function isColumnFormula(cell: string): boolean {
  const match = /^=\s*\p{L}[\p{L}0-9._]*\((.*)\)$/su.exec(cell);
  if (match === null) return false;
  const range = match[1].replace(/^\s*[0-9]{1,3}\s*[,;]/, "").split(":").map((end) => end.trim());
  const columns = range.map((end) => /^\$?([A-Za-z]{1,3})\$?[0-9]{1,7}$/.exec(end)?.[1]);
  return range.length === 2 && columns[0] !== undefined && columns[0] === columns[1];
}
