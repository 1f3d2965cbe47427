/**
 * A field that finds accounts, codes and cost centres by number or name.
 * `<input data-combobox="accounts">`; choices come from `<script type="application/json" id="accounts">`:
 * [[key, name, extra…], …]. Enter or Tab takes the marked choice.
 */
import { offer } from "./choices.js";

const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const sources = new Map();

function choicesOf(name) {
  if (!sources.has(name)) {
    const element = document.getElementById(name);
    const rows = element ? JSON.parse(element.textContent) : [];
    sources.set(name, rows.map((row) => ({ key: row[0], name: row[1], row, search: folded(row[0] + " " + row[1]) })));
  }
  return sources.get(name);
}

/** The choice whose key is `key`, or undefined. */
export const choice = (source, key) => choicesOf(source).find((c) => c.key.toLowerCase() === key.trim().toLowerCase());

/** Best matches first: key starts with the text, a word of the name does, the text is anywhere. */
export function matches(source, text) {
  const wanted = folded(text.trim());
  if (!wanted) return choicesOf(source).slice(0, 200);
  const ranked = [[], [], []];
  for (const c of choicesOf(source)) {
    if (folded(c.key).startsWith(wanted)) ranked[0].push(c);
    else if (folded(c.name).split(/[\s/(-]+/).some((word) => word.startsWith(wanted))) ranked[1].push(c);
    else if (c.search.includes(wanted)) ranked[2].push(c);
  }
  return ranked.flat().slice(0, 60);
}

export function enhance(input) {
  const source = input.dataset.combobox;
  const take = (c) => {
    input.value = c.key; input.setAttribute("aria-invalid", "false");
    input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: c }));
  };
  offer(input, { find: (text) => matches(source, text), take });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    const text = input.value.trim(), exact = text && choice(source, text);
    if (exact) { take(exact); return; }
    input.setAttribute("aria-invalid", String(Boolean(text)));
    if (!text) input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: null }));
  });
}
