/** The options of an upload, as the form has them. */
import { $ } from "./elements.js";

/** Each field of a number and its rule. */
const RULES = [
  ["k", "k must be a number above 0 and up to 100, or empty for the service’s default."],
  ["max-bad-rows", "The number of rejected rows must be a whole number, or empty."],
  ["max-bad-percent", "The share of rejected rows must be from 0 to 100%, or empty."],
];

/** What a column can be named for. */
const FIELDS = ["region", "product", "revenue", "quantity", "discount"];

/** The options as query parameters, or null after saying what is wrong with them. */
export function options() {
  const faulty = RULES.filter(([id]) =>
    // An empty field has no number, and NaN isn't below anything: only what stands there is judged.
    !$(id).checkValidity() || (id === "k" && $(id).valueAsNumber <= 0)
  );
  $("form-error").hidden = faulty.length === 0;
  if (faulty.length > 0) {
    $("form-error").textContent = `Nothing was uploaded. ${
      faulty.map(([, rule]) => rule).join(" ")
    }`;
    if (faulty[0][0] !== "k") $("options").open = true;
    $(faulty[0][0]).focus();
    return null;
  }
  const query = new URLSearchParams();
  // Without k the service takes its own, DATATASKER_K.
  if ($("k").value !== "") query.set("k", $("k").value);
  if ($("max-bad-rows").value !== "") query.set("max_bad_rows", $("max-bad-rows").value);
  if ($("max-bad-percent").value !== "") {
    // 0.7 / 100 is 0.006999999999999999 as a double; twelve digits are more than anyone types.
    const ratio = Number(($("max-bad-percent").valueAsNumber / 100).toPrecision(12));
    query.set("max_bad_ratio", String(ratio));
  }
  if ($("keep-totals").checked) query.set("keep_totals", "true");
  if ($("cleaned").checked) query.set("cleaned", "true");
  if ($("decimal-mark").value !== "") query.set("decimal_mark", $("decimal-mark").value);
  if ($("percent-discount").checked) query.set("percent", "discount");
  for (const field of FIELDS) {
    const column = $(`column-${field}`).value.trim();
    if (column !== "") query.set(`columns[${field}]`, column);
  }
  if ($("no-discount").checked) query.set("discount", "optional");
  if ($("no-header").checked) query.set("header", "none");
  return query;
}
