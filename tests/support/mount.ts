/** Small file systems of their own, for tests of full disks and power cuts. Needs root, so each use may be skipped. */
import { join } from "node:path";

/** Run a program to its end. @throws {Error} with what it said */
export async function run(program: string, ...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, { args }).output();
  if (!success) throw new Error(`${program}: ${new TextDecoder().decode(stderr).trim()}`);
}

/** A mounted folder, gone after the body. `options` as after `mount -o`. */
export async function withMount<T>(
  type: "tmpfs" | "ext4",
  device: string,
  options: string,
  body: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = await Deno.makeTempDir({ prefix: "datatasker-mount-" });
  try {
    await run("mount", "-t", type, "-o", options, device, folder);
    try {
      return await body(folder);
    } finally {
      // Lazy: a test that failed with a file open must not leave the mount behind.
      await run("umount", "--lazy", folder);
    }
  } finally {
    await Deno.remove(folder);
  }
}

/** An ext4 file system in a file. */
export async function makeImage(path: string, mebibytes: number): Promise<void> {
  await Deno.writeFile(path, new Uint8Array());
  await Deno.truncate(path, mebibytes * 1024 * 1024);
  await run("mkfs.ext4", "-q", path);
}

/** What mounting needs: what a skipped test says. */
const NEEDS = {
  tmpfs: "mounting a tmpfs needs root",
  ext4: "mounting an ext4 image needs root, a loop device and mkfs.ext4",
};

/** Register a test that mounts something like this; where that can't be done, its name says why it is skipped. */
export async function testWithMount(
  name: string,
  type: "tmpfs" | "ext4",
  body: () => Promise<void>,
): Promise<void> {
  if (await (answers[type] ??= canMount(type))) Deno.test(name, body);
  else Deno.test.ignore(`${name} (skipped: ${NEEDS[type]})`, body);
}

const answers: Partial<Record<"tmpfs" | "ext4", Promise<boolean>>> = {};

/** Trying is the only way to know: root in a container may not, either. */
async function canMount(type: "tmpfs" | "ext4"): Promise<boolean> {
  const dir = await Deno.makeTempDir({ prefix: "datatasker-mount-" });
  try {
    const image = join(dir, "image");
    if (type === "ext4") await makeImage(image, 1);
    const [device, options] = type === "ext4" ? [image, "loop"] : [type, "size=64k"];
    await withMount(type, device, options, async () => {});
    return true;
  } catch {
    return false;
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}
