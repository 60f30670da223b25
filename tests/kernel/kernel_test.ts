/** What the property tests' small files don't reach: many regions, sums beyond 64 bits, one read instead of two. */
import assert from "node:assert/strict";
import { CHANGE_SAMPLES_MAX } from "../../src/domain/limits.ts";
import { OPTION_DEFAULTS } from "../../src/domain/options.ts";
import { PlainEngine } from "../../src/pipeline/run/engine.ts";
import { newCandidate, readCandidate } from "../../src/pipeline/kernel/candidates.ts";
import { Kernel, NEEDS_BYTES, ODD_RECORD } from "../../src/pipeline/kernel/kernel.ts";
import { KernelEngine } from "../../src/pipeline/kernel/kernel_engine.ts";
import { WINDOW } from "../../src/pipeline/kernel/memory_layout.ts";
import { KERNEL_SIZES } from "../../src/pipeline/kernel/kernel_sizes.ts";
import type { TestCase } from "../property/test_case.ts";
import { type Random, seeded } from "../support/random.ts";
import { firstDifference, runWhole } from "./engines.ts";

const HEADER = "region,product,revenue,quantity,discount\n";
const SMALL_WINDOWS = { ...KERNEL_SIZES, fillBytes: 16 * 1024, pieceBytes: 4 * 1024 };
const FIVE_COLUMNS = { columns: 5, bytesMax: 1 << 18, linesMax: 1_000 };

interface Facts {
  engine: string;
  plain_rows: number;
  reread_bytes: number;
}

/** Runs rows through both engines, which must agree; what the kernel's report says of its run. */
async function agree(rows: string[], sizes = SMALL_WINDOWS): Promise<Facts> {
  const bytes = new TextEncoder().encode(HEADER + rows.map((row) => `${row}\n`).join(""));
  const testCase: TestCase = {
    number: 0,
    kind: "kernel",
    bytes,
    options: { ...OPTION_DEFAULTS, cleaned: true },
    limits: {},
  };
  const plain = await runWhole(testCase, 1, new PlainEngine());
  const kernel = await runWhole(testCase, 1, KernelEngine.acquire(sizes)!);
  assert.equal(firstDifference(plain, kernel), null);
  return JSON.parse(new TextDecoder().decode(kernel.artifacts.report)).run;
}

/** Works with the kernel itself, prepared by nobody. */
function withKernel(work: (kernel: Kernel) => void): void {
  const kernel = Kernel.acquire();
  assert.ok(kernel !== null);
  try {
    work(kernel);
  } finally {
    kernel.release();
  }
}

function rows(count: number, row: (random: Random, index: number) => string): string[] {
  const random = seeded(11);
  return Array.from({ length: count }, (_, index) => row(random, index));
}

Deno.test("plain rows are for the kernel, whatever their line ends, quotes and letters", async () => {
  const kinds = [
    "North,Widget,12.50,3,0.1",
    'North,"Widget, large",12.50,3,0.1',
    '"Île-de-France",Löffel,-12.,+3,.1\r',
    '"West",p,9007199254740992,0.0000000000001,0',
    "Texas,total,1,1,1",
  ];
  const { engine, plain_rows } = await agree(rows(2_000, (random) => random.pick(kinds)));
  assert.deepEqual([engine, plain_rows], ["kernel", 0]);
});

Deno.test("quotes and line ends may change anywhere among rows that are alike", async () => {
  const kinds = [
    "North,Widget,12.50,3,0.1",
    "South,Gadget,7,12345678,0.25",
    '"North",Widget,12.50,3,0.1',
    'North,Widget,"12.50",3,"0.1"',
    '"West","p, q","1.5","30","0"',
  ];
  const random = seeded(5);
  const runs = (some: readonly string[]) =>
    Array.from({ length: 300 }, () => {
      const row = `${random.pick(some)}${random.pick(["", "", "\r"])}`;
      return Array<string>(random.whole(1, 60)).fill(row);
    }).flat();
  assert.equal((await agree(runs(kinds), KERNEL_SIZES)).plain_rows, 0);
  const odd = [
    '"N ""1""",p,1,1,0',
    'N,"p ""1""",1,1,0',
    'N,5" p,"1""",1,0',
    '"",p,1,1,0',
    "N,p,1,1",
  ];
  await agree(runs([...kinds, ...odd]), KERNEL_SIZES);
});

