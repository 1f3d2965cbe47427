/** A product's price the other way: with or without VAT. Whole numbers, never floats. */
import { format } from "./amount.js";

const form = document.getElementById("product-form"), other = document.getElementById("other-price");
if (form && other) {
  const rates = JSON.parse(document.getElementById("rates").textContent);
  const rounded = (value, by) => (value < 0n ? -((-value + by / 2n) / by) : (value + by / 2n) / by);
  const scaled = (text, places) => {
    const found = /^(-?)(\d{1,11})(?:\.(\d*))?$/.exec(text.replace(/['’\s]/g, ""));
    if (!found || (found[3] || "").length > places) return null;
    return BigInt(found[1] + found[2] + (found[3] || "").padEnd(places, "0"));
  };
  const tell = () => {
    const price = scaled(form.elements.price.value, 4), rate = scaled(rates[form.elements.vat_code.value.trim().toUpperCase()] ?? "0", 2);
    other.hidden = price === null || !rate;
    if (other.hidden) return;
    const net = form.elements.basis.value === "net", whole = 10000n + rate;
    const told = net ? rounded(price * whole, 1000000n) : rounded(price * 1000000n, whole * 10000n);
    other.textContent = `${other.dataset[net ? "gross" : "net"]} ${format(told)}`;
  };
  ["input", "change", "chosen"].forEach((name) => form.addEventListener(name, tell));
  tell();
}
