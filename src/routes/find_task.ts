/** The task that a path names. */
import type { Queries, TaskView } from "../audit/queries.ts";
import type { Artifact, ArtifactKind } from "../domain/artifact.ts";
import { RETRY_AFTER_S } from "../domain/limits.ts";
import { isFinal, type Task } from "../domain/task.ts";
import { isTaskId } from "../domain/task_id.ts";
import { Problem } from "./problem.ts";

/** @throws {Problem} `unknown-task`, of a malformed ID as well */
export async function findTask(queries: Queries, id: string | undefined): Promise<TaskView> {
  const view = id !== undefined && isTaskId(id) ? await queries.task(id) : null;
  if (view === null) throw unknownTask();
  return view;
}

/** Of a malformed ID as well as of an unknown one: neither is anybody's. */
export function unknownTask(): Problem {
  return new Problem("unknown-task", "Check the ID, or list the tasks at /v1/tasks.");
}

/** @throws {Problem} `not-final` with Retry-After, or `deleted`: artifacts can't be had now, or never again */
export function requireArtifacts(task: Task): void {
  if (!isFinal(task.state)) {
    throw new Problem("not-final", `The task is ${task.state}. Ask again when it is done.`, {
      headers: { "retry-after": String(RETRY_AFTER_S) },
    });
  }
  if (task.deleted_at !== null) throw deletedTask();
}

/** The files are gone for good; the record stays to be seen. */
export function deletedTask(): Problem {
  return new Problem("deleted", "Only the task's record is left. Upload the file again.");
}

/** @throws {Problem} `no-artifact` */
export function requireArtifact(task: Task, kind: ArtifactKind): Artifact {
  const artifact = task.artifacts.find((candidate) => candidate.kind === kind);
  if (artifact !== undefined) return artifact;
  const kinds = task.artifacts.map((candidate) => candidate.kind).join(", ") || "none";
  const cure = kind === "cleaned" && !task.options.cleaned
    ? "Upload the file again with cleaned=true to have the accepted rows too."
    : "Take one of these.";
  throw new Problem("no-artifact", `The task is ${task.state}; it has: ${kinds}. ${cure}`);
}
