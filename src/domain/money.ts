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
