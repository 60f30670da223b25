/**
 * The state machine stands in code (`LIFECYCLE`) and in SQL (checks and triggers): here they are held together, for
 * every pair of states and every event in every state. The rows are written by hand, without the ledger.
 */
import assert from "node:assert/strict";
import { ARTIFACT_KINDS } from "../../src/domain/artifact.ts";
import type { EventType } from "../../src/domain/event.ts";
import { LIFECYCLE } from "../../src/domain/lifecycle.ts";
import { isFinal, TASK_STATES, type TaskState } from "../../src/domain/task.ts";
import type { Sqlite, SqlValue } from "../../src/audit/sqlite.ts";
import { withSqlite } from "./temp_database.ts";

const ID = "019b8d00-0000-7000-8000-000000000001";
const AT = "2026-01-05T10:00:00.000Z";
const HASH = "c0".repeat(32);
const GENESIS = "0".repeat(64);
const RESULT = `{"rows_rejected":0}`;

const EVENT_TYPES = Object.keys(LIFECYCLE) as EventType[];

/** How a task can come to each state by legal steps. */
const WAYS: Record<TaskState, readonly TaskState[]> = {
  queued: [],
  running: ["running"],
  retrying: ["running", "retrying"],
  completed: ["running", "completed"],
  failed: ["running", "failed"],
  cancelled: ["cancelled"],
};

type Columns = Record<string, SqlValue>;

/** The columns that a state calls for, so that only the step itself can be at fault. */
function columnsOf(state: TaskState, fence: number): Columns {
  return {
    state,
    attempt: fence,
    fence,
    started_at: fence > 0 ? AT : null,
    finished_at: isFinal(state) ? AT : null,
    due_at: state === "queued" || state === "retrying" ? AT : null,
    outcome: state === "completed" ? "clean" : null,
    counts: state === "completed" ? RESULT : null,
    statistics: state === "completed" ? "{}" : null,
    error: state === "failed" ? "{}" : null,
  };
}

const RECEIVED: Columns = {
  id: ID,
  filename: "q3.csv",
  input_bytes: 1,
  input_sha256: HASH,
  dialect: "{}",
  options: "{}",
  crashes: 0,
  losses: 0,
  created_at: AT,
  deleted_at: null,
  cancel_requested: 0,
  warnings: "[]",
};

function insert(sqlite: Sqlite, table: string, columns: Columns): void {
  const names = Object.keys(columns);
  const marks = names.map(() => "?").join(", ");
  sqlite.run(
    `INSERT INTO ${table} (${names.join(", ")}) VALUES (${marks})`,
    ...Object.values(columns),
  );
}

function update(sqlite: Sqlite, columns: Columns): void {
  const sets = Object.keys(columns).map((name) => `${name} = ?`).join(", ");
  sqlite.run(`UPDATE tasks SET ${sets}`, ...Object.values(columns));
}

/** A step to a state, with the fence that it calls for. */
function step(sqlite: Sqlite, to: TaskState): void {
  const { state, fence } = sqlite.get<{ state: TaskState; fence: number }>(
    "SELECT state, fence FROM tasks",
  )!;
  update(sqlite, columnsOf(to, to === "running" && state !== "running" ? fence + 1 : fence));
}

function arrive(sqlite: Sqlite, state: TaskState): void {
  insert(sqlite, "tasks", { ...RECEIVED, ...columnsOf("queued", 0) });
  for (const next of WAYS[state]) step(sqlite, next);
}

function event(type: EventType, changes: Columns = {}): Columns {
  const ends = type === "task.completed" || type === "task.failed";
  return {
    seq: 1,
    task_id: ID,
    type,
    at: AT,
    attempt: 0,
    data: ends ? `{"duration_ms":0}` : "{}",
    prev_hash: GENESIS,
    hash: HASH,
    ...changes,
  };
}

/** Whether the database takes it; nothing of it stays. */
function takes(sqlite: Sqlite, write: () => void): boolean {
  const undo = new Error("undo");
  let outcome: unknown;
  try {
    sqlite.transaction(() => {
      write();
      throw undo;
    });
  } catch (error) {
    outcome = error;
  }
  return outcome === undo;
}

