/**
 * Numbers for the eye, in the English of the page: a comma groups, a point divides.
 *
 * Exact sums are text from end to end: grouped, never turned into a double.
 */

export const LOCALE = "en-GB";
const whole = new Intl.NumberFormat(LOCALE, { maximumFractionDigits: 0 });

/** A whole number, grouped: `1,200`. */
export const count = (n) => whole.format(n);

/** A count with its noun: `1 row`, `1,200 rows`. */
export const counted = (n, one, many) => `${count(n)} ${n === 1 ? one : many}`;

/** Plain decimal digits of any length, grouped and otherwise unchanged. */
export function exact(digits) {
  const parts = /^(-?)(0|[1-9][0-9]*)(\.[0-9]+)?$/.exec(digits);
  if (parts === null) return digits;
  return (parts[1] ? "−" : "") + whole.format(BigInt(parts[2])) + (parts[3] ?? "");
}

/** A double with some decimals; in scientific notation where these would show nothing of it. */
export function rounded(value, decimals = 2) {
  const size = Math.abs(value);
  const plain = size === 0 || (size >= 0.5 * 10 ** -decimals && size < 1e15);
  return new Intl.NumberFormat(LOCALE, {
    notation: plain ? "standard" : "scientific",
    minimumFractionDigits: decimals,
    maximumFractionDigits: decimals,
  }).format(value).replace("-", "−");
}

/** Bytes in decimal units: `812 bytes`, `1.2 MB`. */
export function size(bytes) {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  const decimals = unit > 0 && value < 99.5 ? 1 : 0;
  return `${new Intl.NumberFormat(LOCALE, { maximumFractionDigits: decimals }).format(value)} ${
    units[unit]
  }`;
}
