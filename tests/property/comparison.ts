/** Sets a run of the pipeline against the oracle's word. */
import { sha256 } from "../oracle/artifacts.ts";
import type { Verdict } from "../oracle/oracle.ts";
import type { Expectation } from "./expectation.ts";
import {
  checkIntake,
  detectedDialect,
  type ReadSize,
  type Run,
  runInMemory,
} from "./memory_run.ts";
import type { TestCase } from "./test_case.ts";

/** What differs first between the oracle and the pipeline at one read size; null if nothing does. */
export async function difference(
  testCase: TestCase,
  expected: Expectation,
  readSize: ReadSize,
): Promise<string | null> {
  // How another dialect is told is for tests of its own.
  const intake = testCase.dialect ? null : differentIntake(testCase, expected, readSize);
  if (intake !== null || expected.run === null) return intake;
  return differentRun(expected.run, await runInMemory(testCase, expected.run.headerLine, readSize));
}

function differentIntake(
  testCase: TestCase,
  expected: Expectation,
  readSize: ReadSize,
): string | null {
  const found = checkIntake(testCase, readSize);
  if (testCase.bytes.includes(0)) {
    // An upload with a NUL is no CSV, before semantics.md has a say. To the pipeline a NUL is text.
    return differentText("refusal", "not-csv", refusal(found));
  }
  return differentText("intake", refusal(expected.intake), refusal(found)) ??
    (readSize.name === "whole" && !("refused" in expected.intake)
      ? differentDialect(testCase, expected, readSize)
      : null);
}

/** What the oracle reads is plain, and nobody need say so; unless bytes that are no UTF-8 speak for another encoding. */
function differentDialect(
  testCase: TestCase,
  { intake }: Expectation,
  readSize: ReadSize,
): string | null {
  const { encoding, delimiter, header_line, quote = '"', escape = "doubled" } = detectedDialect(
    testCase,
    readSize,
  );
  const isWindows = encoding === "windows-1252" && !isUtf8(testCase.bytes);
  return differentText(
    "dialect",
    `utf-8 , " doubled ${refusal(intake as { headerLine: number | null })}`,
    `${
      isWindows ? "utf-8" : encoding
    } ${delimiter} ${quote} ${escape} header on line ${header_line}`,
  );
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Codes and fields of a refusal, or the line of the header that was found. */
function refusal(
  answer: { headerLine: number | null } | {
    refused: readonly { code: string; field?: string | null }[];
  },
): string {
  if (!("refused" in answer)) return `header on line ${answer.headerLine}`;
  return answer.refused.map(({ code, field }) => `${code} ${field ?? ""}`.trim()).sort().join(", ");
}

function differentRun(expected: Verdict, { outcome, artifacts }: Run): string | null {
  const kinds = (set: object) => Object.keys(set).sort().join(", ");
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const texts = (["summary", "anomalies", "rejects", "cleaned"] as const).map((kind) => {
    const [right, found] = [expected.artifacts[kind], artifacts[kind]];
    return right && found
      ? differentText(kind, decoder.decode(right), decoder.decode(found))
      : null;
  });
  const report = decoder.decode(artifacts.report);
  return differentText("error", String(expected.error?.code), String(outcome.error?.code)) ??
    differentText("artifacts", kinds(expected.artifacts), kinds(artifacts)) ??
    texts.find((text) => text !== null) ??
    differentText("report", decoder.decode(expected.artifacts.report), comparableReport(report)) ??
    differentResult(JSON.parse(report), { outcome, artifacts });
}

/** What the pipeline returns must be what it wrote. */
function differentResult(
  report: Record<string, unknown>,
  { outcome: { error, result }, artifacts }: Run,
): string | null {
  const json = (value: unknown) => JSON.stringify(value, null, 1);
  const listed = result.artifacts.map(({ kind, bytes, sha256 }) => ({ kind, bytes, sha256 }));
  const written = (["summary", "anomalies", "rejects", "cleaned", "report"] as const).flatMap(
    (kind) => {
      const bytes = artifacts[kind];
      return bytes ? [{ kind, bytes: bytes.length, sha256: sha256(bytes) }] : [];
    },
  );
  return differentText("result's artifacts", json(written), json(listed)) ??
    differentText("result's counts", json(report.counts), json(result.counts)) ??
    differentText("result's statistics", json(report.statistics), json(result.statistics)) ??
    differentText("result's warnings", json(report.warnings), json(result.warnings)) ??
    differentText(
      "result's decimal marks",
      json(marksOf(report)),
      json(result.decimal_mark ?? null),
    ) ??
    differentText("outcome's error", json(report.error), json(error));
}

/** The decimal marks that a report tells, as a result has them: by field in the schema's order; null of a report without any. */
function marksOf({ columns }: Record<string, unknown>): Record<string, unknown> | null {
  const told = (columns as Record<string, string>[]).filter(({ decided_by }) => decided_by);
  if (told.length === 0) return null;
  return Object.fromEntries(
    ["revenue", "quantity", "discount"].flatMap((name) =>
      told.filter(({ field }) => field === name)
        .map(({ decimal_mark, decided_by }) => [name, { mark: decimal_mark, decided_by }])
    ),
  );
}

/** The report as the oracle writes it: without `run`, and sentences that the page doesn't fix by their code. */
function comparableReport(text: string): string {
  const report = JSON.parse(text);
  if (JSON.stringify(report, null, 2) + "\n" !== text) return `not formatted as said:\n${text}`;
  const timings = Object.entries(report.run?.timings ?? {});
  const names = timings.map(([name]) => name).join(" ");
  if (
    Object.keys(report).at(-1) !== "run" || timings.some(([, ms]) => typeof ms !== "number") ||
    names !== "parse_ms clean_ms aggregate_ms detect_ms write_ms total_ms"
  ) return `timings aren't as said:\n${text}`;
  delete report.run;
  const byCode = ({ code }: { code: string }) => ({ code });
  if (report.error !== null) report.error = byCode(report.error);
  report.warnings = report.warnings.map((warning: { code: string }) =>
    warning.code === "mixed-currencies" ? warning : byCode(warning)
  );
  return JSON.stringify(report, null, 2) + "\n";
}

function differentText(name: string, expected: string, found: string): string | null {
  if (expected === found) return null;
  const [right, wrong] = [expected.split("\n"), found.split("\n")];
  const line = right.findIndex((text, index) => text !== wrong[index]);
  const index = line < 0 ? right.length : line;
  const show = (text: string | undefined) =>
    text === undefined ? "(no line)" : JSON.stringify(text);
  return `${name}, line ${index + 1}:\n  expected ${show(right[index])}\n  found    ${
    show(wrong[index])
  }`;
}