/** Refused, and for this reason; nothing of it stays. */
function assertRefuses(sqlite: Sqlite, write: () => void, why: RegExp): void {
  assert.throws(() =>
    sqlite.transaction(() => {
      write();
      throw new Error("it was taken");
    }), why);
}

Deno.test("SQL and LIFECYCLE agree on every step from state to state", async () => {
  await withSqlite((sqlite) => {
    for (const from of TASK_STATES) {
      for (const to of TASK_STATES) {
        const legal = from === to ||
          EVENT_TYPES.some((type) =>
            LIFECYCLE[type].from.includes(from) && LIFECYCLE[type].to === to
          );
        sqlite.transaction(() => {
          sqlite.run("SAVEPOINT pair");
          arrive(sqlite, from);
          let taken = true;
          try {
            step(sqlite, to);
          } catch {
            taken = false;
          }
          sqlite.run("ROLLBACK TO pair");
          assert.equal(taken, legal, `${from} > ${to}`);
        });
      }
    }
  });
});

Deno.test("SQL and LIFECYCLE agree on where a task begins", async () => {
  await withSqlite((sqlite) => {
    for (const state of TASK_STATES) {
      const legal = LIFECYCLE["task.received"].to === state;
      for (const fence of [0, 1]) {
        const row = { ...RECEIVED, ...columnsOf(state, fence) };
        const taken = takes(sqlite, () => insert(sqlite, "tasks", row));
        assert.equal(taken, legal && fence === 0, `${state} with fence ${fence}`);
      }
    }
  });
});

Deno.test("SQL and LIFECYCLE agree on where each event leads", async () => {
  await withSqlite((sqlite) => {
    for (const type of EVENT_TYPES) {
      for (const state of TASK_STATES) {
        const { from, to } = LIFECYCLE[type];
        const legal = to === "same" ? from.includes(state) : to === state;
        const taken = takes(sqlite, () => {
          arrive(sqlite, state);
          if (type === "task.cancel_requested") update(sqlite, { cancel_requested: 1 });
          if (type === "task.deleted" && isFinal(state)) update(sqlite, { deleted_at: AT });
          insert(sqlite, "events", event(type));
        });
        assert.equal(taken, legal, `${type} in ${state}`);
      }
    }
  });
});

Deno.test("events that change no state need their mark on the task", async () => {
  await withSqlite((sqlite) => {
    const without = (type: EventType, state: TaskState) => () => {
      arrive(sqlite, state);
      insert(sqlite, "events", event(type));
    };
    assertRefuses(sqlite, without("task.cancel_requested", "queued"), /does not lead/);
    assertRefuses(sqlite, without("task.deleted", "failed"), /does not lead/);
  });
});

Deno.test("SQL knows exactly the states and types that the code knows", async () => {
  await withSqlite((sqlite) => {
    const sql = sqlite.all<{ sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE name IN ('tasks', 'events') AND type = 'table' ORDER BY name LIMIT 2",
    ).map((row) => row.sql);
    const [types, states] = [/type IN \(([^)]*)\)/, /state IN \(([^)]*)\)/].map((pattern, i) =>
      pattern.exec(sql[i]!)![1]!.split(",").map((word) => word.trim().slice(1, -1))
    );
    assert.deepEqual(types!.toSorted(), EVENT_TYPES.toSorted());
    assert.deepEqual(states!.toSorted(), TASK_STATES.toSorted());
  });
});

Deno.test("SQL knows exactly the kinds of artifact that the code knows", async () => {
  await withSqlite((sqlite) => {
    const { sql } = sqlite.get<{ sql: string }>(
      "SELECT sql FROM sqlite_schema WHERE name = 'artifacts' AND type = 'table'",
    )!;
    const kinds = /kind IN \(([^)]*)\)/.exec(sql)![1]!.split(",").map((word) =>
      word.trim().slice(1, -1)
    );
    assert.deepEqual(kinds, ARTIFACT_KINDS);
  });
});

