# The job in pandas: columns as text, then numbers; a bad cell rejects its row.
# Leaves out: skipped rows, the reason of each rejected row, exact sums (it adds doubles), line numbers of anomalies.
import json
import resource
import sys

import pandas

source, folder, kind = sys.argv[1:]
isSemicolons = kind in ("semicolons", "windows-1252")
sales = pandas.read_csv(
    source, dtype=str, keep_default_na=False, sep=";" if isSemicolons else ",",
    encoding="cp1252" if kind == "windows-1252" else "utf-8")
if isSemicolons:
    for name in ("revenue", "discount"):
        sales[name] = sales[name].str.replace(",", ".", regex=False)
if kind == "money":
    sales["revenue"] = sales["revenue"].str.replace("[$,]", "", regex=True)
numbers = {name: pandas.to_numeric(sales[name], errors="coerce") for name in ("revenue", "quantity", "discount")}
region = sales["region"].str.strip()
good = (region != "") & (sales["product"].str.strip() != "") & (numbers["quantity"] != 0)
for values in numbers.values():
    good &= values.notna()
sales[~good].to_csv(f"{folder}/rejects.csv", index=False)
rows = sales[good].assign(region=region[good], **{name: values[good] for name, values in numbers.items()})
summary = rows.groupby("region").agg(
    revenue_sum=("revenue", "sum"), revenue_mean=("revenue", "mean"), quantity_sum=("quantity", "sum"),
    discount_mean=("discount", "mean"), rows=("revenue", "size"))
summary.to_csv(f"{folder}/summary.csv")
if kind == "cleaned":
    rows.to_csv(f"{folder}/cleaned.csv", index=False)
rows["rev_per_unit"] = rows["revenue"] / rows["quantity"]
mean, sd = rows["rev_per_unit"].mean(), rows["rev_per_unit"].std()
anomalies = rows[rows["rev_per_unit"] > mean + 2 * sd].copy()
anomalies["is_anomaly"] = True
anomalies["z_score"] = (anomalies["rev_per_unit"] - mean) / sd
anomalies.to_csv(f"{folder}/anomalies.csv", index=False)
print(json.dumps({
    "accepted": len(rows), "rejected": len(sales) - len(rows), "anomalies": len(anomalies), "regions": len(summary),
    "peak_bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))
