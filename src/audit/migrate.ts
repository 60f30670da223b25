/** Brings a ledger's file to the schema that this version of the software knows. */
import ledger from "./migrations/0001_ledger.sql" with { type: "text" };
import compression from "./migrations/0002_compression.sql" with { type: "text" };
import parent from "./migrations/0003_parent.sql" with { type: "text" };
import cleaned from "./migrations/0004_cleaned.sql" with { type: "text" };
import decimalMark from "./migrations/0005_decimal_mark.sql" with { type: "text" };
import type { Sqlite } from "./sqlite.ts";

/** In order, never edited once released: `user_version` says how many of them a file has had. */
export const MIGRATIONS: readonly string[] = [
  ledger,
  compression,
  parent,
  cleaned,
  decimalMark,
];

/** "DTLG": stands in the file's header from the first migration on. */
const APPLICATION_ID = 0x44544c47;

/**
 * Apply the migrations that the file lacks, each in its own transaction. Several processes may do so at once.
 *
 * @throws {Error} if the file comes from a newer version, or isn't a ledger
 */
export function migrate(sqlite: Sqlite, migrations: readonly string[] = MIGRATIONS): void {
  // Looked at first without the write lock, which others may hold; then once more with it.
  while (sqlite.snapshot(() => nextMigration(sqlite, migrations)) !== undefined) {
    sqlite.transaction(() => {
      const next = nextMigration(sqlite, migrations);
      if (next === undefined) return; // another process was faster
      const version = schemaVersion(sqlite) + 1;
      sqlite.script(next);
      sqlite.script(`PRAGMA user_version = ${version}`);
    });
  }
}

function nextMigration(sqlite: Sqlite, migrations: readonly string[]): string | undefined {
  const version = schemaVersion(sqlite);
  refuseForeign(sqlite, version);
  if (version > migrations.length) {
    throw new Error(
      `The ledger was written by a newer version of DataTasker (its schema is ${version}, this version knows ` +
        `${migrations.length}). Start that version again, or point DATATASKER_DATA_DIR at another folder.`,
    );
  }
  return migrations[version];
}

/** How many migrations the file has had. */
export function schemaVersion(sqlite: Sqlite): number {
  return sqlite.get<{ user_version: number }>("PRAGMA user_version")!.user_version;
}

function refuseForeign(sqlite: Sqlite, version: number): void {
  const id = sqlite.get<{ application_id: number }>("PRAGMA application_id")!.application_id;
  if (id === APPLICATION_ID) return;
  const anything = sqlite.get("SELECT 1 FROM sqlite_schema LIMIT 1");
  if (version === 0 && id === 0 && anything === undefined) return; // a new file
  throw new Error(
    "The file in the ledger's place is a database of another program. Move it away, or point " +
      "DATATASKER_DATA_DIR at another folder.",
  );
}
