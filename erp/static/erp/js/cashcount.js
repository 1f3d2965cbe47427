/** Counting a cash box: each kind of piece, their sum, and what differs from the book. In Rappen, never in floats. */
import { evaluate, format } from "./amount.js";

const form = document.getElementById("count");
const rappen = (text) => { const minus = text.startsWith("-"), value = evaluate(text.replace("-", "")) ?? 0n; return minus ? -value : value; };

function reckon() {
  let sum = 0n, any = false;
  for (const input of form.querySelectorAll("[data-value]")) {
    const pieces = /^\d{1,7}$/.test(input.value.trim()) ? BigInt(input.value.trim()) : 0n, worth = pieces * rappen(input.dataset.value);
    any ||= Boolean(input.value.trim());
    input.closest(".piece").querySelector("output").textContent = worth ? format(worth) : "";
    sum += worth;
  }
  const all = form.querySelector("[name=counted]").value;
  if (!any && all) { sum = rappen(all); any = true; }
  document.getElementById("counted-sum").textContent = format(sum);
  document.getElementById("difference").textContent = any ? format(sum - rappen(form.dataset.expected)) : "–";
}

if (form) {
  form.addEventListener("input", reckon);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !event.target.matches("[data-value]")) return;
    event.preventDefault();
    const all = [...form.querySelectorAll("[data-value]")];
    (all[all.indexOf(event.target) + 1] || form.querySelector("[name=date]")).focus();
  });
  reckon();
  form.querySelector("[data-value], [name=counted]")?.focus();
}
