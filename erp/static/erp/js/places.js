/**
 * Postcode and town belong together: `<input data-place="postcode">` beside `<input data-place="town">`
 * in one form, perhaps with a `country`. A postcode brings its town, where there is but one. Of several
 * addresses in a form, each stands in an element with `data-place-scope`.
 */
import { offer } from "./choices.js";
import { ask } from "./lookups.js";

const SWISS = ["CH", "LI", ""];

async function find(scope, text) {
  const field = scope.querySelector("[data-place=country], [name=country]"), country = field?.value.trim().toUpperCase() ?? "";
  if (text.trim().length < 2 || !SWISS.includes(country)) return [];
  const found = new Map();
  for (const one of await ask("reference/localities", { q: text.trim() }) || []) {
    const same = found.get(one.postcode + one.name);
    if (same) same.name += `, ${one.commune}`;
    else found.set(one.postcode + one.name, { kind: one.kind, key: one.postcode, town: one.name, name: [`${one.name} ${one.canton}`, one.commune].filter(Boolean).join(" · ") });
  }
  return [...found.values()];
}

export function enhance(input) {
  if (input.dataset.place === "country") return;
  const form = input.closest("[data-place-scope]") ?? input.form, fields = { postcode: form.querySelector("[data-place=postcode]"), town: form.querySelector("[data-place=town]") };
  const take = (one) => {
    if (fields.postcode) fields.postcode.value = one.key;
    if (fields.town) fields.town.value = one.town;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  const list = offer(input, { find: (text) => find(form, text), take });
  if (input !== fields.postcode) return;
  const isTyped = () => fields.town.value && fields.town.dataset.brought !== fields.town.value;
  input.addEventListener("input", async () => {
    const text = input.value.trim();
    if (!/^\d{4}$/.test(text) || !fields.town || isTyped()) return;
    const all = await find(form, text), places = all.filter((one) => one.kind === "place");
    const [only, ...others] = places.length ? places : all;
    if (!only || others.length || input.value.trim() !== text || isTyped()) return;
    fields.town.value = fields.town.dataset.brought = only.town;
    if (document.activeElement === fields.town) fields.town.select(); // whoever types there types over it
    list.close();
  });
}
