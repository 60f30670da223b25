/** Keeps the claims of running attempts alive, and tells when one is lost. */
import type { Claim, Ledger } from "../audit/ledger.ts";
import type { Progress } from "../domain/report.ts";
import type { Log } from "../log.ts";

/** A running attempt as its consumer holds it. */
export interface ActiveAttempt {
  readonly claim: Claim;
  progress: Progress | null;
  /** Aborted with a `StopReason` to end the run. */
  readonly abort: AbortController;
}

/**
 * One beat: renew every lease and record the progress. An attempt whose claim is lost is aborted as `lost`; a ledger
 * that can't be written now is left for the next beat, as long as the leases hold. Never rejects.
 */
export async function beat(
  ledger: Pick<Ledger, "heartbeat">,
  attempts: Iterable<ActiveAttempt>,
  log: Log,
): Promise<void> {
  await Promise.all(
    Array.from(attempts, async ({ claim, progress, abort }) => {
      try {
        if (!await ledger.heartbeat(claim, progress)) abort.abort("lost");
      } catch (fault) {
        log.warn("attempt.heartbeat_failed", {
          task_id: claim.task.id,
          fence: claim.fence,
          error: String(fault),
        });
      }
    }),
  );
}
