/** A task that brings the rejected rows of another one again, mended; and how the rows of both add up. */
import type { Counts } from "./report.ts";

/** The task whose rejected rows come again: recorded with the task that brings them, because it never changes any more. */
export interface Parent {
  task_id: string;
  rows_total: number;
  rows_accepted: number;
  rows_rejected: number;
}

/** Where the parent's rows went in both. Always `rows_accepted + rows_rejected + rows_not_seen = rows_total + rows_added`. */
export interface Together {
  /** The parent's. */
  rows_total: number;
  /** The parent's, and those that were accepted now. */
  rows_accepted: number;
  /** Those that were rejected now, again. */
  rows_rejected: number;
  /** Rejected rows of the parent that this run didn't see: they weren't sent again, or it stopped before them. */
  rows_not_seen: number;
  /** Rows of this run beyond those that the parent rejected. */
  rows_added: number;
}

/** A task as the parent of another; null if it has no rows that could come again. Only final tasks have counts. */
export function parentFrom({ id, counts }: { id: string; counts: Counts | null }): Parent | null {
  if (counts === null || counts.rows_rejected === 0) return null;
  const { rows_total, rows_accepted, rows_rejected } = counts;
  return { task_id: id, rows_total, rows_accepted, rows_rejected };
}

/**
 * The sum of a parent and the run over its mended rows. Rows are counted, not compared.
 *
 * ```ts
 * import { together } from "./parent.ts";
 * const parent = { task_id: "", rows_total: 100, rows_accepted: 90, rows_rejected: 10 };
 * const sum = together(parent, { rows_total: 8, rows_accepted: 7, rows_rejected: 1 });
 * if (sum.rows_accepted !== 97 || sum.rows_rejected !== 1 || sum.rows_not_seen !== 2) throw new Error("unexpected");
 * ```
 */
export function together(
  parent: Parent,
  counts: Pick<Counts, "rows_total" | "rows_accepted" | "rows_rejected">,
): Together {
  return {
    rows_total: parent.rows_total,
    rows_accepted: parent.rows_accepted + counts.rows_accepted,
    rows_rejected: counts.rows_rejected,
    rows_not_seen: Math.max(0, parent.rows_rejected - counts.rows_total),
    rows_added: Math.max(0, counts.rows_total - parent.rows_rejected),
  };
}
