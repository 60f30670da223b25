/**
 * The only console: one JSON object per line on standard error.
 *
 * Fields are IDs, codes, counts and durations; never a cell value, never a client's file name.
 */
export const LOG_LEVELS = ["debug", "info", "warn", "error"] as const;

/** From which level on lines are written. */
export type LogLevel = (typeof LOG_LEVELS)[number];

/** What a line says beside its event, in snake_case; undefined is left out. */
export type LogFields = Record<string, string | number | boolean | null | undefined>;

/** Events are constant words like `task.received`, so that logs can be counted; what varies is in the fields. */
export interface Log {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

/** A log that writes lines of at least this level: `{"at","level","event",...fields}`. */
export function createLog(
  level: LogLevel,
  now: () => Date,
  write: (line: string) => void = (line) => console.error(line),
): Log {
  const least = LOG_LEVELS.indexOf(level);
  const at = (level: LogLevel) => (event: string, fields: LogFields = {}) => {
    if (LOG_LEVELS.indexOf(level) < least) return;
    write(JSON.stringify({ at: now().toISOString(), level, event, ...fields }));
  };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}