Deno.test("of padded rows the plain engine takes the samples, and the kernel the rest", async () => {
  const kinds = [" East \t,Ö,007 , 1,0\r", '"\u00a0N","p ",1,1,"\n1"', "N,p,1 ,1,1"];
  const { plain_rows } = await agree([
    ...Array(9).fill(kinds[2]),
    ...rows(2_000, (random) => random.pick(kinds)),
  ]);
  assert.ok(
    plain_rows >= CHANGE_SAMPLES_MAX && plain_rows <= 5 * CHANGE_SAMPLES_MAX,
    `${plain_rows}`,
  );
});

Deno.test("dollar signs and commas between thousands are no judgement, once enough of them are shown", async () => {
  const amount = (random: Random) => {
    const whole = random.whole(0, 3_000_000).toLocaleString("en-US");
    const sign = random.pick(["$", "$", ""]);
    return `"${sign}${whole}${random.pick(["", ".5", ".25"])}"`;
  };
  // Euros come first, so that all samples are of them, and dollars later: a report says on which line.
  const made = rows(5_000, (random, index) => {
    const revenue = index < 20 ? `€${index}` : amount(random);
    return `North,p,${revenue},${random.whole(1, 9)},${random.next() < 0.1 ? "$1" : "0.5"}`;
  });
  const { plain_rows } = await agree(made);
  assert.ok(plain_rows > 20 && plain_rows < 150, `${plain_rows} rows`);
});

Deno.test("amounts in any currency go through the kernel, whatever stands in front or behind, and whatever came before", async () => {
  const forms = [
    "$N",
    "€N",
    "N €",
    "N\u00a0€",
    "EUR N",
    "NEUR",
    "kr.N",
    "N kr.",
    "US$\u202f\u00a0N",
    "N     EUR",
  ];
  const made = rows(20_000, (random, index) => {
    const number = random.whole(1, 2_000_000).toLocaleString("en-US");
    const amount = forms[Math.floor(index / 2_000)].replace("N", number);
    return `North,p,"${amount}${random.pick(["", "", " "])}",1,0`;
  });
  const { plain_rows } = await agree(made);
  assert.ok(plain_rows < 2_000, `${plain_rows} rows`);
});

Deno.test("of amounts in two currencies the kernel takes those that are most", async () => {
  const made = rows(60_000, (random, index) => {
    const isMost = (random.next() < 0.05) === (index < 30_000);
    return `North,p,${random.whole(1, 99)}${isMost ? " €" : " kr"},1,0`;
  });
  const { plain_rows } = await agree(made);
  assert.ok(plain_rows > 2_700 && plain_rows < 4_500, `${plain_rows} rows`);
});

Deno.test("of three currencies the one that is most stays, whichever come in between", async () => {
  const made = rows(20_000, (random) => {
    const currency = random.next() < 0.45 ? "$" : random.pick(["€", "£"]);
    return `North,p,${currency}${random.whole(1, 99)},1,0`;
  });
  const { plain_rows } = await agree(made);
  assert.ok(plain_rows < 12_000, `${plain_rows} rows`);
});

Deno.test("a currency that is known in one column is seen first in another, even if that has enough samples", async () => {
  await agree([
    ...Array(10).fill("North,p,€1,1,$1"),
    ...Array(10_000).fill("North,p,€1,1,0"),
    "North,p,5,1,€1",
    "North,p,€7,1,€1",
    "North,p,1,1,$2",
  ]);
});

