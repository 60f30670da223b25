/**
 * fsync a folder: makes its entries durable, that is, which names exist in it.
 *
 * Without it a power cut may undo a rename that was reported as done, however well the file itself was synced.
 */
export async function syncFolder(path: string): Promise<void> {
  const folder = Deno.openSync(path, { read: true });
  try {
    await folder.sync();
  } finally {
    folder.close();
  }
}
