// The job in DuckDB: typed columns, bad cells by its own reject table.
// Leaves out: skipped rows, the reason of each rejected row, exact sums (it adds doubles), line numbers of anomalies.
import { DuckDBInstance } from "@duckdb/node-api";
import { peakBytes } from "./peak.mjs";

const [input, folder, kind] = process.argv.slice(2);
const isMoney = kind === "money";
const hasSemicolons = kind === "semicolons" || kind === "windows-1252";
const [delimiter, decimal] = hasSemicolons ? [";", ","] : [",", "."];
// Windows-1252 needs an extension; of what the file has, Latin-1 is the same.
const encoding = kind === "windows-1252" ? "latin-1" : "utf-8";
const instance = await DuckDBInstance.create(":memory:");
const db = await instance.connect();
const text = (path) => `'${path.replaceAll("'", "''")}'`;
const rows = async (sql) => (await db.runAndReadAll(sql)).getRows();

const schema = {
  region: "VARCHAR",
  product: "VARCHAR",
  revenue: isMoney ? "VARCHAR" : "DOUBLE",
  quantity: "DOUBLE",
  discount: "DOUBLE",
};
const header = await rows(
  `select columns from sniff_csv(${
    text(input)
  }, delim = '${delimiter}', encoding = '${encoding}', quote = '"', escape = '"', header = true)`,
);
const names = header[0][0].items.map((column) => column.entries.name);
const types = names.map((name) => `${text(name)}: '${schema[name] ?? "VARCHAR"}'`).join(", ");
await db.run(
  `create table sales as select * ${
    isMoney
      ? "replace (try_cast(replace(replace(revenue, '$', ''), ',', '') as double) as revenue)"
      : ""
  } from read_csv(${
    text(input)
  }, delim = '${delimiter}', encoding = '${encoding}', decimal_separator = '${decimal}', quote = '"', escape = '"',
  header = true, columns = {${types}}, store_rejects = true, rejects_limit = 0)`,
);
const good =
  "trim(region) <> '' and trim(product) <> '' and revenue is not null and quantity <> 0 and discount is not null";
await db.run(
  `create view good as select *, trim(region) as r, revenue / quantity as rev_per_unit from sales where ${good}`,
);
await db.run(
  `copy (select csv_line from (select line, any_value(csv_line) as csv_line from reject_errors group by line)
  union all select concat_ws(',', region, product, revenue, quantity, discount) from sales where (${good}) is not true)
  to ${text(`${folder}/rejects.csv`)} (header)`,
);
await db.run(`copy (select r as region, sum(revenue) as revenue_sum, avg(revenue) as revenue_mean,
  sum(quantity) as quantity_sum, avg(discount) as discount_mean, count(*) as rows from good group by r order by r)
  to ${text(`${folder}/summary.csv`)} (header)`);
if (kind === "cleaned") {
  await db.run(
    `copy (select * exclude (r, rev_per_unit) from good) to ${text(`${folder}/cleaned.csv`)} (header)`,
  );
}
const [[accepted, mean, sd, regions]] = await rows(
  "select count(*), avg(rev_per_unit), stddev_samp(rev_per_unit), count(distinct r) from good",
);
const anomaly = `rev_per_unit > ${mean + 2 * sd}`;
await db.run(
  `copy (select * exclude (r), true as is_anomaly, (rev_per_unit - ${mean}) / ${sd} as z_score from good where ${anomaly})
  to ${text(`${folder}/anomalies.csv`)} (header)`,
);
const [[total, cells, anomalies]] = await rows(`select (select count(*) from sales),
  (select count(distinct line) from reject_errors), (select count(*) from good where ${anomaly})`);
console.log(JSON.stringify({
  accepted: Number(accepted),
  rejected: Number(total) + Number(cells) - Number(accepted),
  anomalies: Number(anomalies),
  regions: Number(regions),
  peak_bytes: peakBytes(),
}));
