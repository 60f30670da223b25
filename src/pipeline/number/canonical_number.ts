/** A number as every program reads it. */
import { plainDigits } from "./decimal_sum.ts";
import type { NumberCell } from "./number.ts";

/**
 * The exact decimal of a cell that was read without a fault, in plain digits: without exponent, plus sign, leading or trailing
 * zeros; zero is `0`. `docs/semantics.md`, section 8, calls it canonical.
 */
export function canonicalNumber({ units, wide, scale }: NumberCell): string {
  const isNegative = (wide ?? units) < 0;
  const digits = String(wide ?? units).replace("-", "");
  if (digits === "0") return "0";
  return scale >= 0
    ? plainDigits(isNegative, digits, scale, "")
    : plainDigits(isNegative, digits + "0".repeat(-scale), 0, "");
}
