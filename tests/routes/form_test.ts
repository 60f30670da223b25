import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { FORM_FIELD_BYTES_MAX } from "../../src/domain/limits.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { readForm } from "../../src/routes/form.ts";
import { expectProblem } from "../support/expect_problem.ts";
import { BOUNDARY, FORM_TYPE, formBytes, inPieces, type Part } from "../support/multipart.ts";
import { seeded } from "../support/random.ts";
import { openService, SALES_CSV, type TestService } from "../support/service.ts";

const FILE: Part = { name: "file", filename: "q3.csv", type: "text/csv", content: SALES_CSV };

function post(
  service: TestService,
  body: BodyInit,
  { query = "", type = FORM_TYPE } = {},
): Promise<Response> {
  const init = { method: "POST", body, headers: { "content-type": type } };
  return Promise.resolve(service.app.request(`/v1/tasks${query}`, init));
}

const field = (name: string, content: string): Part => ({ name, content });

async function refused(
  parts: readonly Part[],
  detail: RegExp,
  { code = "bad-form", end = true, query = "" } = {},
): Promise<void> {
  await using service = await openService();
  const response = await post(service, formBytes(parts, { end }), { query });
  const problem = await expectProblem(response, 400, code);
  assert.match(problem.detail, detail);
  assert.deepEqual(service.files(), []);
  assert.deepEqual(await service.parts.queries.tasks({ limit: 10, before: null }), []);
}

Deno.test("a form's file becomes a task under its name", async () => {
  await using service = await openService();
  const response = await post(service, formBytes([FILE]));
  const task = await response.json();
  assert.equal(response.status, 202, JSON.stringify(task));
  assert.equal(task.filename, "q3.csv");
  assert.equal(task.input.sha256, createHash("sha256").update(SALES_CSV).digest("hex"));
  assert.equal(await Deno.readTextFile(service.paths.input(task.id)), SALES_CSV);
});

Deno.test("fields count wherever they stand: before the file, after it, in the query", async () => {
  await using service = await openService();
  const parts = [field("k", "2.5"), FILE, field("max_bad_rows", "7"), field("filename", "b.csv")];
  const response = await post(service, formBytes(parts), { query: "?keep_totals=true" });
  const task = await response.json();
  assert.equal(response.status, 202, JSON.stringify(task));
  assert.equal(task.filename, "b.csv");
  assert.deepEqual(task.options, {
    ...OPTION_DEFAULTS,
    k: 2.5,
    max_bad_rows: 7,
    keep_totals: true,
  });
});

Deno.test("a form means the same in pieces of any size", async () => {
  const random = seeded(20251123);
  // Full of what a boundary begins with, so that every cut falls into a tempting place.
  const csv = SALES_CSV + `East,"\r\n--${BOUNDARY.slice(0, -1)}\r\n\r\n--",1,1,0\n`.repeat(20);
  const sha256 = createHash("sha256").update(csv).digest("hex");
  const bytes = formBytes([field("k", "5"), { ...FILE, content: csv }, field("max_bad_rows", "7")]);
  await using service = await openService();
  const cuts = [[1], [2], [3], [7], [64], [100_000]];
  for (let i = 0; i < 20; i++) {
    cuts.push(Array.from({ length: 400 }, () => random.whole(1, 60)));
  }
  for (const sizes of cuts) {
    const task = await (await post(service, inPieces(bytes, sizes))).json();
    assert.equal(task.input?.sha256, sha256, `${random.seed} ${sizes} ${JSON.stringify(task)}`);
    assert.deepEqual([task.options.k, task.options.max_bad_rows], [5, 7]);
  }
});