/** A row that is wrong in one way, from a right one in the given state. */
const WRONG_ROWS: readonly [state: TaskState, changes: Columns, constraint: string][] = [
  ["running", { started_at: null }, "claimed_once_means_started"],
  ["running", { attempt: 0 }, "a_try_is_behind_these_states"],
  ["running", { attempt: 2 }, "tries_are_counted"],
  ["running", { due_at: AT }, "waiting_means_due"],
  ["retrying", { due_at: null }, "waiting_means_due"],
  ["queued", { finished_at: AT }, "final_means_finished"],
  ["completed", { finished_at: null }, "final_means_finished"],
  ["completed", { outcome: null }, "completed_means_outcome"],
  ["failed", { outcome: "clean" }, "completed_means_outcome"],
  ["completed", { counts: null, statistics: null }, "completed_means_counted"],
  ["completed", { outcome: "partial" }, "outcome_agrees_with_counts"],
  ["completed", { statistics: null }, "results_come_together_and_last"],
  ["running", { counts: RESULT, statistics: "{}" }, "results_come_together_and_last"],
  ["failed", { error: null }, "failed_means_error"],
  ["running", { error: "{}" }, "failed_means_error"],
  ["queued", { deleted_at: AT }, "only_final_tasks_are_deleted"],
  ["failed", { error: "no json" }, "json_columns_hold_json"],
  ["completed", { decimal_mark: "[]" }, "decimal_mark_is_an_object"],
  ["running", { decimal_mark: "{}" }, "decimal_mark_comes_with_results"],
  ["queued", { due_at: "2026-01-05 10:00:00" }, "times_are_rfc_3339"],
  ["queued", { cancel_requested: 2 }, "cancel_requested_is_a_flag"],
];

Deno.test("SQL refuses a task whose columns contradict its state", async () => {
  await withSqlite((sqlite) => {
    for (const [state, changes, constraint] of WRONG_ROWS) {
      const way = WAYS[state];
      const write = () => {
        arrive(sqlite, way.at(-2) ?? "queued");
        const fence = way.includes("running") ? 1 : 0;
        update(sqlite, { ...columnsOf(state, fence), ...changes });
      };
      assertRefuses(sqlite, write, new RegExp(constraint));
    }
  });
});

Deno.test("SQL refuses IDs, hashes and sizes of another shape", async () => {
  await withSqlite((sqlite) => {
    const wrong: [Columns, RegExp][] = [
      [{ id: "task-1" }, /task_id_is_a_uuid/],
      [{ id: ID.toUpperCase() }, /task_id_is_a_uuid/],
      [{ input_sha256: HASH.toUpperCase() }, /input_sha256_is_a_hash/],
      [{ input_bytes: -1 }, /input_bytes_is_a_size/],
      [{ compression: "[]" }, /compression_is_an_object/],
      [{ parent: "{}" }, /a parent is a final task/],
    ];
    for (const [changes, why] of wrong) {
      const row = { ...RECEIVED, ...columnsOf("queued", 0), ...changes };
      assertRefuses(sqlite, () => insert(sqlite, "tasks", row), why);
    }
  });
});

Deno.test("SQL refuses a fence that doesn't grow with a claim, or grows without one", async () => {
  await withSqlite((sqlite) => {
    const from = (state: TaskState, changes: Columns) => () => {
      arrive(sqlite, state);
      update(sqlite, changes);
    };
    assertRefuses(sqlite, from("retrying", columnsOf("running", 1)), /a fence grows/);
    assertRefuses(sqlite, from("running", { fence: 2 }), /a fence grows/);
    assertRefuses(sqlite, from("running", columnsOf("queued", 0)), /a fence grows/);
  });
});

