/**
 * The entry of a thread that takes part in a run: see `kernel_crew.ts`.
 *
 * It may read and write what the runner may.
 */
import { OperatingError } from "../domain/errors.ts";
import { SCRATCH_BYTES_MAX } from "../domain/limits.ts";
import { buffersOf, type CrewTask } from "../pipeline/kernel/crew.ts";
import { CrewMember } from "../pipeline/kernel/crew_member.ts";
import { openInput, readInputAt } from "./input_source.ts";
import { ScratchFile } from "./scratch_file.ts";

/** What a thread needs for a run. */
export interface OpenOrder {
  inputPath: string;
  /** Null: the thread gets no scratch. */
  scratchFolder: string | null;
  /** Where the thread counts its answers, those that it gave since it was started. */
  given: Int32Array<SharedArrayBuffer>;
}

/** What the crew asks: to open an input, to close it, or one of a member's tasks in between. */
export interface CrewRequest {
  task: CrewTask | "open" | "close";
  order: unknown;
}

/** The answer, or what went wrong. */
export type CrewResponse =
  | { answer: unknown }
  | { operating: { code: OperatingError["code"]; message: string } }
  | { fault: unknown };

interface ThreadScope {
  onmessage: (event: MessageEvent<CrewRequest>) => void;
  postMessage(response: CrewResponse, transfer?: Transferable[]): void;
}

const scope = self as unknown as ThreadScope;
const member = new CrewMember();
let file: Deno.FsFile | null = null;
let scratch: ScratchFile | null = null;
let given: Int32Array<SharedArrayBuffer> | null = null;

function answer({ task, order }: CrewRequest): unknown {
  if (task !== "open" && task !== "close") {
    return member.work(task, order, readInputAt(file!), scratch);
  }
  file?.close();
  scratch?.close();
  file = scratch = null;
  if (task === "close") return null;
  const { inputPath, scratchFolder } = order as OpenOrder;
  ({ given } = order as OpenOrder);
  file = openInput(inputPath);
  if (scratchFolder !== null) scratch = new ScratchFile(scratchFolder, SCRATCH_BYTES_MAX);
  return null;
}

scope.onmessage = ({ data }) => {
  try {
    const answered = answer(data);
    scope.postMessage({ answer: answered }, buffersOf(data.task, answered));
  } catch (fault) {
    // The class of an error doesn't get from thread to thread.
    if (fault instanceof OperatingError) {
      scope.postMessage({ operating: { code: fault.code, message: fault.message } });
    } else scope.postMessage({ fault });
  }
  Atomics.add(given!, 0, 1);
};
