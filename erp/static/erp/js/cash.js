/** The row at the foot of a cash book: Enter books it and stands ready for the next; Alt and + splits a part off. */
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { evaluate, format, plain, plainValue } from "./amount.js";
import { choice } from "./combobox.js";
import { readDate } from "./dates.js";
import { rateOf } from "./rates.js";

const form = document.getElementById("cash-entry"), $ = (id) => document.getElementById(id);
const history = form ? JSON.parse($("history").textContent) : [];
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");
let busy = false, once = null;

const parts = () => [...form.querySelectorAll("[data-part]")];
const dateOf = () => readDate($("date").value, $("date").dataset.reference) || $("date").value;
const amountOf = (input) => { const value = evaluate(input.value); return value === null ? input.value.trim() : plain(value); };
const whole = () => evaluate($("receipt").value || $("payment").value || "0") ?? 0n;

/** What is left for the row's own account when parts are split off. */
function rest() {
  const split = parts().reduce((sum, part) => sum + (evaluate(part.querySelector("[name=amount]").value || "0") ?? 0n), 0n);
  $("rest").textContent = parts().length ? `${$("account").value || "…"}: ${format(whole() - split)}` : "";
  return whole() - split;
}

function split() {
  const part = $("part").content.cloneNode(true).querySelector("[data-part]");
  $("parts").append(part);
  enliven(part);
  part.addEventListener("amount", rest);
  part.querySelector(".drop-part").addEventListener("click", () => { part.remove(); rest(); $("account").focus(); });
  part.querySelector("[name=account]").addEventListener("chosen", (event) => takeCode(part.querySelector("[name=vat_code]"), event));
  part.querySelector("[name=amount]").focus();
}

/** An account brings its VAT code along, but only when it is newly chosen. */
function takeCode(code, event) {
  const now = event.detail?.key || "";
  if (code && event.target.dataset.taken !== now) code.value = event.detail?.row[2] || "";
  event.target.dataset.taken = now;
}

function missing() {
  if (!$("date").value.trim()) return $("date");
  if (!$("text").value.trim()) return $("text");
  if (!$("receipt").value.trim() && !$("payment").value.trim()) return document.activeElement === $("receipt") ? $("payment") : $("receipt");
  if ($("rate") && !$("rate").value.trim()) return $("rate");
  if (rest() !== 0n && !choice("accounts", $("account").value)) return $("account");
  return parts().map((part) => ["amount", "account"].map((name) => part.querySelector(`[name=${name}]`)).find((input) => !input.value.trim())).find(Boolean) || null;
}

function refuse(errors) {
  $("refusal").replaceChildren(...errors.map((error) => { const line = document.createElement("div"); line.textContent = error.message; return line; }));
  $("refusal").hidden = !errors.length;
  const place = errors[0]?.field === "amount" ? ($("receipt").value ? $("receipt") : $("payment")) : $(errors[0]?.field);
  if (errors.length) (place || $("text")).focus();
}

function read() {
  const typed = { date: dateOf(), once: once ??= newKey(), parts: [] };
  for (const name of ["text", "account", "vat_code", "cost_centre", "cost_object"]) typed[name] = $(name)?.value.trim() || "";
  for (const name of ["receipt", "payment"]) typed[name] = amountOf($(name));
  if ($("rate")) typed.rate = $("rate").value.trim();
  for (const part of parts()) typed.parts.push(Object.fromEntries([...part.querySelectorAll("input[name]")].map((i) => [i.name, i.hasAttribute("data-amount") ? plainValue(i) : i.value.trim()])));
  return typed;
}

/** The rows as they are now: read anew from the page itself, so that balances are the server's. */
async function renew() {
  const answer = await fetch(location.href);
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("book");
  if (fresh) $("book").replaceChildren(...fresh.children);
}

function clear(typed) {
  for (const name of ["text", "receipt", "payment", "account", "vat_code", "cost_centre", "cost_object"]) if ($(name)) { $(name).value = ""; $(name).dataset.taken = ""; $(name).setAttribute("aria-invalid", "false"); }
  $("account-said").textContent = ""; $("voucher_file").value = ""; $("parts").replaceChildren(); rest();
  $("date").dataset.reference = typed.date;
  $("text").focus();
}

async function save() {
  if (busy) return;
  busy = true;
  const typed = read(), data = new FormData();
  data.set("entry", JSON.stringify(typed));
  for (const file of $("voucher_file").files) data.append("voucher_file", file);
  try {
    const { result, errors } = await send(location.pathname, data);
    if (errors) { if (!errors.every((e) => e.unsure)) once = null; refuse(errors); return; }
    once = null;
    refuse([]);
    $("said").textContent = result.said; $("said").hidden = false;
    history.unshift([typed.text, typed.account, typed.vat_code, typed.cost_centre]);
    clear(typed);
    await renew();
  } finally { busy = false; }
}

if (form) {
  form.addEventListener("submit", (event) => { event.preventDefault(); save(); });
  form.addEventListener("keydown", (event) => {
    if (event.altKey && event.key === "+") { event.preventDefault(); split(); return; }
    if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
    event.preventDefault();
    setTimeout(() => { const place = missing(); if (place) place.focus(); else { document.activeElement?.blur(); save(); } }, 0);
  });
  $("split").addEventListener("click", split);
  for (const [one, other] of [["receipt", "payment"], ["payment", "receipt"]]) $(one).addEventListener("amount", () => { if ($(one).value) $(other).value = ""; rest(); });
  $("account").addEventListener("chosen", (event) => { takeCode($("vat_code"), event); $("account-said").textContent = event.detail?.name || ""; rest(); });
  $("text").addEventListener("change", () => {
    const found = history.find((row) => row[0] === $("text").value);
    if (!found || $("account").value) return;
    [["account", found[1]], ["vat_code", found[2]], ["cost_centre", found[3]]].forEach(([name, value]) => { if ($(name)) { $(name).value = value || ""; $(name).dataset.taken = value || ""; } });
    $("account-said").textContent = choice("accounts", found[1])?.name || "";
  });
  $("rate")?.addEventListener("focus", async () => {
    if ($("rate").value) return;
    const told = await rateOf(form.dataset.currency, dateOf());
    $("rate").title = told?.refusal || (told ? `${told.source_name} ${told.published}` : "");
    if (told?.value && !$("rate").value) { $("rate").value = told.value; $("rate").select(); }
  });
  document.querySelector(".cash-rows tfoot")?.scrollIntoView({ block: "nearest" });
  $("text").focus();
}
