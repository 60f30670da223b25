/** What the states, outcomes and stages of a task are called on the page. */
import { count, counted } from "./numbers.js";

export const STATES = {
  queued: "Waiting",
  running: "Running",
  retrying: "Trying again",
  failed: "Failed",
  cancelled: "Cancelled",
  clean: "Completed",
  partial: "Completed, partial",
  deleted: "Files deleted",
};

export const STAGES = {
  aggregate: "Reading and checking rows",
  detect: "Looking for unusual rows",
  write: "Writing results",
};

/** The word of a task's state; a completed one has that of its outcome. */
export function wordOf(task) {
  if (task.deleted_at) return "deleted";
  return task.state === "completed" ? task.outcome : task.state;
}

/** A task in a few words, for the list and for those who listen. */
export function verdict(task) {
  const { counts, progress } = task;
  switch (task.state) {
    case "queued":
      return "Waiting for its turn";
    case "running":
      return progress
        ? `${progress.percent}%, ${counted(progress.rows_read, "row", "rows")} read`
        : "Starting";
    case "retrying":
      return `Attempt ${task.attempt} broke off; the next one follows`;
    case "completed":
      return [
        counts.rows_rejected > 0
          ? `${count(counts.rows_rejected)} of ${count(counts.rows_total)} rejected`
          : counted(counts.rows_total, "row", "rows"),
        counted(counts.regions, "region", "regions"),
        counts.anomalies > 0 ? `${count(counts.anomalies)} unusual` : null,
      ].filter(Boolean).join(" · ");
    case "failed":
      return task.error?.message ?? "Failed";
    default:
      return STATES[task.state] ?? task.state;
  }
}
