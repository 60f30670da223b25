/** A task as clients see it, key by key. What lies beside the API (fences, crashes, paths) stays out. */
import type { TaskView } from "../audit/queries.ts";
import type { Artifact } from "../domain/artifact.ts";
import type { Progress } from "../domain/report.ts";
import { isFinal, type Task } from "../domain/task.ts";

/** The wire's shape of a task with its progress. */
export function taskJson({ task, progress }: TaskView): Record<string, unknown> {
  return {
    id: task.id,
    state: task.state,
    outcome: task.outcome,
    done: isFinal(task.state),
    filename: task.filename,
    attempt: task.attempt,
    created_at: task.created_at,
    started_at: task.started_at,
    finished_at: task.finished_at,
    deleted_at: task.deleted_at,
    input: inputJson(task),
    options: task.options,
    parent: task.parent?.task_id ?? null,
    progress: progressJson(task, progress),
    counts: task.counts,
    statistics: task.statistics,
    warnings: task.warnings,
    artifacts: task.artifacts.map((artifact) => artifactJson(task.id, artifact)),
    error: task.error,
  };
}

/** The input; its dialect goes on with the decimal marks, which only a run can tell. */
function inputJson({ input, decimal_mark }: Task): Record<string, unknown> {
  if (decimal_mark === null) return { ...input };
  return { ...input, dialect: { ...input.dialect, decimal_mark } };
}

/** An artifact without its path, which is none of a client's business. */
export function artifactJson(taskId: string, artifact: Artifact): Record<string, unknown> {
  return {
    kind: artifact.kind,
    href: `/v1/tasks/${taskId}/artifacts/${artifact.kind}`,
    bytes: artifact.bytes,
    sha256: artifact.sha256,
    rows: artifact.rows,
  };
}

/**
 * Progress is recorded now and then, so a short run may have none, and any run's last record may be older than its
 * end: what the task itself knows comes first. 100 percent are for completed tasks alone.
 */
function progressJson(task: Task, recorded: Progress | null): Progress & { percent: number } {
  const bytesTotal = recorded?.bytes_total ?? task.input.bytes;
  const isCompleted = task.state === "completed";
  const bytesRead = isCompleted ? bytesTotal : recorded?.bytes_read ?? 0;
  return {
    stage: isCompleted ? "write" : recorded?.stage ?? "aggregate",
    bytes_read: bytesRead,
    bytes_total: bytesTotal,
    rows_read: task.counts?.rows_total ?? recorded?.rows_read ?? 0,
    rows_rejected: task.counts?.rows_rejected ?? recorded?.rows_rejected ?? 0,
    percent: isCompleted ? 100 : Math.min(99, Math.floor((100 * bytesRead) / bytesTotal)),
  };
}
