/**
 * The entry of a thread that takes part in a run: see `kernel_crew.ts`.
 *
 * It may read what the runner may read. An input stays open until the next one is.
 */
import { OperatingError } from "../domain/errors.ts";
import { CrewMember, type CrewTask } from "../pipeline/kernel/crew.ts";
import { openInput, readInputAt } from "./input_source.ts";

/** What the crew asks: to open an input, or one of a member's tasks. */
export interface CrewRequest {
  task: CrewTask | "open";
  order: unknown;
}

/** The answer, or what went wrong. */
export type CrewResponse =
  | { answer: unknown }
  | { operating: { code: OperatingError["code"]; message: string } }
  | { fault: unknown };

interface ThreadScope {
  onmessage: (event: MessageEvent<CrewRequest>) => void;
  postMessage(response: CrewResponse): void;
}

const scope = self as unknown as ThreadScope;
const member = new CrewMember();
let file: Deno.FsFile | null = null;

function answer({ task, order }: CrewRequest): unknown {
  if (task !== "open") return member.work(task, order, readInputAt(file!));
  file?.close();
  file = openInput(order as string);
  return null;
}

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage({ answer: answer(data) });
  } catch (fault) {
    // The class of an error doesn't get from thread to thread.
    if (fault instanceof OperatingError) {
      scope.postMessage({ operating: { code: fault.code, message: fault.message } });
    } else scope.postMessage({ fault });
  }
};
