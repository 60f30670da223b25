/** What a thrown error means to a task. */
import { OperatingError, type TaskError } from "../domain/errors.ts";
import { nameDiskFull } from "../storage/disk_full.ts";

/**
 * The error to record for a fault of disk, files or code. An `OperatingError` speaks for itself; of anything else
 * the message stays out, since it may name paths of the server: that belongs in the log.
 */
export function operatingFault(thrown: unknown): TaskError {
  const fault = nameDiskFull(thrown);
  if (fault instanceof OperatingError) return { code: fault.code, message: fault.message };
  return {
    code: "internal-error",
    message: "The service met an unexpected fault; its log has the details. " +
      "Upload the file again, and report it if that fails too.",
  };
}
