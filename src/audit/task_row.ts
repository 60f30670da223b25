/** A task as a row of the `tasks` table, with its artifacts in a table of their own. */
import type { Artifact } from "../domain/artifact.ts";
import { recordedOptions } from "../domain/options.ts";
import type { Task } from "../domain/task.ts";
import type { Sqlite, SqlValue } from "./sqlite.ts";

/** A row that was read with `TASK_COLUMNS`. Columns with JSON in them are text here. */
export interface TaskRow {
  id: string;
  state: Task["state"];
  outcome: Task["outcome"];
  filename: string;
  input_bytes: number;
  input_sha256: string;
  dialect: string;
  compression: string | null;
  options: string;
  parent: string | null;
  attempt: number;
  fence: number;
  crashes: number;
  losses: number;
  created_at: string;
  started_at: string | null;
  finished_at: string | null;
  deleted_at: string | null;
  due_at: string | null;
  cancel_requested: 0 | 1;
  counts: string | null;
  statistics: string | null;
  warnings: string;
  decimal_mark: string | null;
  error: string | null;
  artifacts: string;
}

const MUTABLE_COLUMNS = [
  "state",
  "outcome",
  "attempt",
  "fence",
  "crashes",
  "losses",
  "started_at",
  "finished_at",
  "deleted_at",
  "due_at",
  "cancel_requested",
  "counts",
  "statistics",
  "warnings",
  "decimal_mark",
  "error",
] as const satisfies (keyof TaskRow)[];

const RECEIVED_COLUMNS = [
  "id",
  "filename",
  "input_bytes",
  "input_sha256",
  "dialect",
  "compression",
  "options",
  "parent",
  "created_at",
] as const satisfies (keyof TaskRow)[];

const COLUMNS = [...RECEIVED_COLUMNS, ...MUTABLE_COLUMNS];

/** What to select from `tasks` for a `TaskRow`: one statement gives a task whole. */
export const TASK_COLUMNS = COLUMNS.map((column) => `tasks.${column}`).join(", ") + `, (
  SELECT json_group_array(json_object(
    'kind', kind, 'path', path, 'bytes', bytes, 'sha256', sha256, 'rows', rows
  ) ORDER BY rowid) FROM artifacts WHERE task_id = tasks.id
) AS artifacts`;

const INSERT = `INSERT INTO tasks (${COLUMNS.join(", ")})
  VALUES (${COLUMNS.map(() => "?").join(", ")})`;
const UPDATE = `UPDATE tasks SET ${MUTABLE_COLUMNS.map((c) => `${c} = ?`).join(", ")} WHERE id = ?`;
const INSERT_ARTIFACT = `INSERT INTO artifacts (task_id, kind, path, bytes, sha256, rows)
  VALUES (?, ?, ?, ?, ?, ?)`;
const SELECT = `SELECT ${TASK_COLUMNS} FROM tasks WHERE id = ?`;

/** The task in a row. */
export function taskOf(row: TaskRow): Task {
  return {
    id: row.id,
    state: row.state,
    outcome: row.outcome,
    filename: row.filename,
    input: {
      bytes: row.input_bytes,
      sha256: row.input_sha256,
      dialect: JSON.parse(row.dialect),
      ...(row.compression !== null && { compression: JSON.parse(row.compression) }),
    },
    options: recordedOptions(JSON.parse(row.options)),
    parent: parsed(row.parent),
    attempt: row.attempt,
    fence: row.fence,
    crashes: row.crashes,
    losses: row.losses,
    created_at: row.created_at,
    started_at: row.started_at,
    finished_at: row.finished_at,
    deleted_at: row.deleted_at,
    due_at: row.due_at,
    cancel_requested: row.cancel_requested === 1,
    counts: parsed(row.counts),
    statistics: parsed(row.statistics),
    warnings: JSON.parse(row.warnings),
    decimal_mark: parsed(row.decimal_mark),
    artifacts: JSON.parse(row.artifacts),
    error: parsed(row.error),
  };
}

/** A task by its ID; null if there is none. */
export function readTask(sqlite: Sqlite, id: string): Task | null {
  const row = sqlite.get<TaskRow>(SELECT, id);
  return row === undefined ? null : taskOf(row);
}

export function insertTask(sqlite: Sqlite, task: Task): void {
  const columns = columnsOf(task);
  sqlite.run(INSERT, ...COLUMNS.map((column) => columns[column]));
}

/** Write what a fact changed. Artifacts come with the fact that ends the last attempt, once. */
export function updateTask(sqlite: Sqlite, before: Task, task: Task): void {
  const columns = columnsOf(task);
  sqlite.run(UPDATE, ...MUTABLE_COLUMNS.map((column) => columns[column]), task.id);
  if (before.artifacts.length > 0) return;
  for (const artifact of task.artifacts) insertArtifact(sqlite, task.id, artifact);
}

function insertArtifact(sqlite: Sqlite, taskId: string, artifact: Artifact): void {
  const { kind, path, bytes, sha256, rows } = artifact;
  sqlite.run(INSERT_ARTIFACT, taskId, kind, path, bytes, sha256, rows);
}

function columnsOf(task: Task): Record<typeof COLUMNS[number], SqlValue> {
  return {
    id: task.id,
    state: task.state,
    outcome: task.outcome,
    filename: task.filename,
    input_bytes: task.input.bytes,
    input_sha256: task.input.sha256,
    dialect: JSON.stringify(task.input.dialect),
    compression: task.input.compression ? JSON.stringify(task.input.compression) : null,
    options: JSON.stringify(task.options),
    parent: task.parent && JSON.stringify(task.parent),
    attempt: task.attempt,
    fence: task.fence,
    crashes: task.crashes,
    losses: task.losses,
    created_at: task.created_at,
    started_at: task.started_at,
    finished_at: task.finished_at,
    deleted_at: task.deleted_at,
    due_at: task.due_at,
    cancel_requested: task.cancel_requested ? 1 : 0,
    counts: task.counts && JSON.stringify(task.counts),
    statistics: task.statistics && JSON.stringify(task.statistics),
    warnings: JSON.stringify(task.warnings),
    decimal_mark: task.decimal_mark && JSON.stringify(task.decimal_mark),
    error: task.error && JSON.stringify(task.error),
  };
}

function parsed(json: string | null) {
  return json === null ? null : JSON.parse(json);
}