Deno.test("SQL refuses to change what was received, or a final task's result", async () => {
  await withSqlite((sqlite) => {
    const from = (state: TaskState, changes: Columns) => () => {
      arrive(sqlite, state);
      update(sqlite, changes);
    };
    assertRefuses(sqlite, from("queued", { filename: "x" }), /never changes/);
    assertRefuses(sqlite, from("queued", { input_sha256: "0f".repeat(32) }), /never changes/);
    assertRefuses(sqlite, from("queued", { compression: "{}" }), /never changes/);
    assertRefuses(sqlite, from("queued", { parent: "{}" }), /never changes/);
    const later = "2026-01-06T10:00:00.000Z";
    assertRefuses(sqlite, from("completed", { finished_at: later }), /changes only once more/);
    assertRefuses(sqlite, from("failed", { error: `{"code":"x"}` }), /changes only once more/);
    assertRefuses(sqlite, from("completed", { decimal_mark: "{}" }), /changes only once more/);
    const deletedTwice = () => {
      from("failed", { deleted_at: AT })();
      update(sqlite, { deleted_at: later });
    };
    assertRefuses(sqlite, deletedTwice, /changes only once more/);
  });
});

Deno.test("tasks, events and artifacts can be neither changed nor removed", async () => {
  await withSqlite((sqlite) => {
    const artifact: Columns = {
      task_id: ID,
      kind: "report",
      path: "artifacts/x/1/report_x.json",
      bytes: 1,
      sha256: HASH,
      rows: null,
    };
    const after = (sql: string) => () => {
      arrive(sqlite, "completed");
      insert(sqlite, "artifacts", artifact);
      insert(sqlite, "events", event("task.completed"));
      sqlite.run(sql);
    };
    assert.ok(takes(sqlite, after("SELECT 1")));
    assertRefuses(sqlite, after("UPDATE events SET at = at"), /events never change/);
    assertRefuses(sqlite, after("DELETE FROM events"), /never deleted/);
    assertRefuses(sqlite, after("INSERT OR REPLACE INTO events SELECT * FROM events"), /./);
    assertRefuses(sqlite, after("UPDATE artifacts SET bytes = 2"), /never changes/);
    assertRefuses(sqlite, after("DELETE FROM artifacts"), /never deleted/);
    const replaceArtifact = "INSERT OR REPLACE INTO artifacts SELECT * FROM artifacts";
    assertRefuses(sqlite, after(replaceArtifact), /one of each kind/);
    assertRefuses(sqlite, after("DELETE FROM tasks"), /stay on record/);
    assertRefuses(sqlite, after("INSERT OR REPLACE INTO tasks SELECT * FROM tasks"), /exists/);
    const early = () => {
      arrive(sqlite, "running");
      insert(sqlite, "artifacts", artifact);
    };
    assertRefuses(sqlite, early, /only a completed or failed task/);
    for (const path of ["/etc/passwd", "a/../../b", ".."]) {
      const outside = () => {
        arrive(sqlite, "completed");
        insert(sqlite, "artifacts", { ...artifact, path });
      };
      assertRefuses(sqlite, outside, /path_is_relative/);
    }
  });
});

Deno.test("an event must continue the chain", async () => {
  await withSqlite((sqlite) => {
    const other = "d1".repeat(32);
    const append = (changes: Columns) => () => {
      arrive(sqlite, "queued");
      insert(sqlite, "events", event("task.received"));
      insert(
        sqlite,
        "events",
        event("task.received", { seq: 2, prev_hash: HASH, hash: other, ...changes }),
      );
    };
    assert.ok(takes(sqlite, append({})));
    assertRefuses(sqlite, append({ seq: 3 }), /continues the chain/);
    assertRefuses(sqlite, append({ seq: 1 }), /continues the chain/);
    assertRefuses(sqlite, append({ prev_hash: other }), /continues the chain/);
    assertRefuses(sqlite, append({ hash: "short" }), /hash_is_a_hash/);
    assertRefuses(sqlite, append({ data: "[]" }), /data_is_an_object/);
    assertRefuses(sqlite, append({ data: `{"duration_ms":1}` }), /an_end_has_a_duration/);
    assertRefuses(sqlite, append({ task_id: "nobody" }), /does not lead/);
    const first = () => {
      arrive(sqlite, "queued");
      insert(sqlite, "events", event("task.received", { prev_hash: HASH }));
    };
    assertRefuses(sqlite, first, /continues the chain/);
  });
});
