/** The codes under which things go wrong, and the errors that carry them. */

/** Why a task failed for good. The first three are about the data: never retried. */
export const TASK_ERROR_CODES = [
  "no-valid-rows",
  "too-many-bad-rows",
  "too-many-regions",
  "input-unreadable",
  "input-damaged",
  "disk-full",
  "runner-crashed",
  "runner-hung",
  "internal-error",
  "poisoned",
] as const;

export type TaskErrorCode = (typeof TASK_ERROR_CODES)[number];

/** The error of a failed task: a code for programs, a sentence for people. */
export interface TaskError {
  code: TaskErrorCode;
  /** What happened and what to do about it; no path of the server, no stack. */
  message: string;
  line?: number;
  record?: number;
}

/** Why an upload is refused because of what is in it. */
export const INPUT_ERROR_CODES = [
  "empty-file",
  "missing-column",
  "duplicate-column",
  "ambiguous-column",
  "bad-header",
  "unclear-dialect",
  "not-csv",
  "bad-compression",
  "compression-ratio",
  "too-large",
] as const;

export type InputErrorCode = (typeof INPUT_ERROR_CODES)[number];

/** One finding about an input; several make one refusal. */
export interface InputFault {
  code: InputErrorCode;
  detail: string;
  line?: number;
  record?: number;
  field?: string;
  value?: string;
}

/** An upload that can't become a task: bad data, said all at once. */
export class InputError extends Error {
  override readonly name = "InputError";
  /** @param message all of it for people; by default the details of the faults, one after the other */
  constructor(
    readonly faults: readonly InputFault[],
    message: string = faults.map((fault) => fault.detail).join(" "),
  ) {
    super(message);
  }
}

/** An operating fault (disk, file, runner): worth another attempt. */
export class OperatingError extends Error {
  override readonly name = "OperatingError";
  constructor(readonly code: TaskErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}
