/** The mask of a supplier's invoice: lines by keyboard, reckoned by the server, saved without leaving the page. */
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { choice } from "./combobox.js";
import { shown } from "./dates.js";
import { showFaults } from "./faults.js";
import { enterKeys, newKey, of, propose, tellRate, totals, valueOf, withdraw, write } from "./mask.js";
import { search, settled } from "./searching.js";

const form = document.getElementById("bill"), $ = (id) => document.getElementById(id);
const items = $("items"), sent = JSON.parse($("sent").textContent), texts = form.dataset;
const HEAD = ["number", "booked_on", "due_date", "subject", "currency", "exchange_rate", "basis", "payable", "supply_from", "supply_until", "net_days", "terms_discount", "terms_discount_days", "iban", "reference", "message", "blocked"];
const MORE = ["cost_object", "vat_amount", "supply_from", "supply_until", "spread"];
let head = {}, dirty = false, busy = false, once = newKey(), habit = {}, deposits = [];

// --- lines --------------------------------------------------------------------------------------
const rows = () => [...items.children];
const isEmpty = (row) => !["account", "text", "amount"].some((name) => of(row, name).value.trim() && !of(row, name).dataset.auto);

function addRow(values = {}, after = null) {
  const row = $("item").content.cloneNode(true).firstElementChild;
  if (values.deposit) row.dataset.deposit = values.deposit;
  for (const field of row.querySelectorAll("[name]")) write(field, values[field.name]);
  if (after) after.after(row); else items.append(row);
  enliven(row);
  row.querySelector(".i-more").hidden = !MORE.some((name) => values[name]);
  number();
  return row;
}

function number() {
  rows().forEach((row, nth) => { row.querySelector(".nth").textContent = nth + 1; row.setAttribute("aria-label", String(nth + 1)); });
}

/** A new line is booked as the one before it, or as this supplier's usually are. */
function fillIn(row, last) {
  for (const name of ["account", "vat_code", "cost_centre", "cost_object"]) propose(of(row, name), (last && of(last, name)?.value) || habit[name]);
}

function newRow() {
  const at = document.activeElement?.closest("#items .item"), last = rows().findLast((row) => !isEmpty(row) && !row.dataset.deposit);
  const row = addRow({}, at && at !== rows().at(-1) ? at : null);
  fillIn(row, last);
  of(row, "amount").focus();
  return row;
}

function move(row, step) {
  const other = step < 0 ? row.previousElementSibling : row.nextElementSibling, field = document.activeElement;
  if (!other) return;
  if (step < 0) other.before(row); else other.after(row);
  number(); field.focus(); changed();
}

function remove(row) {
  const next = row.nextElementSibling || row.previousElementSibling;
  row.remove();
  (next || addRow()).querySelector("input").focus();
  number(); changed();
}

function further(row) {
  const more = row.querySelector(".i-more");
  more.hidden = !more.hidden;
  row.querySelector("[data-more]").setAttribute("aria-expanded", String(!more.hidden));
  if (!more.hidden) more.querySelector("input").focus();
}

items.addEventListener("click", (event) => {
  const row = event.target.closest(".item");
  if (event.target.closest("[data-take]")) remove(row);
  if (event.target.closest("[data-more]")) further(row);
});
/** An account brings its VAT code along. */
items.addEventListener("chosen", (event) => {
  const row = event.target.closest(".item");
  if (event.target.name === "account" && event.detail) { withdraw(of(row, "vat_code")); propose(of(row, "vat_code"), event.detail.row[2]); }
  changed();
});

