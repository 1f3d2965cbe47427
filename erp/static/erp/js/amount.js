/**
 * Amounts with arithmetic: `120.50+80`, `3*45.20`, `1'234.55`. Exact: whole numbers of 1/10 000, never floats.
 */
const SCALE = 10000n;

function parseNumber(text) {
  const found = /^(\d+)(?:[.,](\d{0,4}))?$/.exec(text.replace(/['’\s]/g, ""));
  if (!found) return null;
  return BigInt(found[1]) * SCALE + BigInt((found[2] || "").padEnd(4, "0"));
}

const rounded = (value, by) => {
  const half = by / 2n;
  return value < 0n ? -((-value + half) / by) : (value + half) / by;
};

/** The value in 1/10 000 (BigInt), or null when the text is no sum. */
export function exact(text) {
  const tokens = text.replace(/[\s'’]/g, "").match(/\d+(?:[.,]\d{0,4})?|[-+*/]/g);
  if (!tokens || tokens.join("") !== text.replace(/[\s'’]/g, "")) return null;
  let total = 0n, product = null, sign = 1n, operator = null;
  for (let i = 0; i < tokens.length; i++) {
    const token = tokens[i];
    if ("+-*/".includes(token) && token.length === 1) {
      if (product === null) {
        if (token === "-" && operator === null) { sign = -sign; continue; }
        if (token === "+" && operator === null) continue;
        return null;
      }
      if (operator === "pending") return null;
      if (token === "+" || token === "-") {
        total += sign * product;
        product = null; operator = null; sign = token === "-" ? -1n : 1n;
      } else operator = token;
      continue;
    }
    const value = parseNumber(token);
    if (value === null) return null;
    if (product === null) product = value;
    else if (operator === "*") { product = rounded(product * value, SCALE); operator = null; }
    else if (operator === "/") {
      if (value === 0n) return null;
      product = rounded(product * SCALE, value); operator = null;
    } else return null;
  }
  if (product === null || operator !== null) return null;
  return total + sign * product;
}

/** The value in Rappen (BigInt), or null when the text is no sum. Half a Rappen rounds away from zero. */
export function evaluate(text) {
  const value = exact(text);
  return value === null ? null : rounded(value, 100n);
}

/** Rappen as `1’234.55`. */
export function format(rappen) {
  const minus = rappen < 0n ? "-" : "";
  const digits = (rappen < 0n ? -rappen : rappen).toString().padStart(3, "0");
  return minus + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, "’") + "." + digits.slice(-2);
}

/** Rappen as the server reads them: `1234.55`. */
export const plain = (rappen) => format(rappen).replaceAll("’", "");

/** 1/10 000 as `1’234.5`: no needless zeros, but `least` decimals. */
export function formatExact(value, least = 0) {
  const minus = value < 0n ? "-" : "", digits = (value < 0n ? -value : value).toString().padStart(5, "0");
  const part = digits.slice(-4).replace(/0+$/, "").padEnd(least, "0");
  return minus + digits.slice(0, -4).replace(/\B(?=(\d{3})+$)/g, "’") + (part && "." + part);
}

/** What was typed into a field of ours as the server reads it; what is no sum stays as it is. */
export function plainValue(input) {
  const value = exact(input.value);
  if (value === null) return input.value.trim();
  return input.dataset.amount ? formatExact(value).replaceAll("’", "") : plain(rounded(value, 100n));
}

/** `data-amount`: two decimals; `data-amount="4"`: up to four, at least `data-least`. */
export function enhance(input) {
  const settle = () => {
    if (!input.value.trim()) return;
    const value = exact(input.value);
    input.setAttribute("aria-invalid", value === null);
    if (value !== null) { input.value = input.dataset.amount ? formatExact(value, Number(input.dataset.least || 0)) : format(rounded(value, 100n)); input.dispatchEvent(new Event("amount", { bubbles: true })); }
  };
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") settle(); }); // before the form goes
  input.addEventListener("focus", () => input.select());
}
