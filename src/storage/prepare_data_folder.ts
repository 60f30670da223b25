/** Making the data folder, or saying why it can't be used. */
import { dirname, join } from "node:path";
import type { Paths } from "./paths.ts";
import { syncFolder } from "./sync_folder.ts";

/** Uploads are nobody else's business: only the service's user may enter. */
export const FOLDER_MODE = 0o700;

/**
 * Make the data folder and those in it, as far as they are missing, and try to write into each.
 *
 * @throws {Error} a sentence for the operator: which folder, what is wrong, what to do
 */
export async function prepareDataFolder(paths: Paths): Promise<void> {
  const { root, consumers, uploads, inputs, work, scratch, artifacts } = paths;
  if (root.includes(",")) {
    throw new Error(
      `The data folder can't be used: ${root} has a comma in its path, which Deno's permission flags can't express. ` +
        "Set DATATASKER_DATA_DIR to a folder without one.",
    );
  }
  for (const folder of [root, consumers, uploads, inputs, work, scratch, artifacts]) {
    try {
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      // Only trying tells: a mode says nothing about read-only mounts, access lists or the superuser.
      await Deno.remove(await Deno.makeTempFile({ dir: folder, prefix: "probe-" }));
    } catch (cause) {
      throw new Error(
        `The data folder can't be used: ${folder} ${complaint(cause)}. ` +
          "Mend that, or set DATATASKER_DATA_DIR to a folder that this user may write to.",
        { cause },
      );
    }
  }
  await refuseLink(root);
  await emptyScratch(scratch);
  await syncFolder(root);
  await syncAbove(root);
}

/** A scratch file loses its name at once, unless its runner was killed in just that moment: what has one is nobody's. */
async function emptyScratch(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    await Deno.remove(join(folder, name)).catch(() => {}); // its runner was quicker
  }
}

/** Deno asks for permission on the real path as well, when a file is opened: behind a link all that follows would fail. */
async function refuseLink(root: string): Promise<void> {
  const real = await Deno.realPath(root);
  const { state } = await Deno.permissions.query({ name: "write", path: real });
  if (state === "granted") return;
  throw new Error(
    `The data folder can't be used: ${root} is a symbolic link, or lies below one. ` +
      `Set DATATASKER_DATA_DIR to ${real}.`,
  );
}

/**
 * The data folder's own name. The folder above is the operator's and usually out of reach of our permissions; then
 * the name becomes durable with the first fsync below it on file systems with a journal, and on others soon.
 */
async function syncAbove(root: string): Promise<void> {
  const above = dirname(root);
  const { state } = await Deno.permissions.query({ name: "read", path: above });
  if (state === "granted") await syncFolder(above);
}

function complaint(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  if (code === "EEXIST" || code === "ENOTDIR") return "is a file, or lies below one";
  if (code === "EACCES" || code === "EPERM") return "may not be written to by this user";
  if (code === "EROFS") return "is on a read-only file system";
  if (code === "ENOSPC" || code === "EDQUOT") return "is on a full disk";
  if (code === "ENAMETOOLONG") return "has too long a name";
  return `answers: ${message ?? String(error)}`;
}
