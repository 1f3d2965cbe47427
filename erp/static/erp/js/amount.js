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

/** The value in Rappen (BigInt), or null when the text is no sum. Half a Rappen rounds away from zero. */
export function evaluate(text) {
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
  return rounded(total + sign * product, 100n);
}

/** Rappen as `1’234.55`. */
export function format(rappen) {
  const minus = rappen < 0n ? "-" : "";
  const digits = (rappen < 0n ? -rappen : rappen).toString().padStart(3, "0");
  return minus + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, "’") + "." + digits.slice(-2);
}

/** Rappen as the server reads them: `1234.55`. */
export const plain = (rappen) => format(rappen).replaceAll("’", "");

export function enhance(input) {
  const settle = () => {
    if (!input.value.trim()) return;
    const value = evaluate(input.value);
    input.setAttribute("aria-invalid", value === null);
    if (value !== null) { input.value = format(value); input.dispatchEvent(new Event("amount", { bubbles: true })); }
  };
  input.addEventListener("blur", settle);
  input.addEventListener("keydown", (event) => { if (event.key === "Enter") settle(); }); // before the form goes
  input.addEventListener("focus", () => input.select());
}