Deno.test("commas are taken from between groups of three digits and from nowhere else, however long the number", async () => {
  const digits = "9876543210123456";
  const amounts = Array(20).fill("$1,000"); // enough for the report to show
  for (let length = 1; length <= digits.length; length++) {
    const grouped = digits.slice(0, length).replace(/\B(?=(\d{3})+$)/g, ",");
    const comma = grouped.indexOf(",");
    const without = grouped.slice(0, Math.max(comma, 0)) + grouped.slice(comma + 1);
    const moved = grouped.replace(/(\d),/, ",$1");
    for (const whole of [grouped, without, moved, `,${grouped}`, `0${grouped}`, `${grouped},`]) {
      for (const decimals of ["", ".", ".5", ".123", ".1,5", ".1.5"]) {
        amounts.push(`${whole}${decimals}`, `$${whole}${decimals}`);
      }
    }
  }
  const { plain_rows } = await agree(amounts.map((amount) => `North,p,"${amount}",1,0`));
  assert.ok(plain_rows < amounts.length - 100, `${plain_rows} of ${amounts.length} rows`);
});

Deno.test("rows that need judgement are for the plain engine", async () => {
  const odd = [
    "North,Widget,1e3,3,0.1",
    'North,Widget,"1""",3,0.1',
    "Total,Widget,1,3,0.1",
    "North,Widget,1,3,12345678901234567",
    "North,Widget,1,3",
  ];
  const { plain_rows } = await agree(odd);
  assert.equal(plain_rows, odd.length - 1, "all but the totals row, which is no row");
});

Deno.test("faulty records among plain ones keep their place, whatever becomes of them", async () => {
  const faulty = [
    "North,p,abc,3,0.1",
    "North,p,,3,0.1\r",
    ",p,1,3,0.1",
    'North,"p, ""q""","1""2",3,0.1',
    '"No""rth",p,1000,0,0.1',
    "A note: lone,,,,",
    "region,product,revenue,quantity,discount",
    "total,p,x,1,0",
    ",,=SUM(C2:C9),,",
  ];
  const { plain_rows, reread_bytes } = await agree(rows(20_000, (random, index) => {
    if (random.next() < 0.05) return random.pick(faulty);
    // Anomalies among the rows of the kernel, and among those that only the plain engine can read; and new regions of these.
    const revenue = random.next() < 0.02 ? index + 900 : random.whole(1, 100);
    return random.next() < 0.05 ? `R${index},p,${revenue}e0,1,0` : `North,p,${revenue},1,0`;
  }));
  assert.ok(plain_rows > 1_000 && plain_rows < 3_000, `${plain_rows} rows`);
  assert.ok(reread_bytes <= 2 * SMALL_WINDOWS.fillBytes, `${reread_bytes} bytes`);
});

Deno.test("the table of regions grows, and tells apart names that look alike", async () => {
  const names = [
    (n: number) => `${n}`,
    (n: number) => `region number ${n} of many`,
    (n: number) => `prefixed-${String(n).padStart(9, "0")}-suffixed`,
    (n: number) => `Straße ${n} 北区`,
  ];
  const { plain_rows } = await agree(rows(60_000, (random) => {
    const name = random.pick(names)(random.whole(0, 9_000));
    return `${name},p,${random.whole(0, 99_999) / 100},${random.whole(1, 9)},0.5`;
  }));
  assert.equal(plain_rows, 0);
});

Deno.test("sums beyond 64 bits and of many scales stay exact", async () => {
  const numbers = [
    () => "9007199254740992",
    () => "-9007199254740991",
    () => "0.00000000000001",
    () => "123456.7890123",
    (random: Random) => String(random.whole(1, 1e9)),
  ];
  const { plain_rows } = await agree(rows(5_000, (random) => {
    const number = () => random.pick(numbers)(random);
    return `${random.pick(["N", "S"])},p,${number()},${number()},${number()}`;
  }));
  assert.equal(plain_rows, 0);
});