// --- reading and filling ------------------------------------------------------------------------
function read() {
  const lines = rows().filter((row) => !isEmpty(row) || rows().length === 1);
  const told = { id: sent.id || "", kind: $("kind").dataset.kind || $("kind").value, contact: $("supplier").dataset.id || "", date: valueOf($("date")), version: sent.version || null, follows: sent.follows || "", inbox: sent.inbox || "" };
  for (const name of HEAD) told[name] = valueOf($(name));
  for (const name of ["is_deposit", "duplicate_confirmed"]) told[name] = $(name).checked;
  told.payee = [Object.fromEntries([...form.querySelectorAll("[data-payee]")].map((field) => [field.dataset.payee, field.value.trim()]))];
  told.instalments = sent.instalments || [];
  told.lines = lines.map((row) => ({ deposit: row.dataset.deposit || "", ...Object.fromEntries([...row.querySelectorAll("[name]")].map((f) => [f.name, valueOf(f)])) }));
  return { told, lines };
}

function fill() {
  $("date").value = sent.date ? shown(sent.date) : "";
  if (!$("kind").dataset.kind) $("kind").value = sent.kind;
  for (const name of HEAD) if (sent[name]) write($(name), sent[name]);
  for (const name of ["is_deposit", "duplicate_confirmed"]) $(name).checked = Boolean(sent[name]);
  for (const field of form.querySelectorAll("[data-payee]")) field.value = sent.payee?.[0]?.[field.dataset.payee] || "";
  sent.lines.forEach((line) => addRow(line));
  if (!sent.lines.length) addRow();
}

// --- the supplier -------------------------------------------------------------------------------
async function known(id) {
  habit = {}; deposits = [];
  if (id) {
    const answer = await fetch(`${texts.supplier}?${new URLSearchParams({ id })}`, { headers: { Accept: "application/json" } }).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (told && $("supplier").dataset.id === id) {
      habit = told.habit; deposits = told.deposits;
      $("iban").placeholder = told.ibans[0] || "";
      for (const row of rows()) if (isEmpty(row)) { for (const name of ["account", "vat_code", "cost_centre", "cost_object"]) withdraw(of(row, name)); fillIn(row, null); }
      $("habit-said").textContent = habit.times ? texts.habit.replace("{times}", habit.times).replace("{of}", habit.of) : "";
    }
  }
  $("deposits").replaceChildren(...deposits.filter((one) => one.currency === ($("currency").value || head.currency || texts.currency)).map((one) => {
    const button = document.createElement("button");
    button.type = "button"; button.className = "quiet"; button.dataset.deposit = one.id;
    button.textContent = `− ${texts.deposit} ${one.number} (${one.date}): ${one.currency} ${one.left}`;
    button.addEventListener("click", () => {
      if (rows().some((row) => row.dataset.deposit === one.id)) return;
      for (const line of $("basis").value === "net" ? one.net : one.gross) addRow(line);
      changed();
    });
    return button;
  }));
  changed();
}

// --- what the server says -----------------------------------------------------------------------
let asked = 0, timer = null;
function changed() {
  dirty = true;
  clearTimeout(timer);
  timer = setTimeout(reckon, 250);
}

async function reckon() {
  const nth = ++asked, { told, lines } = read();
  if (!told.contact || !told.date) return;
  const body = new FormData();
  body.set("document", JSON.stringify(told));
  $("totals").classList.add("stale");
  const { result } = await send(texts.preview, body);
  if (nth !== asked || !result) return;
  showFaults(form, result.errors, lines, { quiet: true });
  if (result.errors.length) return;
  $("totals").classList.remove("stale");
  tell(result, lines);
}

