-- The ledger's first schema: the chain of events, and what is derived from it.
--
-- The rules of src/domain/lifecycle.ts stand here a second time, so that no other program, and no mistake in
-- ours, can write a history that can't have happened. tests/audit/lifecycle_sql_test.ts holds the two together:
-- change both or neither. Times are RFC 3339 in UTC with milliseconds, so that they compare as text.
--
-- Readable with the plain sqlite3 program: the views at the end are meant for people.

PRAGMA application_id = 0x44544C47; -- "DTLG": tells a ledger from any other SQLite file

-- One row per task: the fold of its events, nothing else.
CREATE TABLE tasks (
  id               TEXT NOT NULL PRIMARY KEY,
  state            TEXT NOT NULL,
  outcome          TEXT,
  filename         TEXT NOT NULL,
  input_bytes      INTEGER NOT NULL,
  input_sha256     TEXT NOT NULL,
  dialect          TEXT NOT NULL,
  options          TEXT NOT NULL,
  attempt          INTEGER NOT NULL,
  fence            INTEGER NOT NULL,
  crashes          INTEGER NOT NULL,
  losses           INTEGER NOT NULL,
  created_at       TEXT NOT NULL,
  started_at       TEXT,
  finished_at      TEXT,
  deleted_at       TEXT,
  due_at           TEXT,
  cancel_requested INTEGER NOT NULL,
  counts           TEXT,
  statistics       TEXT,
  warnings         TEXT NOT NULL,
  error            TEXT,

  CONSTRAINT task_id_is_a_uuid CHECK (length(id) = 36 AND id NOT GLOB '*[^0-9a-f-]*'),
  CONSTRAINT state_is_known
    CHECK (state IN ('queued', 'running', 'retrying', 'completed', 'failed', 'cancelled')),
  CONSTRAINT input_bytes_is_a_size CHECK (input_bytes >= 0),
  CONSTRAINT input_sha256_is_a_hash
    CHECK (length(input_sha256) = 64 AND input_sha256 NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT json_columns_hold_json CHECK (
    json_valid(dialect) AND json_valid(options) AND json_valid(warnings)
    AND (counts IS NULL OR json_valid(counts))
    AND (statistics IS NULL OR json_valid(statistics))
    AND (error IS NULL OR json_valid(error))
  ),
  CONSTRAINT times_are_rfc_3339 CHECK (
    created_at GLOB '????-??-??T??:??:??.???Z'
    AND (started_at IS NULL OR started_at GLOB '????-??-??T??:??:??.???Z')
    AND (finished_at IS NULL OR finished_at GLOB '????-??-??T??:??:??.???Z')
    AND (deleted_at IS NULL OR deleted_at GLOB '????-??-??T??:??:??.???Z')
    AND (due_at IS NULL OR due_at GLOB '????-??-??T??:??:??.???Z')
  ),
  CONSTRAINT cancel_requested_is_a_flag CHECK (cancel_requested IN (0, 1)),
  CONSTRAINT tries_are_counted
    CHECK (attempt >= 0 AND fence >= attempt AND crashes >= 0 AND losses >= 0),
  CONSTRAINT claimed_once_means_started CHECK ((fence > 0) = (started_at IS NOT NULL)),
  CONSTRAINT a_try_is_behind_these_states
    CHECK (attempt > 0 OR state NOT IN ('running', 'retrying', 'completed', 'failed')),
  CONSTRAINT waiting_means_due CHECK ((state IN ('queued', 'retrying')) = (due_at IS NOT NULL)),
  CONSTRAINT final_means_finished
    CHECK ((state IN ('completed', 'failed', 'cancelled')) = (finished_at IS NOT NULL)),
  CONSTRAINT completed_means_outcome CHECK ((state = 'completed') = (outcome IS NOT NULL)),
  CONSTRAINT completed_means_counted CHECK (state <> 'completed' OR counts IS NOT NULL),
  CONSTRAINT outcome_agrees_with_counts CHECK (
    outcome IS NULL
    OR outcome = CASE json_extract(counts, '$.rows_rejected') WHEN 0 THEN 'clean' ELSE 'partial' END
  ),
  CONSTRAINT results_come_together_and_last CHECK (
    (counts IS NULL) = (statistics IS NULL)
    AND (counts IS NULL OR state IN ('completed', 'failed'))
  ),
  CONSTRAINT failed_means_error CHECK ((state = 'failed') = (error IS NOT NULL)),
  CONSTRAINT only_final_tasks_are_deleted CHECK (deleted_at IS NULL OR finished_at IS NOT NULL)
) STRICT;

CREATE INDEX tasks_by_state ON tasks (state, id);
CREATE INDEX tasks_waiting ON tasks (due_at, id) WHERE due_at IS NOT NULL;

-- The chain: what happened, for good.
CREATE TABLE events (
  seq         INTEGER PRIMARY KEY,
  task_id     TEXT NOT NULL REFERENCES tasks (id),
  type        TEXT NOT NULL,
  at          TEXT NOT NULL,
  attempt     INTEGER NOT NULL,
  data        TEXT NOT NULL,
  prev_hash   TEXT NOT NULL,
  hash        TEXT NOT NULL,
  -- From the start of the attempt to its end; only of task.completed and task.failed.
  duration_ms INTEGER GENERATED ALWAYS AS (json_extract(data, '$.duration_ms')) VIRTUAL,

  CONSTRAINT seq_counts_from_1 CHECK (seq >= 1),
  CONSTRAINT type_is_known CHECK (
    type IN (
      'task.received', 'task.started', 'task.released', 'task.retry_scheduled', 'task.cancel_requested',
      'task.completed', 'task.failed', 'task.cancelled', 'task.deleted'
    )
  ),
  CONSTRAINT at_is_rfc_3339 CHECK (at GLOB '????-??-??T??:??:??.???Z'),
  CONSTRAINT attempt_is_counted CHECK (attempt >= 0),
  CONSTRAINT data_is_an_object CHECK (json_valid(data) AND json_type(data) = 'object'),
  CONSTRAINT hash_is_a_hash CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT an_end_has_a_duration
    CHECK ((type IN ('task.completed', 'task.failed')) = (json_extract(data, '$.duration_ms') IS NOT NULL))
) STRICT;

CREATE INDEX events_by_task ON events (task_id, seq);

-- What a finished task left behind. The rows stay when the files are deleted: hashes are part of the record.
CREATE TABLE artifacts (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  kind    TEXT NOT NULL,
  path    TEXT NOT NULL,
  bytes   INTEGER NOT NULL,
  sha256  TEXT NOT NULL,
  rows    INTEGER,

  CONSTRAINT one_of_each_kind UNIQUE (task_id, kind),
  CONSTRAINT kind_is_known CHECK (kind IN ('summary', 'anomalies', 'rejects', 'report')),
  CONSTRAINT path_is_relative CHECK (path <> '' AND path NOT GLOB '/*' AND '/' || path || '/' NOT GLOB '*/../*'),
  CONSTRAINT bytes_is_a_size CHECK (bytes >= 0),
  CONSTRAINT sha256_is_a_hash CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT all_but_the_report_have_rows CHECK ((kind = 'report') = (rows IS NULL) AND coalesce(rows, 0) >= 0)
) STRICT;

-- Beside the fold: who runs a task, and until when without another heartbeat. One row per running task.
CREATE TABLE leases (
  task_id      TEXT NOT NULL PRIMARY KEY REFERENCES tasks (id),
  fence        INTEGER NOT NULL,
  consumer     TEXT NOT NULL,
  expires_at   TEXT NOT NULL,
  heartbeat_at TEXT NOT NULL,
  CONSTRAINT times_are_rfc_3339 CHECK (
    expires_at GLOB '????-??-??T??:??:??.???Z' AND heartbeat_at GLOB '????-??-??T??:??:??.???Z'
  )
) STRICT;

-- Beside the fold: how far the attempt with this fence has come. One row per task that ever reported.
CREATE TABLE progress (
  task_id       TEXT NOT NULL PRIMARY KEY REFERENCES tasks (id),
  fence         INTEGER NOT NULL,
  stage         TEXT NOT NULL,
  bytes_read    INTEGER NOT NULL,
  bytes_total   INTEGER NOT NULL,
  rows_read     INTEGER NOT NULL,
  rows_rejected INTEGER NOT NULL,
  CONSTRAINT stage_is_known CHECK (stage IN ('aggregate', 'detect', 'write'))
) STRICT;

-- ---- The state machine ----

CREATE TRIGGER tasks_begin_queued BEFORE INSERT ON tasks
WHEN NEW.state <> 'queued' OR NEW.fence <> 0 OR NEW.deleted_at IS NOT NULL
BEGIN
  SELECT RAISE(ABORT, 'a task begins queued, before any claim');
END;

-- Also against INSERT OR REPLACE, which would remove the old row without asking tasks_stay.
CREATE TRIGGER tasks_begin_once BEFORE INSERT ON tasks
WHEN EXISTS (SELECT 1 FROM tasks WHERE id = NEW.id)
BEGIN
  SELECT RAISE(ABORT, 'a task with this ID exists already');
END;

CREATE TRIGGER tasks_follow_the_lifecycle BEFORE UPDATE ON tasks
WHEN NEW.state <> OLD.state AND OLD.state || ' > ' || NEW.state NOT IN (
  'queued > running',    -- task.started
  'retrying > running',
  'running > queued',    -- task.released
  'running > retrying',  -- task.retry_scheduled
  'running > completed', -- task.completed
  'running > failed',    -- task.failed
  'queued > cancelled',  -- task.cancelled
  'running > cancelled',
  'retrying > cancelled'
)
BEGIN
  SELECT RAISE(ABORT, 'the lifecycle has no such step');
END;

CREATE TRIGGER tasks_are_claimed_with_a_new_fence BEFORE UPDATE ON tasks
WHEN (NEW.state = 'running' AND OLD.state <> 'running') <> (NEW.fence > OLD.fence) OR NEW.fence < OLD.fence
BEGIN
  SELECT RAISE(ABORT, 'a fence grows at each claim and at no other time');
END;

CREATE TRIGGER tasks_keep_what_was_received BEFORE UPDATE ON tasks
WHEN NEW.id <> OLD.id OR NEW.filename <> OLD.filename OR NEW.input_bytes <> OLD.input_bytes
  OR NEW.input_sha256 <> OLD.input_sha256 OR NEW.dialect <> OLD.dialect OR NEW.options <> OLD.options
  OR NEW.created_at <> OLD.created_at
BEGIN
  SELECT RAISE(ABORT, 'what was received never changes');
END;

CREATE TRIGGER tasks_keep_their_result BEFORE UPDATE ON tasks
WHEN OLD.finished_at IS NOT NULL AND (
  OLD.deleted_at IS NOT NULL
  OR NEW.finished_at <> OLD.finished_at OR NEW.outcome IS NOT OLD.outcome OR NEW.error IS NOT OLD.error
  OR NEW.counts IS NOT OLD.counts OR NEW.statistics IS NOT OLD.statistics OR NEW.warnings <> OLD.warnings
  OR NEW.attempt <> OLD.attempt OR NEW.started_at IS NOT OLD.started_at
)
BEGIN
  SELECT RAISE(ABORT, 'a final task changes only once more: when it is deleted');
END;

CREATE TRIGGER tasks_stay BEFORE DELETE ON tasks
BEGIN
  SELECT RAISE(ABORT, 'tasks stay on record');
END;

-- ---- The chain ----

CREATE TRIGGER events_are_linked BEFORE INSERT ON events
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM events)
  OR NEW.prev_hash <> coalesce(
    (SELECT hash FROM events ORDER BY seq DESC LIMIT 1),
    '0000000000000000000000000000000000000000000000000000000000000000'
  )