Deno.test("anomalies are found in one read, but for the beginning", async () => {
  const made = rows(20_000, (random, index) => `N,p,${random.whole(1, 100)},1,${index % 10}`);
  for (let i = 0; i < made.length; i += 97) made[i] = `N,p,${i + 500},1,0`;
  const { reread_bytes } = await agree(made);
  assert.ok(reread_bytes <= 2 * SMALL_WINDOWS.fillBytes, `${reread_bytes} bytes`);
});

Deno.test("what the estimate got wrong is read again, and no more", async () => {
  // At first all is huge, so the bound is far above the final threshold; then it falls.
  const made = rows(20_000, (random, index) => {
    return `N,p,${index < 2_000 ? random.whole(1, 1_000_000) : random.whole(1, 10)},1,0`;
  });
  const { reread_bytes } = await agree(made);
  const bytes = HEADER.length + made.join("\n").length + 1;
  assert.ok(reread_bytes > 2 * SMALL_WINDOWS.fillBytes, `${reread_bytes} bytes`);
  assert.ok(reread_bytes < bytes, `${reread_bytes} of ${bytes} bytes`);
});

Deno.test("while one run has the kernel, another does without", () => {
  const first = KernelEngine.acquire();
  assert.ok(first !== null);
  assert.equal(KernelEngine.acquire(), null);
  first.release();
  const second = KernelEngine.acquire();
  assert.ok(second !== null);
  second.release();
});

/** Six columns: with a carriage return, with quotes that are doubled, with a quote that is text and line ends in quotes. */
const QUOTED = [
  "N,p,1,2,3,\r\n",
  '"N, n",p,1,2,"3","a ""b"", ""c"""\n',
  'No"rth,"a\nb\r\nc",12.5,2,3,4"\n',
];

Deno.test("quotes are understood wherever blocks of 64 bytes meet", () =>
  withKernel((kernel) => {
    for (let shift = 0; shift < 64; shift++) {
      const text = new TextEncoder().encode(`N,p${"p".repeat(shift)},1,2,3,4\n${QUOTED.join("")}`);
      kernel.reset(1n, false);
      kernel.prepare({ ...FIVE_COLUMNS, columns: 6, schemaColumns: [0, 1, 2, 3, 4] });
      kernel.bytes.set(text, WINDOW);
      kernel.index(WINDOW, WINDOW + text.length);
      const why = kernel.decode(0xffff_fffe);
      const found = [why, kernel.rows, kernel.position - WINDOW];
      assert.deepEqual(found, [NEEDS_BYTES, 1 + QUOTED.length, text.length], `shifted by ${shift}`);
    }
  }));

Deno.test("what stands behind the end of an index changes nothing that is found in it", () =>
  withKernel((kernel) => {
    const text = new TextEncoder().encode(QUOTED.join("").repeat(3));
    const behind = ["\0", ",2,3,4\n", "2,3,4\n", "\n", '"x"\r\n,', '"x', "\r", "é", '",'].map(
      (junk) => {
        return new TextEncoder().encode(junk.repeat(64)).subarray(0, 64);
      },
    );
    for (let cut = 1; cut <= text.length; cut++) {
      for (const junk of behind) {
        kernel.reset(1n, false);
        kernel.prepare({ ...FIVE_COLUMNS, columns: 6, schemaColumns: [0, 1, 2, 3, 4] });
        kernel.bytes.set(text.subarray(0, cut), WINDOW);
        kernel.bytes.set(junk, WINDOW + cut);
        kernel.index(WINDOW, WINDOW + cut);
        const why = kernel.decode(0xffff_fffe);
        const { rows, position } = wholeRecords(QUOTED, cut);
        const found = [why, kernel.rows, kernel.position - WINDOW];
        assert.deepEqual(found, [NEEDS_BYTES, rows, position], `${cut} bytes, then ${junk}`);
      }
    }
  }));

/** How many records of a text that repeats some stand whole in its first bytes, and where the next begins. */
function wholeRecords(records: string[], bytes: number): { rows: number; position: number } {
  let rows = 0;
  let position = 0;
  while (position + records[rows % records.length].length <= bytes) {
    position += records[rows++ % records.length].length;
  }
  return { rows, position };
}

