/** A log that keeps its entries, for tests that ask what was said. */
import type { Log, LogFields, LogLevel } from "../../src/log.ts";

export interface LogEntry {
  level: LogLevel;
  event: string;
  fields: LogFields;
}

export class LogBook implements Log {
  readonly entries: LogEntry[] = [];

  debug(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: "debug", event, fields });
  }
  info(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: "info", event, fields });
  }
  warn(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: "warn", event, fields });
  }
  error(event: string, fields: LogFields = {}): void {
    this.entries.push({ level: "error", event, fields });
  }

  /** The entries of one event. */
  of(event: string): LogEntry[] {
    return this.entries.filter((entry) => entry.event === event);
  }
}