Deno.test("the memory of a chunk may be used again once the next one is asked for", async () => {
  const random = seeded(7);
  const letters = (length: number) =>
    Array.from({ length }, () => String.fromCharCode(random.whole(97, 122))).join("");
  for (let round = 0; round < 150; round++) {
    const parts: Part[] = Array.from({ length: random.whole(1, 12) }, (_, i) => ({
      name: `field${i}`,
      content: letters(random.whole(0, FORM_FIELD_BYTES_MAX - 1)),
    }));
    const content = letters(random.whole(1, 40_000));
    parts.splice(random.whole(0, parts.length), 0, { ...FILE, content });
    const form = formBytes(parts);
    const buffer = new Uint8Array(30_000);
    const body = async function* () {
      for (let at = 0; at < form.length;) {
        const chunk = form.subarray(at, at + random.whole(1, buffer.length));
        buffer.fill(33);
        buffer.set(chunk);
        yield buffer.subarray(0, chunk.length);
        at += chunk.length;
        await Promise.resolve();
      }
    };
    let file = "";
    const fields: Part[] = [];
    for await (const piece of readForm(FORM_TYPE, body())) {
      if (piece.type === "bytes") file += new TextDecoder().decode(piece.bytes);
      if (piece.type === "field") fields.push({ name: piece.name, content: piece.value });
    }
    assert.equal(file, content);
    assert.deepEqual(fields, parts.filter((part) => part.filename === undefined));
  }
});

Deno.test("a file of several MiB comes through whole", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 10_000_000 } });
  const csv = SALES_CSV + "East,A,1200,2,0.05\r\n".repeat(200_000);
  const bytes = formBytes([{ ...FILE, content: csv }]);
  for (const sizes of [[bytes.length], [1 << 20], [65_536], [1 << 20, 3, 500_000]]) {
    const task = await (await post(service, inPieces(bytes, sizes))).json();
    assert.equal(task.input?.sha256, createHash("sha256").update(csv).digest("hex"));
  }
});

const NAMES: readonly [disposition: string, filename: string][] = [
  ['form-data; name="file"; filename="../../x"', "x"],
  ['form-data; name="file"; filename="..\\..\\x.csv"', "x.csv"],
  ['form-data; name="file"; filename="C:\\dir\\sales.csv"', "sales.csv"],
  ['form-data; name="file"; filename="/etc/passwd"', "passwd"],
  ['form-data; name="file"; filename="Umsätze – 売上 📈.csv"', "Umsätze – 売上 📈.csv"],
  ["form-data; name=\"file\"; filename*=UTF-8''na%C3%AFve%2Fx%00y.csv", "x_y.csv"],
  ['form-data; name="file"; filename="a%00b.csv"', "a%00b.csv"],
  [`form-data; name="file"; filename="${"n".repeat(3000)}"`, "n".repeat(255)],
];
for (const [disposition, filename] of NAMES) {
  Deno.test(`${disposition.slice(0, 70)} is data, and shown as ${filename.slice(0, 30)}`, async () => {
    await using service = await openService();
    const task = await (await post(service, formBytes([{ ...FILE, disposition }]))).json();
    assert.equal(task.filename, filename, JSON.stringify(task));
    assert.deepEqual(service.files(), [`inputs/${task.id}.csv`]);
  });
}

Deno.test("a part of type octet-stream is a file without a name", async () => {
  await using service = await openService();
  const part = { name: "file", type: "application/octet-stream", content: SALES_CSV };
  const task = await (await post(service, formBytes([part]))).json();
  assert.equal(task.filename, "upload.csv");
});

Deno.test("two files are refused", () => refused([FILE, FILE], /more than one file/));
Deno.test(
  "a second file under another name is refused",
  () => refused([FILE, { ...FILE, name: "extra" }], /`extra`/),
);
Deno.test(
  "a file under another name is refused with the right one",
  () => refused([{ ...FILE, name: "fil" }], /Did you mean `file`\?/),
);
Deno.test("a form without a file is refused", () => refused([field("k", "2")], /has no file/));
Deno.test(
  "a file sent as a field is refused with the cure",
  () => refused([field("file", SALES_CSV)], /file=@NAME/),
);
Deno.test(
  "an unknown field is refused with the nearest name",
  () => refused([field("max_bad_row", "1"), FILE], /max_bad_rows/, { code: "bad-option" }),
);
Deno.test(
  "a bad field after the file is refused",
  () => refused([FILE, field("k", "0")], /k=0 must be/, { code: "bad-option" }),
);
Deno.test(
  "a field given twice is refused",
  () =>
    refused([field("k", "2"), FILE, field("k", "2")], /k is given more/, { code: "bad-option" }),
);
Deno.test(
  "an option in both query and form is refused",
  () => refused([FILE, field("k", "2")], /k is given more/, { code: "bad-option", query: "?k=2" }),
);
Deno.test(
  "a field of more than 4 KiB is refused",
  () => refused([field("k", "9".repeat(5000)), FILE], /4096 bytes/),
);
Deno.test(
  "more than 32 fields are refused",
  () => refused([...Array(33).fill(field("k", "2")), FILE], /32 fields/),
);
Deno.test(
  "a form that ends before its closing boundary is refused",
  () => refused([FILE], /is broken/, { end: false }),
);
Deno.test(
  "all faults before the file are told together, before the file is read",
  () =>
    refused(
      [field("k", "x"), field("colour", "red"), FILE],
      /colour is not known.* k=x must be/,
      { code: "bad-option" },
    ),
);

