-- What an upload was when it came compressed: {"format", "bytes"}; null when it came as it is.

ALTER TABLE tasks ADD COLUMN compression TEXT
  CONSTRAINT compression_is_an_object CHECK (compression IS NULL OR json_type(compression) = 'object');

CREATE TRIGGER tasks_keep_what_they_were BEFORE UPDATE ON tasks
WHEN NEW.compression IS NOT OLD.compression
BEGIN
  SELECT RAISE(ABORT, 'what was received never changes');
END;
