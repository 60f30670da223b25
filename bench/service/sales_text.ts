/** What the service's benches send. */

export const HEADER = "region,product,revenue,quantity,discount\n";

/** A file of 1 kB: some forty plausible rows. */
export const SMALL_FILE = HEADER +
  Array.from({ length: 44 }, (_, row) => `East,A,${1000 + row * 37},2,0.05\n`).join("");

/** Write a file of `bytes` bytes or a row more, of plausible rows over 10,000 regions; returns its path. */
export async function writeLargeFile(bytes: number): Promise<string> {
  const path = await Deno.makeTempFile({ prefix: "datatasker-bench-", suffix: ".csv" });
  using file = await Deno.open(path, { write: true });
  const writer = file.writable.getWriter();
  const encoder = new TextEncoder();
  let written = HEADER.length;
  await writer.write(encoder.encode(HEADER));
  for (let row = 0; written < bytes;) {
    let text = "";
    while (text.length < 1 << 20 && written + text.length < bytes) {
      row++;
      text += `Region ${row % 10_000},Product ${row % 97},${(row * 37) % 100_000}.5,${
        1 + (row % 9)
      },0.${row % 90}\n`;
    }
    written += text.length;
    await writer.write(encoder.encode(text));
  }
  writer.releaseLock();
  return path;
}