Deno.test("faults before the file are told while the file is still on its way", async () => {
  await using service = await openService();
  const begun = formBytes([field("k", "x"), FILE], { end: false });
  const body = new ReadableStream({
    start: (controller) => controller.enqueue(begun),
    pull: () => new Promise(() => {}), // never any more
  });
  await expectProblem(await post(service, body), 400, "bad-option");
});

Deno.test("a form cut off anywhere is refused, and leaves no trace", async () => {
  await using service = await openService();
  const bytes = formBytes([field("k", "2"), FILE, field("max_bad_rows", "7")]);
  const whole = bytes.length - 4; // without "--\r\n" the last boundary could begin another part
  for (let length = 0; length < whole; length += 7) {
    const response = await post(service, inPieces(bytes.subarray(0, length), [50]));
    assert.equal(response.status, 400, `cut at ${length}: ${await response.clone().text()}`);
    await response.body?.cancel();
  }
  assert.deepEqual(service.files(), []);
});

Deno.test("a part without Content-Disposition, or with a broken header, makes no task", async () => {
  await using service = await openService();
  const text = (head: string) =>
    `--${BOUNDARY}\r\n${head}\r\n\r\n${SALES_CSV}\r\n--${BOUNDARY}--\r\n`;
  for (const head of ["Content-Type: text/csv", "no colon", "Content-Disposition: attachment"]) {
    await expectProblem(await post(service, text(head)), 400, "bad-form");
  }
  assert.deepEqual(service.files(), []);
});

Deno.test("a form without a boundary, or with another one, is refused", async () => {
  await using service = await openService();
  const boundaries = ["", "; boundary=", "; boundary=other", `; boundary="${"b".repeat(71)}"`];
  for (const type of boundaries.map((boundary) => `multipart/form-data${boundary}`)) {
    await expectProblem(await post(service, formBytes([FILE]), { type }), 400, "bad-form");
  }
});

Deno.test("an empty file in a form, or none chosen in a browser's, is refused with 422", async () => {
  await using service = await openService();
  const none = { name: "file", filename: "", type: "application/octet-stream", content: "" };
  for (const part of [{ ...FILE, content: "" }, none]) {
    await expectProblem(await post(service, formBytes([part])), 422, "empty-file");
  }
  assert.deepEqual(service.files(), []);
});

Deno.test("a form's file past the limit is refused with 413, whatever the form adds", async () => {
  await using service = await openService({ settings: { uploadBytesMax: SALES_CSV.length } });
  assert.equal((await post(service, formBytes([FILE]))).status, 202);
  const before = service.files();
  const more = formBytes([{ ...FILE, content: SALES_CSV + "\n" }]);
  await expectProblem(await post(service, more), 413, "too-large");
  const endless = formBytes([FILE, field("k", "9".repeat(3_000_000))]);
  const problem = await expectProblem(
    await post(service, inPieces(endless, [65_536])),
    413,
    "too-large",
  );
  assert.match(problem.detail, new RegExp(`${SALES_CSV.length} bytes`));
  assert.deepEqual(service.files(), before);
});

Deno.test("what follows the closing boundary counts towards the limit of a body", async () => {
  await using service = await openService({ settings: { uploadBytesMax: 1000 } });
  const bytes = new Uint8Array(3_000_000);
  bytes.set(formBytes([FILE]));
  await expectProblem(await post(service, inPieces(bytes, [65_536])), 413, "too-large");
  assert.deepEqual(service.files(), []);
});