Deno.test("faulty records stop the kernel unless it is told to note them; others always do", () =>
  withKernel((kernel) => {
    const rows = [
      "N,p,1,2,3",
      "N,p,abc,2,3",
      'N,"p,q","1""",2,3',
      "N,p,1,2,3",
      "N,p,1,2",
      "N,p,1,2,3",
    ];
    const text = new TextEncoder().encode(rows.map((row) => `${row}\n`).join(""));
    const decode = (withFaulty: boolean) => {
      kernel.bytes.set(text, WINDOW);
      kernel.reset(1n, false);
      kernel.prepare({ ...FIVE_COLUMNS, schemaColumns: [0, 1, 2, 3, 4] });
      kernel.index(WINDOW, WINDOW + text.length);
      const why = kernel.decode(0xffff_fffe, withFaulty);
      const faulty = Array.from({ length: kernel.faulty }, (_, i) => kernel.faultyRow(i));
      return [why, kernel.rows, ...faulty];
    };
    assert.deepEqual(decode(false), [ODD_RECORD, 1]);
    assert.deepEqual(decode(true), [ODD_RECORD, 4, 1, 2]);
  }));

Deno.test("changed cells of plain rows are counted by kind and column, or stop the kernel if asked to", () =>
  withKernel((kernel) => {
    const decode = (rows: readonly string[], stops: number) => {
      const text = new TextEncoder().encode(rows.map((row) => `${row}\n`).join(""));
      kernel.bytes.set(text, WINDOW);
      kernel.reset(1n, false);
      kernel.prepare({ ...FIVE_COLUMNS, schemaColumns: [0, 1, 2, 3, 4] });
      kernel.stopAtChanged(stops);
      kernel.index(WINDOW, WINDOW + text.length);
      kernel.decode(0xffff_fffe);
      kernel.aggregate(kernel.rows, 10, false);
      return [kernel.rows, ...kernel.changed];
    };
    const NONE = [0, 0, 0];
    const NO_TRIMMED = [0, 0, 0, 0, 0];
    const NO_MARKS = [...NONE, ...NONE, ...NONE, ...NONE];
    const spaced = [
      "North,p,1,2,3",
      " North,p ,1,2,3",
      'North,"\u00a0p",1, 2,3 ',
      "North,\u3000,1,2,3", // not plain
    ];
    assert.deepEqual(decode(spaced, 0), [3, ...[1, 2, 0, 1, 1], ...NO_MARKS]);
    assert.deepEqual(decode(spaced, 0b00001), [1, ...NO_TRIMMED, ...NO_MARKS]);
    assert.deepEqual(decode(spaced, 0b01000), [2, ...[1, 1, 0, 0, 0], ...NO_MARKS]);
    const amounts = [
      'North,p,"$1,234.50",2,3',
      'North,p,$0.5,"1,000",$3',
      'North,p, $7 ,2,"12,345,678"',
    ];
    // By kind: currency, thousands, decimal comma, percent; of each the three numbers.
    const all = [...[0, 0, 1, 0, 0], ...[3, 0, 1], ...[1, 1, 1], ...NONE, ...NONE];
    assert.deepEqual(decode(amounts, 0), [3, ...all]);
    const first = [...NO_TRIMMED, ...[1, 0, 0], ...[1, 0, 0], ...NONE, ...NONE];
    assert.deepEqual(decode(amounts, 1 << 7), [1, ...first]);
    const two = [...NO_TRIMMED, ...[2, 0, 1], ...[1, 1, 0], ...NONE, ...NONE];
    assert.deepEqual(decode(amounts, 1 << 10), [2, ...two]);
    const percentages = ['North,p,5%,"1,000 %",3', "North,p,5,2,-12.5%"];
    const both = [...NO_TRIMMED, ...NONE, ...[0, 1, 0], ...NONE, ...[1, 1, 1]];
    assert.deepEqual(decode(percentages, 0), [2, ...both]);
    const one = [...NO_TRIMMED, ...NONE, ...[0, 1, 0], ...NONE, ...[1, 1, 0]];
    assert.deepEqual(decode(percentages, 1 << 16), [1, ...one]);
    // What isn't certain is for the plain engine.
    for (
      const cell of [
        "$",
        "%",
        "$5%",
        "5%%",
        "$-5",
        "-$5",
        "$ 5",
        "$.5",
        "€5",
        "5$",
        '"0,123"',
        '"1,23"',
        '"1,2345"',
        '"$1,"',
        "$1e3",
      ]
    ) {
      assert.equal(decode([`North,p,${cell},2,3`], 0)[0], 0, cell);
    }
  }));

