/** A field that asks the server while one types: customers, products. */
import { offer } from "./choices.js";

const settling = new WeakMap();

/** Wait until what was typed into a field is known, or known to be unknown. Nobody who types does. */
export const settled = (input) => settling.get(input)?.();

/**
 * `address(text)` is asked for `{ found: [{ key, name, … }] }`; `take(choice, text)` gets the one taken,
 * null where the field is empty, or undefined where nothing is found.
 */
export function search(input, { address, take, written }) {
  let known = input.value.trim(), pending = null, hurried = false;
  const ask = async (text) => {
    const answer = await fetch(address(text), { headers: { Accept: "application/json" } }).catch(() => null);
    return answer?.ok && !answer.redirected ? (await answer.json()).found : null;
  };
  const taken = (one) => {
    input.value = known = written(one);
    input.setAttribute("aria-invalid", "false");
    take(one, known);
  };
  const find = async (text) => {
    if (!text.trim() || text.trim() === known) return [];
    await new Promise((go) => setTimeout(go, 120));
    return input.value === text ? await ask(text.trim()) || [] : [];
  };
  const list = offer(input, { find, take: taken });
  /** Whoever types on before the answer is there gets the first choice, or the only one. */
  const settle = async (first) => {
    const text = input.value.trim();
    if (text === known) return;
    list.close();
    if (!text) { known = ""; input.setAttribute("aria-invalid", "false"); take(null, ""); return; }
    const found = await ask(text);
    if (input.value.trim() !== text || !found) return;
    const one = found.find((c) => c.key.toLowerCase() === text.toLowerCase()) || (first || found.length === 1 ? found[0] : null);
    if (one) { taken(one); return; }
    input.setAttribute("aria-invalid", "true");
    take(found.length ? null : undefined, text);
    known = input.value.trim();
  };
  const once = (first) => { pending ||= settle(first).finally(() => { pending = null; }); return pending; };
  settling.set(input, () => once(true));
  input.addEventListener("keydown", (event) => { hurried = ["Tab", "Enter"].includes(event.key); });
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => { once(hurried); });
  /** What a script writes into the field is known. */
  return { know: () => { known = input.value.trim(); } };
}
