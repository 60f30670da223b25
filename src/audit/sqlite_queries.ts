/** The `Queries` on SQLite: one prepared statement each, on the ledger's own connection. */
import type { TaskEvent } from "../domain/event.ts";
import { TASK_VIEWS_KEPT } from "../domain/limits.ts";
import type { Progress } from "../domain/report.ts";
import { EVENT_COLUMNS, eventOf, type EventRow } from "./event_row.ts";
import type { Queries, TaskFilter, TaskView } from "./queries.ts";
import type { Sqlite, SqlValue } from "./sqlite.ts";
import { TASK_COLUMNS, taskOf, type TaskRow } from "./task_row.ts";

type ViewRow = TaskRow & { [K in keyof Progress]: Progress[K] | null };

// An earlier attempt's progress has an older fence, and doesn't count once the next one has started.
const SELECT_VIEW =
  `SELECT ${TASK_COLUMNS}, stage, bytes_read, bytes_total, rows_read, rows_rejected
  FROM tasks LEFT JOIN progress ON progress.task_id = tasks.id AND progress.fence = tasks.fence`;
const SELECT_ONE = `${SELECT_VIEW} WHERE tasks.id = ?`;

export class SqliteQueries implements Queries {
  readonly #sqlite: Sqlite;
  /** Tasks as they were read in this version of the database: many ask for the same few, again and again. */
  readonly #views = new Map<string, TaskView>();
  #version = "";

  constructor(sqlite: Sqlite) {
    this.#sqlite = sqlite;
  }

  task(id: string): Promise<TaskView | null> {
    return Promise.try(() => {
      const { version } = this.#sqlite;
      if (version !== this.#version || this.#views.size === TASK_VIEWS_KEPT) {
        this.#views.clear();
        this.#version = version;
      }
      const known = this.#views.get(id);
      if (known !== undefined) return known;
      const row = this.#sqlite.get<ViewRow>(SELECT_ONE, id);
      if (row === undefined) return null;
      const view = viewOf(row);
      this.#views.set(id, view);
      return view;
    });
  }

  tasks(filter: TaskFilter): Promise<TaskView[]> {
    return Promise.try(() => {
      const conditions: string[] = [];
      const values: SqlValue[] = [];
      if (filter.state !== undefined) {
        conditions.push("state = ?");
        values.push(filter.state);
      }
      if (filter.parentId !== undefined) {
        conditions.push("parent IS NOT NULL AND json_extract(parent, '$.task_id') = ?");
        values.push(filter.parentId);
      }
      if (filter.before !== null) {
        conditions.push("id < ?");
        values.push(filter.before);
      }
      const where = conditions.length > 0 ? `WHERE ${conditions.join(" AND ")}` : "";
      const sql = `${SELECT_VIEW} ${where} ORDER BY id DESC LIMIT ?`;
      return this.#sqlite.all<ViewRow>(sql, ...values, filter.limit).map(viewOf);
    });
  }

  events(taskId: string, page: { after: number; limit: number }): Promise<TaskEvent[]> {
    return Promise.try(() =>
      this.#sqlite.all<EventRow>(
        `SELECT ${EVENT_COLUMNS} FROM events WHERE task_id = ? AND seq > ? ORDER BY seq LIMIT ?`,
        taskId,
        page.after,
        page.limit,
      ).map(eventOf)
    );
  }

  livingTaskIds(ids: readonly string[]): Promise<Set<string>> {
    return Promise.try(() => {
      const rows = this.#sqlite.all<{ id: string }>(
        `SELECT id FROM tasks
          WHERE deleted_at IS NULL AND id IN (SELECT value FROM json_each(?))`,
        JSON.stringify(ids),
      );
      return new Set(rows.map((row) => row.id));
    });
  }
}

function viewOf(row: ViewRow): TaskView {
  const { stage, bytes_read, bytes_total, rows_read, rows_rejected } = row;
  const progress = stage === null
    ? null
    : { stage, bytes_read, bytes_total, rows_read, rows_rejected } as Progress;
  return { task: taskOf(row), progress };
}
