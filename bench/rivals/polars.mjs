// The job in Polars: typed columns, a bad cell is null and its row rejected.
// Leaves out: skipped rows, the reason of each rejected row and the bad cell itself, exact sums (it adds doubles), line numbers of anomalies.
import pl from "nodejs-polars";
import { peakBytes } from "./peak.mjs";

const [input, folder, kind] = process.argv.slice(2);
const isMoney = kind === "money";
const hasSemicolons = kind === "semicolons" || kind === "windows-1252";
const writing = hasSemicolons ? { sep: ";", decimalComma: true } : {};
// It knows no other encoding than UTF-8: what it can't read becomes a question mark.
if (kind === "windows-1252") writing.encoding = "utf8-lossy";
const { col } = pl;
const dtypes = {
  region: pl.Utf8,
  product: pl.Utf8,
  revenue: isMoney ? pl.Utf8 : pl.Float64,
  quantity: pl.Float64,
  discount: pl.Float64,
};
const read = pl.readCSV(input, { dtypes, inferSchemaLength: 0, ignoreErrors: true, ...writing });
const sales = isMoney
  ? read.withColumn(col("revenue").str.replaceAll("[$,]", "").cast(pl.Float64, false).alias("revenue"))
  : read;
const isGood = col("region").isNotNull().and(col("region").str.strip().neq(pl.lit("")))
  .and(col("product").isNotNull()).and(col("product").str.strip().neq(pl.lit("")))
  .and(col("revenue").isNotNull()).and(col("quantity").isNotNull()).and(col("discount").isNotNull())
  .and(col("quantity").neq(pl.lit(0)));
const marked = sales.withColumn(isGood.fillNull(false).alias("good"));
const good = marked.filter(col("good")).withColumns(
  col("region").str.strip().alias("region"),
  col("revenue").div(col("quantity")).alias("rev_per_unit"),
);
const rejects = marked.filter(col("good").not()).drop("good");
rejects.writeCSV(`${folder}/rejects.csv`);
const summary = good.groupBy("region").agg(
  col("revenue").sum().alias("revenue_sum"),
  col("revenue").mean().alias("revenue_mean"),
  col("quantity").sum().alias("quantity_sum"),
  col("discount").mean().alias("discount_mean"),
  col("revenue").count().alias("rows"),
).sort("region");
summary.writeCSV(`${folder}/summary.csv`);
if (kind === "cleaned") good.drop("good", "rev_per_unit").writeCSV(`${folder}/cleaned.csv`);
const [{ mean, sd }] = good.select(
  col("rev_per_unit").mean().alias("mean"),
  col("rev_per_unit").std().alias("sd"),
).toRecords();
const anomalies = good.filter(col("rev_per_unit").gt(pl.lit(mean + 2 * sd))).withColumns(
  pl.lit(true).alias("is_anomaly"),
  col("rev_per_unit").minus(pl.lit(mean)).div(pl.lit(sd)).alias("z_score"),
).drop("good");
anomalies.writeCSV(`${folder}/anomalies.csv`);
console.log(JSON.stringify({
  accepted: good.height,
  rejected: rejects.height,
  anomalies: anomalies.height,
  regions: summary.height,
  peak_bytes: peakBytes(),
}));
