/** What the routes work with. The roots build the parts; nothing here knows an implementation. */
import type { Ledger } from "../audit/ledger.ts";
import type { Queries } from "../audit/queries.ts";
import type { Log } from "../log.ts";
import type { Queue } from "../queue/queue.ts";
import type { FileStore } from "../storage/file_store.ts";
import type { System } from "../system.ts";
import type { Intake } from "../tasks/intake.ts";

export interface AppSettings {
  /** Host names, beside loopback ones, under which clients may call; lower case, without port. */
  hosts: readonly string[];
  /** The largest file that is accepted. */
  uploadBytesMax: number;
  /** k of tasks that don't choose their own. */
  k: number;
  /** How long a body may stay below the least rate; `BODY_RATE_WINDOW_MS` unless set. */
  bodyRateWindowMs?: number;
}

export interface AppParts {
  ledger: Ledger;
  queries: Queries;
  store: FileStore;
  queue: Queue;
  system: System;
  log: Log;
  settings: AppSettings;
  intake: Intake;
  /** Why the service isn't ready: sentences without paths; none when it is. */
  ready(): Promise<readonly string[]>;
}
