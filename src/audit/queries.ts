/** Reading the ledger: tasks with their progress, lists, events. No write happens here. */
import type { TaskEvent } from "../domain/event.ts";
import type { Progress } from "../domain/report.ts";
import type { Task, TaskState } from "../domain/task.ts";

/** A task with what lives beside its fold. */
export interface TaskView {
  task: Task;
  /** Of the attempt that runs or ran last; null before it reported any. */
  progress: Progress | null;
}

/** Which page of which tasks a list shows. */
export interface TaskFilter {
  state?: TaskState;
  /** Only tasks that bring rejected rows of this one again. */
  parentId?: string;
  limit: number;
  /** The ID below which the page begins (IDs are UUIDv7: newest first is ID descending); null: from the newest. */
  before: string | null;
}

/** The reading side of a ledger. Promises reject only for faults of the file itself. */
export interface Queries {
  task(id: string): Promise<TaskView | null>;
  /** Newest first. */
  tasks(filter: TaskFilter): Promise<TaskView[]>;
  /** Of one task, oldest first, after a sequence number. */
  events(taskId: string, page: { after: number; limit: number }): Promise<TaskEvent[]>;
  /** IDs of the given ones that the ledger knows and that aren't deleted: what may keep files. */
  livingTaskIds(ids: readonly string[]): Promise<Set<string>>;
}
