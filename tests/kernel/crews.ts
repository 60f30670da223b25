/** Runs rows with several threads, on a grid of small segments. */
import assert from "node:assert/strict";
import type { Encoding } from "../../src/domain/dialect.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { CrewEngine, GRID_SIZES } from "../../src/pipeline/kernel/crew_engine.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { readInputAt } from "../../src/worker/input_source.ts";
import { KernelCrew } from "../../src/worker/kernel_crew.ts";
import type { TestCase } from "../property/test_case.ts";
import { encoded } from "../support/dialect_file.ts";
import { engineOf, firstDifference, runWhole } from "./engines.ts";

const SIZES = {
  ...GRID_SIZES,
  firstSegmentBytes: 4 * 1024,
  segmentBytes: 16 * 1024,
  dealtRegionsMin: 0,
};

/** A file other than by default, which is plain and within the limits of the product. */
export interface CrewFile extends Partial<Pick<TestCase, "limits" | "dialect">> {
  header?: string;
  /** Beside `cleaned`; default: as by default. */
  options?: Partial<TestCase["options"]>;
  /** The oracle, whose type the dialect is, knows UTF-8 only; it isn't asked here. */
  encoding?: Encoding;
}

/** Runs rows through the plain engine and through two and four threads, which must agree; the last report. */
export async function agree(
  rows: readonly string[],
  {
    header = "region,product,revenue,quantity,discount",
    options = {},
    limits = {},
    dialect,
    encoding = "utf-8",
  }: CrewFile = {},
) {
  const text = [header, ...rows, ""].join("\n");
  const bytes = encoded(text, encoding);
  const testCase: TestCase = {
    number: 0,
    kind: "crews",
    bytes,
    options: { ...OPTION_DEFAULTS, cleaned: true, ...options },
    limits,
    ...(dialect && { dialect: { ...dialect, encoding: encoding as "utf-8" } }),
  };
  const plain = await runWhole(testCase, 1, new PlainEngine());
  const path = await Deno.makeTempFile();
  await Deno.writeFile(path, bytes);
  let last = plain;
  try {
    for (const members of [1, 3]) {
      const crew = new KernelCrew(members);
      crew.open(path);
      using file = await Deno.open(path);
      const engine = CrewEngine.acquire(crew, readInputAt(file), SIZES)!;
      const found = await runWhole(testCase, 1, engine);
      crew.close();
      assert.equal(firstDifference(plain, found), null, `${members} members`);
      assert.equal(engineOf(found), "kernel");
      last = found;
    }
  } finally {
    await Deno.remove(path);
  }
  return JSON.parse(new TextDecoder().decode(last.artifacts.report));
}
