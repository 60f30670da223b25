/** The task that an upload names as its parent. */
import type { Queries } from "../audit/queries.ts";
import { type Parent, parentFrom } from "../domain/parent.ts";
import { isFinal, type Task } from "../domain/task.ts";
import { Problem } from "./problem.ts";

/**
 * @param id as the option `parent` gives it
 * @throws {Problem} `bad-option` if there is no such task, or none of its rows can come again
 */
export async function findParent(
  queries: Queries,
  id: string,
): Promise<{ task: Task; parent: Parent }> {
  const view = await queries.task(id);
  if (view === null) {
    throw notParent(
      id,
      "isn't known. Check its ID, or leave parent out to send the file by itself.",
    );
  }
  const { task } = view;
  if (!isFinal(task.state)) {
    throw notParent(id, `is ${task.state}. Send its corrected rows when it is done.`);
  }
  const parent = parentFrom(task);
  if (parent === null) {
    throw notParent(id, "has no rejected rows. Leave parent out to send the file by itself.");
  }
  return { task, parent };
}

function notParent(id: string, why: string): Problem {
  const fault = { code: "bad-option", field: "parent", value: id, detail: `The task ${id} ${why}` };
  return new Problem("bad-option", fault.detail, { errors: [fault] });
}
