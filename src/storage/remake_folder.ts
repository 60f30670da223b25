/** Making a folder of the data folder again that somebody removed while the service runs. */
import { dirname } from "node:path";
import { FOLDER_MODE } from "./prepare_data_folder.ts";
import { syncFolder } from "./sync_folder.ts";

/**
 * Do what needs this folder; if something is absent, make the folder and do it once more.
 *
 * The data folder itself isn't made again: without it the ledger is gone, or its disk is no longer mounted.
 */
export async function remakingFolder<T>(folder: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    await Deno.mkdir(folder, { mode: FOLDER_MODE });
    await syncFolder(dirname(folder));
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  return await work();
}
