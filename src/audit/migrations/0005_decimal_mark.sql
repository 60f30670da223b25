-- The decimal marks that a run decided on: {"revenue": {"mark", "decided_by"}, ...}; null of a task without a result, of one whose
-- numbers had nothing to tell, and of all that are older than this column.

ALTER TABLE tasks ADD COLUMN decimal_mark TEXT
  CONSTRAINT decimal_mark_is_an_object CHECK (decimal_mark IS NULL OR json_type(decimal_mark) = 'object')
  CONSTRAINT decimal_mark_comes_with_results CHECK (decimal_mark IS NULL OR counts IS NOT NULL);

CREATE TRIGGER tasks_keep_their_decimal_mark BEFORE UPDATE ON tasks
WHEN OLD.finished_at IS NOT NULL AND NEW.decimal_mark IS NOT OLD.decimal_mark
BEGIN
  SELECT RAISE(ABORT, 'a final task changes only once more: when it is deleted');
END;
