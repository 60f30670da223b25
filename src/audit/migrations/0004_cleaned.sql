-- A kind of artifact more: the accepted rows, cleaned. SQLite can't change a constraint, so the table is made anew, with its
-- rows in their order and its triggers as they were.

CREATE TABLE new_artifacts (
  task_id TEXT NOT NULL REFERENCES tasks (id),
  kind    TEXT NOT NULL,
  path    TEXT NOT NULL,
  bytes   INTEGER NOT NULL,
  sha256  TEXT NOT NULL,
  rows    INTEGER,

  CONSTRAINT one_of_each_kind UNIQUE (task_id, kind),
  CONSTRAINT kind_is_known CHECK (kind IN ('summary', 'anomalies', 'rejects', 'cleaned', 'report')),
  CONSTRAINT path_is_relative CHECK (path <> '' AND path NOT GLOB '/*' AND '/' || path || '/' NOT GLOB '*/../*'),
  CONSTRAINT bytes_is_a_size CHECK (bytes >= 0),
  CONSTRAINT sha256_is_a_hash CHECK (length(sha256) = 64 AND sha256 NOT GLOB '*[^0-9a-f]*'),
  CONSTRAINT all_but_the_report_have_rows CHECK ((kind = 'report') = (rows IS NULL) AND coalesce(rows, 0) >= 0)
) STRICT;

INSERT INTO new_artifacts (task_id, kind, path, bytes, sha256, rows)
SELECT task_id, kind, path, bytes, sha256, rows FROM artifacts ORDER BY rowid;

DROP TABLE artifacts;
ALTER TABLE new_artifacts RENAME TO artifacts;

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
