/**
 * Builds the kernel (`src/pipeline/kernel/kernel.wasm`), or checks that it is what its source comes to, byte for byte.
 *
 * `deno task kernel:build` after each change of `src/pipeline/kernel/assembly/`; `deno task kernel:check` in the gate. The compiler comes from
 * npm at exactly this version, and only here: nobody who runs the service needs it.
 */
const COMPILER = "npm:assemblyscript@0.28.2/asc";
const FLAGS = [
  "-O2", // -O3 is larger and no faster
  "--converge",
  "--noAssert",
  ...["--runtime", "stub"], // nothing is allocated: memory is laid out by hand
  ...["--use", "abort="], // no imports
  ...["--enable", "simd"],
  ...["--initialMemory", "480"], // pages up to the heap of `assembly/layout.ts`
];

const KERNEL = new URL("../src/pipeline/kernel/", import.meta.url);

async function compile(to: string): Promise<void> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-config", "--no-lock", "--allow-all", COMPILER]
      .concat("assembly/kernel.ts", "--outFile", to, FLAGS),
    cwd: KERNEL,
    stdout: "inherit",
    stderr: "inherit",
  }).spawn().status;
  if (!success) Deno.exit(1);
}

async function isCurrent(): Promise<boolean> {
  const folder = await Deno.makeTempDir();
  try {
    await compile(`${folder}/kernel.wasm`);
    const [made, committed] = await Promise.all([
      Deno.readFile(`${folder}/kernel.wasm`),
      Deno.readFile(new URL("kernel.wasm", KERNEL)),
    ]);
    return made.length === committed.length && made.every((byte, i) => byte === committed[i]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const [word] = Deno.args;
if (word === "build") await compile("kernel.wasm");
else if (word !== "check") {
  console.error("Say what to do: build or check.");
  Deno.exit(2);
} else if (await isCurrent()) console.log("kernel.wasm is what its source comes to.");
else {
  console.error("kernel.wasm is not what its source comes to: run `deno task kernel:build`.");
  Deno.exit(1);
}