Deno.test("anomalies are kept as their file says them, without needless quotes and white space", () =>
  withKernel((kernel) => {
    const kept = (record: string, delimiter = ",") => {
      const text = new TextEncoder().encode(`${record}\n`);
      kernel.bytes.set(text, WINDOW);
      kernel.reset(1n, false);
      kernel.prepare({
        ...FIVE_COLUMNS,
        schemaColumns: [0, 1, 2, 3, 4],
        delimiter: delimiter.charCodeAt(0),
      });
      kernel.index(WINDOW, WINDOW + text.length);
      kernel.decode(0xffff_fffe);
      kernel.detect(0, kernel.rows, 0);
      const candidate = newCandidate();
      readCandidate(kernel.candidates, 0, candidate);
      const { bytes, start, end, isReady } = candidate;
      assert.ok(isReady);
      return new TextDecoder().decode(bytes.subarray(start, end));
    };
    const plain = "North,p,1,2,3";
    assert.equal(kept(plain), plain);
    assert.equal(kept('"North","p","1","2","3"'), plain);
    assert.equal(kept("North, p,1 ,\u00a02,3"), plain);
    assert.equal(kept('"North ";"p";1;2;3', ";"), plain);
    assert.equal(kept('"North","a, p",1,2,3'), 'North,"a, p",1,2,3');
    assert.equal(kept('North;"a;p";1;2;3', ";"), "North,a;p,1,2,3");
    assert.equal(kept("North;a,p;1;2;3", ";"), 'North,"a,p",1,2,3');
    assert.equal(kept('North,2" p,"1",2,3'), 'North,"2"" p",1,2,3');
  }));

Deno.test("where a comma is the decimal mark, points are taken from between groups, and a currency as well", () =>
  withKernel((kernel) => {
    const decoded = (cell: string) => {
      const text = new TextEncoder().encode(`North;p;${cell};2;0,5\n`);
      kernel.bytes.set(text, WINDOW);
      kernel.reset(1n, false);
      const schemaColumns = [0, 1, 2, 3, 4];
      const written = { delimiter: ";".charCodeAt(0), hasDecimalComma: true };
      kernel.prepare({ ...FIVE_COLUMNS, schemaColumns, ...written });
      kernel.setCurrency({
        name: "€",
        bytes: new TextEncoder().encode(" €"),
        isBehind: true,
      });
      kernel.index(WINDOW, WINDOW + text.length);
      kernel.decode(0xffff_fffe);
      kernel.aggregate(kernel.rows, 10, false);
      const [currency, , , thousands, , , comma] = kernel.changed.subarray(5);
      return [kernel.rows, currency, thousands, comma];
    };
    assert.deepEqual(decoded("1.234.567,50 €"), [1, 1, 1, 1]);
    assert.deepEqual(decoded("12.345"), [1, 0, 1, 0]);
    assert.deepEqual(decoded("5 €"), [1, 1, 0, 0]);
    for (const cell of ["1,234.5", "1.23", "€5", "5€", "$5", "-5 €", "5, €", "1.234,"]) {
      assert.equal(decoded(cell)[0], 0, cell);
    }
  }));