function tell(result, lines) {
  head = result.head;
  $("supplier-said").textContent = result.supplier.slice(1).join(", ");
  for (const name of ["currency", "due_date", "booked_on", "net_days", "terms_discount", "terms_discount_days"]) $(name).placeholder = head[name];
  $("head-said").textContent = [head.currency, head.booked_on].filter(Boolean).join(" · ");
  lines.forEach((row, nth) => {
    const line = result.lines[nth];
    for (const name of ["amount", "account", "vat_code", "cost_centre"]) { const field = of(row, name); if (field) field.placeholder = line[name]; }
    row.querySelector(".i-tax").textContent = line.vat === "0.00" ? "" : line.vat;
    of(row, "account").title = choice("accounts", of(row, "account").value || line.account)?.name || "";
    const code = of(row, "vat_code");
    if (code) code.title = `${choice("vat-codes", code.value || line.vat_code)?.name || ""} ${line.rate} %`.trim();
  });
  $("payable").placeholder = result.lines_total;
  $("totals").replaceChildren(...totals([[texts.net, result.net, false], ...result.vat.filter((one) => one[3] !== "0.00").map(([code, rate, , tax]) => [`${code} ${rate} %`, tax, false]), [`${texts.total} ${head.currency}`, result.payable, true]]));
  const twins = $("twins");
  twins.hidden = !result.twins.length;
  twins.querySelector("ul").replaceChildren(...result.twins.map((twin) => {
    const li = document.createElement("li"), what = twin.id ? document.createElement("a") : document.createElement("span");
    if (twin.id) { what.href = texts.one.replace("/0/", `/${twin.id}/`); what.target = "_blank"; }
    what.textContent = twin.called;
    li.append(what, `: ${twin.why}`);
    return li;
  }));
  tellRate(form, $("currency").value || head.currency, valueOf($("date")));
}

// --- saving -------------------------------------------------------------------------------------
async function save(submits) {
  if (busy) return;
  busy = true;
  try {
    document.activeElement?.blur();
    await settled($("supplier"));
    const { told, lines } = read(), body = new FormData();
    body.set("document", JSON.stringify(told));
    body.set("do", submits ? "submit" : "save");
    body.set("once", once);
    const { result, errors } = await send(location.pathname, body);
    if (errors) {
      if (!errors.some((error) => error.unsure)) once = newKey();
      showFaults(form, errors, lines);
      return;
    }
    dirty = false;
    once = newKey();  // whoever comes back to this mask writes another invoice
    location.href = $("onwards")?.checked ? result.next : result.url;
  } finally { busy = false; }
}
form.addEventListener("submit", (event) => { event.preventDefault(); save(false); });
$("hand-in")?.addEventListener("click", () => save(true));
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// --- keyboard -----------------------------------------------------------------------------------
function wanted(field) {
  if (field.hasAttribute("data-skip")) return false;
  return !(field.hasAttribute("data-skip-filled") && (field.value || (field.placeholder && !field.hasAttribute("data-hint"))));
}
enterKeys(form, { rows, isEmpty, wanted, newRow, first: "amount", save: (submits) => { if (!submits || $("hand-in")) save(submits); } });
const ALT = { ArrowUp: (row) => row && move(row, -1), ArrowDown: (row) => row && move(row, 1), Delete: (row) => row && remove(row), KeyM: (row) => row && further(row), KeyK: () => { $("more").open = !$("more").open; if ($("more").open) $("subject").focus(); } };
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const act = event.key === "+" ? () => newRow() : ALT[event.code] || ALT[event.key];
  if (!act) return;
  event.preventDefault();
  act(document.activeElement?.closest("#items .item"));
});
form.querySelector("[data-add]").addEventListener("click", () => newRow());
form.addEventListener("input", (event) => { delete event.target.dataset.auto; changed(); });
form.addEventListener("change", changed);
search($("supplier"), {
  address: (words) => `${texts.suppliers}?${new URLSearchParams({ q: words })}`,
  written: (one) => one.name,
  take: (one) => {
    $("supplier").dataset.id = one?.id || "";
    if ($("new-supplier")) $("new-supplier").hidden = one !== undefined;
    $("supplier-said").textContent = one ? `${one.key} · ${one.place}` : "";
    if (one && document.activeElement === $("supplier")) $("number").focus();
    known(one?.id);
  },
});

fill();
if (sent.contact) known(sent.contact);
dirty = false;
reckon();
(sent.contact ? ($("number").value ? items.querySelector("input") : $("number")) : $("supplier")).focus();
