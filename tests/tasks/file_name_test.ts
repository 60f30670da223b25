import assert from "node:assert/strict";
import { cleanFileName } from "../../src/tasks/file_name.ts";

const CASES: readonly [given: string, shown: string][] = [
  ["q3.csv", "q3.csv"],
  ["../../x", "x"],
  ["..\\..\\x.csv", "x.csv"],
  ["C:\\Users\\me\\sales.csv", "sales.csv"],
  ["/etc/passwd", "passwd"],
  ["a/b\\c/d.csv", "d.csv"],
  ["folder/", "upload.csv"],
  ["", "upload.csv"],
  [".", "upload.csv"],
  ["..", "upload.csv"],
  ["../..", "upload.csv"],
  ["   ", "upload.csv"],
  [".hidden", ".hidden"],
  ["a\u0000b\r\nc\u007f.csv", "a_b__c_.csv"],
  ["invoice\u202evsc.exe", "invoice_vsc.exe"],
  ["Umsätze 2025 – Q3.csv", "Umsätze 2025 – Q3.csv"],
  ["売上.csv", "売上.csv"],
  ["📈.csv", "📈.csv"],
  ["half\ud83d", "half"],
  ["half\udcc8.csv", "half\ufffd.csv"],
  ["<script>.csv", "<script>.csv"],
];

for (const [given, shown] of CASES) {
  Deno.test(`a file called ${JSON.stringify(given)} is shown as ${JSON.stringify(shown)}`, () => {
    assert.equal(cleanFileName(given), shown);
  });
}

Deno.test("a file name is cut to 255 units, never through a character", () => {
  assert.equal(cleanFileName("a".repeat(1000)).length, 255);
  const cut = cleanFileName("a".repeat(254) + "📈.csv");
  assert.equal(cut, "a".repeat(254));
});
