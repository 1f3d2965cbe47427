/** The official exchange rate of a day, and amounts converted with it: exact, never by floats. */
import { ask } from "./lookups.js";
import { evaluate } from "./amount.js";

/** `{ value, unit, quoted, source_name, published }`, `{ refusal }`, or null. */
export const rateOf = (currency, on) => ask(`companies/${location.pathname.split("/")[2]}/exchange-rate`, { currency, on });

/** Foreign Rappen (BigInt) in home Rappen; half a Rappen rounds away from zero. */
export function converted(amount, value) {
  const [whole, part = ""] = value.split("."), scale = 10n ** BigInt(part.length);
  const product = amount * BigInt(whole + part), minus = product < 0n;
  const rounded = ((minus ? -product : product) * 2n + scale) / (scale * 2n);
  return minus ? -rounded : rounded;
}

/** What an amount typed as text is at a rate, or null. */
export function convertedText(text, value) {
  const amount = evaluate(text);
  return amount === null ? null : converted(amount, value);
}
