/** Masks with lines: values as people read and write them, Enter that goes where something is missing, rates. */
import { exact, formatExact, plainValue } from "./amount.js";
import { readDate, shown } from "./dates.js";
import { rateOf } from "./rates.js";

/** A key by which the server knows what it was sent before. */
export const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

/** The field of a line. */
export const of = (row, name) => row.querySelector(`[name=${name}]`);

/** A value of the server as people read it. */
export function write(field, value) {
  const figure = value && field.hasAttribute("data-amount") ? exact(value) : null;
  if (figure !== null) field.value = formatExact(figure, Number(field.dataset.least || (field.dataset.amount ? 0 : 2)));
  else field.value = value && field.hasAttribute("data-date") ? shown(value) : value || "";
}

/** A value as the server reads it. */
export function valueOf(field) {
  const text = field.value.trim();
  if (!text) return "";
  if (field.hasAttribute("data-amount")) return plainValue(field);
  return field.hasAttribute("data-date") ? readDate(text, field.dataset.reference) || text : text;
}

/** What the program fills in gives way to what somebody types. */
export const propose = (input, value) => { if (input && value && !input.value) { input.value = value; input.dataset.auto = "1"; } };
export const withdraw = (input) => { if (input?.dataset.auto) { input.value = ""; delete input.dataset.auto; } };

/** The terms of a list, by label, amount and whether it is strong, as `dt` and `dd`. */
export const totals = (rows) => rows.flatMap(([label, amount, strong]) => {
  const dt = document.createElement("dt"), dd = document.createElement("dd");
  dt.textContent = label; dd.textContent = amount; dd.className = "figure";
  if (strong) { dt.className = "strong"; dd.classList.add("strong"); }
  return [dt, dd];
});

let rateAsked = 0;
/** Show the official rate of a day in the fields `exchange_rate`, `rate-box` and `rate-said`, where it is needed. */
export async function tellRate(form, currency, date) {
  const nth = ++rateAsked, box = document.getElementById("rate-box"), code = (currency || "").toUpperCase();
  const foreign = code && code !== form.dataset.currency;
  box.hidden = !foreign;
  const told = foreign && /^\d{4}-\d\d-\d\d$/.test(date) ? await rateOf(code, date) : null;
  if (nth !== rateAsked) return;
  document.getElementById("exchange_rate").placeholder = told?.value || "";
  document.getElementById("rate-said").textContent = told?.refusal || (told ? `${told.source_name} ${shown(told.published)}` : "");
}

/**
 * Enter goes on to the next field that is `wanted`, from the last line to a new one (`newRow`), and from an empty
 * last one (`isEmpty`, in its field `first`) to the button that saves; Shift Enter goes back. Tab goes everywhere.
 */
export function enterKeys(form, { rows, isEmpty, wanted, newRow, first, save }) {
  const fields = () => [...form.querySelectorAll("input:not([type=hidden], [type=checkbox], [readonly]), select, textarea, button.primary")].filter((e) => e.offsetParent !== null && !e.closest("details:not([open])"));
  const next = (from, back) => {
    const row = from.closest("#items .item"), all = fields(), at = all.indexOf(from);
    if (!back && from.dataset.enter) { document.getElementById(from.dataset.enter).focus(); return; }
    if (!back && row && row === rows().at(-1)) {
      const rest = all.slice(at + 1).filter((one) => row.contains(one) && wanted(one));
      if (isEmpty(row) && from.name === first && rows().length > 1) { form.querySelector("button.primary").focus(); return; }
      if (!rest.length) { newRow(); return; }
    }
    const way = back ? all.slice(0, at).reverse() : all.slice(at + 1);
    (way.find(wanted) || from).focus();
  };
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); save(event.shiftKey); return; }
    if (event.key !== "Enter" || event.isComposing || event.target.closest("button, summary")) return;
    const area = event.target.tagName === "TEXTAREA";
    if (area && (event.shiftKey || !event.target.closest(".item"))) return;
    event.preventDefault();
    if (document.activeElement === event.target) next(event.target, event.shiftKey);
  });
}
