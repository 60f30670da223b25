/**
 * How the numbers of each column are written: decided once, before the first row, and then fixed.
 *
 * What a user says comes first, then what the values of a column prove, then what those of the others do; the delimiter is the last
 * resort, and told as a warning where it matters. The rules are in `docs/semantics.md`, section 4.
 */
import type { DecidedBy, DecidedMarks } from "../../domain/decided_mark.ts";
import { isPlain } from "../../domain/dialect.ts";
import type { Warning } from "../../domain/report.ts";
import { decimalMarkAssumed } from "./mark_warning.ts";
import type { DecimalMark } from "../../domain/options.ts";
import {
  NUMBER_FIELDS,
  type NumberField,
  type NumberFormat,
  type NumberFormats,
} from "./number_format.ts";
import { type NumberSample, readNumberSample, type SampledRun } from "./number_sample.ts";
import type { Header } from "../header/header.ts";
import type { PipelineLimits } from "../pipeline_limits.ts";

export interface NumberDecision {
  formats: NumberFormats;
  decidedBy: Readonly<Record<NumberField, DecidedBy>>;
  /** Whether there was anything to decide, so that a report tells it. */
  isTold: boolean;
  warnings: readonly Warning[];
}

/**
 * Decide about the numbers of an input, of which the beginning is read for it.
 *
 * @throws {InputError} if there is no header, or not one that the intake check lets pass
 * @throws {OperatingError} `input-damaged` if the input is known not to have the recorded size
 */
export async function decideNumbers(
  run: SampledRun,
  limits: PipelineLimits,
): Promise<NumberDecision> {
  const sample = await readNumberSample(run, limits);
  const { dialect } = run.input;
  const { decimal_mark } = run.options;
  const known = new Map<NumberField, { mark: DecimalMark; by: DecidedBy }>();
  for (const name of NUMBER_FIELDS) {
    if (sample.header.fields[name] === null) continue;
    const proved = sample.evidence[name].proved;
    if (decimal_mark[name] !== undefined) {
      known.set(name, { mark: decimal_mark[name], by: "option" });
    } else if (proved !== null) known.set(name, { mark: proved, by: "values" });
  }
  const common = commonMark([...known.values()].map(({ mark }) => mark));
  const rest: { mark: DecimalMark; by: DecidedBy } = common !== null
    ? { mark: common, by: "other-columns" }
    : { mark: dialect.delimiter === ";" ? "," : ".", by: "delimiter" };
  const decisions = NUMBER_FIELDS.map((name) => ({ name, ...(known.get(name) ?? rest) }));
  const formats = decisions.map(({ name, mark }): [NumberField, NumberFormat] => [
    name,
    { mark, isPercent: isPercent(name, sample, run.options.percent) },
  ]);
  const assumed = decisions.flatMap(({ name, by }) => {
    const { ambiguous, ambiguousText } = sample.evidence[name];
    const cell = isPlain(dialect) ? ambiguousText : ambiguous;
    return by === "delimiter" && cell !== null ? [{ name, cell }] : [];
  });
  return {
    formats: Object.fromEntries(formats) as Record<NumberField, NumberFormat>,
    decidedBy: Object.fromEntries(decisions.map(({ name, by }) => [name, by])) as Record<
      NumberField,
      DecidedBy
    >,
    isTold: !isPlain(dialect) || Object.keys(decimal_mark).length > 0 ||
      NUMBER_FIELDS.some((name) => sample.evidence[name].isTelling),
    warnings: assumed.length === 0
      ? []
      : [decimalMarkAssumed(assumed, rest.mark, dialect.delimiter)],
  };
}

/** What a task tells of the marks of its columns; null if there was nothing to decide. */
export function decidedMarks(
  { formats, decidedBy, isTold }: NumberDecision,
  { fields }: Pick<Header, "fields">,
): DecidedMarks | null {
  if (!isTold) return null;
  const held = NUMBER_FIELDS.filter((name) => fields[name] !== null);
  return Object.fromEntries(
    held.map((name) => [name, { mark: formats[name].mark, decided_by: decidedBy[name] }]),
  );
}

/** The mark that all have; null if there are none, or both. */
function commonMark(marks: readonly DecimalMark[]): DecimalMark | null {
  const [first = null] = marks;
  return marks.every((mark) => mark === first) ? first : null;
}

function isPercent(
  name: NumberField,
  { header }: NumberSample,
  asked: readonly string[] | null,
): boolean {
  const index = header.fields[name];
  if (index === null) return false;
  return asked?.includes(name) ?? header.columns[index].label.includes("%");
}
