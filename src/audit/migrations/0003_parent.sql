-- The task whose rejected rows a task brings again: {"task_id", "rows_total", "rows_accepted", "rows_rejected"}; null of
-- a task that has none, and of all that are older than this column.

ALTER TABLE tasks ADD COLUMN parent TEXT
  CONSTRAINT parent_is_an_object CHECK (parent IS NULL OR json_type(parent) = 'object');

CREATE INDEX tasks_by_parent ON tasks (json_extract(parent, '$.task_id'), id) WHERE parent IS NOT NULL;

-- A parent is final, so what is recorded of it stays true.
CREATE TRIGGER tasks_have_parents_with_rejects BEFORE INSERT ON tasks
WHEN NEW.parent IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM tasks AS parent WHERE parent.id = json_extract(NEW.parent, '$.task_id')
    AND parent.finished_at IS NOT NULL
    AND json_extract(parent.counts, '$.rows_total') = json_extract(NEW.parent, '$.rows_total')
    AND json_extract(parent.counts, '$.rows_accepted') = json_extract(NEW.parent, '$.rows_accepted')
    AND json_extract(parent.counts, '$.rows_rejected') = json_extract(NEW.parent, '$.rows_rejected')
    AND json_extract(parent.counts, '$.rows_rejected') > 0
)
BEGIN
  SELECT RAISE(ABORT, 'a parent is a final task that rejected rows, with the counts that it has');
END;

CREATE TRIGGER tasks_keep_their_parent BEFORE UPDATE ON tasks
WHEN NEW.parent IS NOT OLD.parent
BEGIN
  SELECT RAISE(ABORT, 'what was received never changes');
END;