BEGIN
  SELECT RAISE(ABORT, 'an event continues the chain: the next seq, and the last hash as prev_hash');
END;

-- The task's row is written first, so an event finds the state that it leads to.
CREATE TRIGGER events_lead_where_the_lifecycle_says BEFORE INSERT ON events
WHEN NOT EXISTS (
  SELECT 1 FROM tasks WHERE id = NEW.task_id AND CASE NEW.type
    WHEN 'task.received'         THEN state = 'queued' AND fence = 0
    WHEN 'task.started'          THEN state = 'running'
    WHEN 'task.released'         THEN state = 'queued'
    WHEN 'task.retry_scheduled'  THEN state = 'retrying'
    WHEN 'task.cancel_requested' THEN state IN ('queued', 'running', 'retrying') AND cancel_requested
    WHEN 'task.completed'        THEN state = 'completed'
    WHEN 'task.failed'           THEN state = 'failed'
    WHEN 'task.cancelled'        THEN state = 'cancelled'
    WHEN 'task.deleted'          THEN deleted_at IS NOT NULL
  END
)
BEGIN
  SELECT RAISE(ABORT, 'this event does not lead to the state that its task is in');
END;

CREATE TRIGGER events_never_change BEFORE UPDATE ON events
BEGIN
  SELECT RAISE(ABORT, 'events never change');
