/** The result files of a task. */

import type { TaskOptions } from "./options.ts";

/** The kinds of artifact, in the order in which they are listed. */
export const ARTIFACT_KINDS = ["summary", "anomalies", "rejects", "cleaned", "report"] as const;

export type ArtifactKind = (typeof ARTIFACT_KINDS)[number];

/** What the ledger knows of one artifact. */
export interface Artifact {
  kind: ArtifactKind;
  /**
   * Relative to the data folder, with `/` between its parts. Clients see it only in events: these are shown as they
   * are hashed.
   */
  path: string;
  bytes: number;
  /** Lower-case hex. */
  sha256: string;
  /** Data rows of a CSV, without its header; null of the report. */
  rows: number | null;
}

/** The name under which an artifact is stored and downloaded: `summary_<task id>.csv`. */
export function artifactFileName(kind: ArtifactKind, taskId: string): string {
  return `${kind}_${taskId}.${kind === "report" ? "json" : "csv"}`;
}

/** The kinds that a completed task has. */
export function completedKinds({ cleaned }: Pick<TaskOptions, "cleaned">): ArtifactKind[] {
  return ARTIFACT_KINDS.filter((kind) => kind !== "cleaned" || cleaned);
}

/** Whether a word names a kind of artifact. */
export function isArtifactKind(word: string): word is ArtifactKind {
  return (ARTIFACT_KINDS as readonly string[]).includes(word);
}
