/** The files of the bench: made from a seed, so that every machine measures the same bytes. */
import { encoded } from "../tests/support/dialect_file.ts";
import { seeded } from "../tests/support/random.ts";

export const DEFAULT_KINDS = [
  "clean",
  "dirty",
  "quoted",
  "wide",
  "regions",
  "money",
  "semicolons",
  "windows-1252",
  "doubles",
  "needless",
  "returns",
  "cleaned",
  "gzip",
] as const;
export const KINDS = [...DEFAULT_KINDS, "huge"] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds with semicolons between cells and decimal commas: an upload finds that out, and rivals are told. */
export const SEMICOLON_KINDS: readonly Kind[] = ["semicolons", "windows-1252"];

/** What a kind is, and how many rows make some 180 MB of it, or 1.8 GB of `huge`. */
export const ABOUT: Record<Kind, { text: string; rows: number }> = {
  clean: { text: "five columns, four regions, no fault", rows: 6_000_000 },
  dirty: { text: "the same with 2 % bad cells", rows: 6_000_000 },
  quoted: { text: "a sixth column of quoted text with quotes and line ends", rows: 2_300_000 },
  wide: { text: "60 columns", rows: 750_000 },
  regions: { text: "a million regions", rows: 5_500_000 },
  money: { text: 'revenue as `"$1,234.56"`, which rivals are told', rows: 4_800_000 },
  semicolons: { text: "semicolons and decimal commas, which rivals are told", rows: 6_000_000 },
  "windows-1252": { text: "the same with accents, not in UTF-8", rows: 5_500_000 },
  doubles: { text: "revenue and discount as a program computed and printed them", rows: 4_300_000 },
  needless: { text: "every cell in quotes that it doesn't need", rows: 4_500_000 },
  returns: { text: "the clean file, its lines ended as on Windows", rows: 6_000_000 },
  cleaned: {
    text: "the clean file, of which the accepted rows are asked for too",
    rows: 6_000_000,
  },
  gzip: { text: "the clean file, compressed", rows: 6_000_000 },
  huge: { text: "ten times the clean file, for this engine alone", rows: 60_000_000 },
};

const WRITE_ROWS = 20_000;
const WIDE_COLUMNS = 55;
const HEADER = "region,product,revenue,quantity,discount";

/** Write a file of this kind; one that is compressed gets a name that says so. Returns its path. */
export async function writeSalesFile(path: string, kind: Kind, rows: number): Promise<string> {
  await writePlain(path, kind, rows);
  if (kind !== "gzip") return path;
  const compressed = `${path}.gz`;
  const plain = await Deno.open(path);
  const target = await Deno.create(compressed);
  await plain.readable.pipeThrough(new CompressionStream("gzip")).pipeTo(target.writable);
  await Deno.remove(path);
  return compressed;
}

async function writePlain(path: string, kind: Kind, rows: number): Promise<void> {
  const random = seeded(7);
  const share = () => random.next();
  const region = kind === "regions"
    ? () => `R${random.whole(0, 999_999)}`
    : kind === "windows-1252"
    ? () => random.pick(["Köln", "Île-de-France", "Málaga", "Zürich"])
    : () => random.pick(["North", "South", "East", "West"]);
  const revenue = (): string => {
    if (kind === "dirty" && share() < 0.02) {
      return random.pick(
        ["abc", "", "12,5", "N/A"].map((bad) => bad.includes(",") ? `"${bad}"` : bad),
      );
    }
    if (kind === "doubles") return String(random.whole(1, 20_000) / 100 * random.whole(1, 100));
    const amount = (share() * 10_000).toFixed(2);
    return kind === "money" ? asMoney(amount) : amount;
  };
  const more = (row: number): string => {
    if (kind === "quoted") return `,"some text, ""quoted"", with\na line end ${row}"`;
    if (kind !== "wide") return "";
    return Array.from({ length: WIDE_COLUMNS }, (_, i) => `,${(row * i) % 1_000}`).join("");
  };
  const labels = kind === "quoted"
    ? ",note"
    : kind === "wide"
    ? Array.from({ length: WIDE_COLUMNS }, (_, i) => `,c${i}`).join("")
    : "";
  using file = await Deno.create(path);
  const encoding = kind === "windows-1252" ? kind : "utf-8";
  const lineEnd = kind === "returns" ? "\r\n" : "\n";
  const written = (line: string) => {
    if (SEMICOLON_KINDS.includes(kind)) return line.replaceAll(",", ";").replaceAll(".", ",");
    return kind === "needless" ? `"${line.replaceAll(",", '","')}"` : line;
  };
  let lines = [written(HEADER + labels)];
  const flush = () => {
    const part = encoded(lines.join(lineEnd) + lineEnd, encoding);
    for (let at = 0; at < part.length;) at += file.writeSync(part.subarray(at));
    lines = [];
  };
  for (let row = 0; row < rows; row++) {
    const product = random.pick(["Widget A", "Gadget B", "Gizmo C", "Thing D"]);
    const discount = kind === "doubles"
      ? String(1 - random.whole(50, 100) / 100)
      : (share() * 0.5).toFixed(2);
    lines.push(written(
      `${region()},${product},${revenue()},${random.whole(1, 100)},${discount}${more(row)}`,
    ));
    if (lines.length === WRITE_ROWS) flush();
  }
  if (lines.length > 0) flush();
  file.syncDataSync(); // or the disk is still at it while the first runs are timed
}

/** `"$1,234.56"`, quoted for its comma. */
function asMoney(amount: string): string {
  return `"$${amount.replace(/\B(?=([0-9]{3})+\.)/, ",")}"`;
}