END;

CREATE TRIGGER events_stay BEFORE DELETE ON events
BEGIN
  SELECT RAISE(ABORT, 'events are never deleted');
END;

CREATE TRIGGER artifacts_come_last BEFORE INSERT ON artifacts
WHEN NOT EXISTS (SELECT 1 FROM tasks WHERE id = NEW.task_id AND state IN ('completed', 'failed'))
  OR EXISTS (SELECT 1 FROM artifacts WHERE task_id = NEW.task_id AND kind = NEW.kind)
BEGIN
  SELECT RAISE(ABORT, 'only a completed or failed task has artifacts, one of each kind');
END;

CREATE TRIGGER artifacts_never_change BEFORE UPDATE ON artifacts
BEGIN
  SELECT RAISE(ABORT, 'the record of an artifact never changes');
END;

CREATE TRIGGER artifacts_stay BEFORE DELETE ON artifacts
BEGIN
  SELECT RAISE(ABORT, 'the record of an artifact is never deleted');
END;

-- ---- For people ----

-- One line per task: when it came, started and ended, and how long its last attempt took.
CREATE VIEW task_lifecycle AS
SELECT
  t.id AS task,
  t.filename,
  t.state,
  t.outcome,
  t.attempt,
  t.created_at AS received_at,
  t.started_at,
  CASE t.state WHEN 'completed' THEN t.finished_at END AS completed_at,
  CASE t.state WHEN 'failed' THEN t.finished_at END AS failed_at,
  (
    SELECT e.duration_ms / 1000.0 FROM events AS e
    WHERE e.task_id = t.id AND e.type IN ('task.completed', 'task.failed')
  ) AS seconds,
  json_extract(t.counts, '$.rows_total') AS rows_total,
  json_extract(t.counts, '$.rows_rejected') AS rows_rejected,
  json_extract(t.error, '$.code') AS error_code,
  json_extract(t.error, '$.message') AS error
FROM tasks AS t;

-- One line per event, oldest first by seq: the log of everything that happened.
CREATE VIEW task_history AS
SELECT
  e.seq,
  e.at,
  e.task_id AS task,
  t.filename,
  substr(e.type, 6) AS event,
  e.attempt,
  e.duration_ms / 1000.0 AS seconds,
  json_extract(e.data, '$.consumer') AS consumer,
  coalesce(json_extract(e.data, '$.error.code'), json_extract(e.data, '$.reason')) AS reason
FROM events AS e JOIN tasks AS t ON t.id = e.task_id;
