/** The free space on the disk where a path lies. */
import { statfs } from "node:fs/promises";

/** In bytes, what this user may still write. Needs `--allow-sys=statfs`. @throws if it can't be read */
export async function freeBytesAt(path: string): Promise<number> {
  const { bavail, bsize } = await statfs(path);
  return bavail * bsize;
}
