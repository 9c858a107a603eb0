import { text, type Text } from "./text.ts";

// ISO 4217: every other currency has two digits behind the point.
const NO_DIGITS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ");
const THREE_DIGITS = "BHD IQD JOD KWD LYD OMR TND".split(" ");

const digitsOf = (currency: string): number =>
  NO_DIGITS.includes(currency) ? 0 : THREE_DIGITS.includes(currency) ? 3 : 2;

/** An amount in minor units as people read it: `CNY 99.00`, in Chinese `99.00 元`. */
export function money(amount: number, currency: string): Text {
  const digits = digitsOf(currency);
  const figures = String(amount).padStart(digits + 1, "0");
  const whole = figures.slice(0, figures.length - digits).replace(/\B(?=(\d{3})+$)/g, ",");
  const value = digits === 0 ? whole : `${whole}.${figures.slice(-digits)}`;
  const plain = `${currency} ${value}`;
  return text(plain, currency === "CNY" ? `${value} 元` : plain);
}

/** A decimal such as `"199.90"` in minor units; null where it is none, or finer than the currency is. */
export function minorUnits(decimal: string, currency: string): number | null {
  const match = /^(\d{1,15})(?:\.(\d{1,10}))?$/.exec(decimal);
  if (match === null) return null;
  const digits = digitsOf(currency);
  const fraction = (match[2] ?? "").replace(/0+$/, "").padEnd(digits, "0");
  if (fraction.length > digits) return null;
  const value = Number(`${match[1]}${fraction}`);
  return Number.isSafeInteger(value) ? value : null;
}
