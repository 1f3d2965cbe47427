/** The mask of a document: lines by keyboard, reckoned by the server, saved without leaving the page. */
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { choice } from "./combobox.js";
import { shown } from "./dates.js";
import { showFaults } from "./faults.js";
import { enterKeys, newKey, of, propose, tellRate, totals, valueOf, withdraw, write } from "./mask.js";
import { search, settled } from "./searching.js";

const form = document.getElementById("document"), $ = (id) => document.getElementById(id);
const items = $("items"), sent = JSON.parse($("sent").textContent);
const HEAD = ["customer_reference", "subject", "language", "basis", "currency", "exchange_rate", "supply_from", "supply_until", "valid_until", "net_days", "terms_discount", "terms_discount_days", "bank_account", "five_centimes", "discount_percent", "discount_amount", "person"];
let head = {}, dirty = false, busy = false, once = newKey(), habit = sent.habit || {};

// --- lines --------------------------------------------------------------------------------------
const rows = () => [...items.children];
const isEmpty = (row) => row.dataset.kind === "item" && !["product", "text", "price"].some((name) => of(row, name).value.trim());
const fit = (area) => { area.rows = Math.min(12, area.value.split("\n").length); };
const shownIn = (row, name) => of(row, name)?.value || of(row, name)?.placeholder;

function addRow(kind, values = {}, after = null) {
  const row = $(kind).content.cloneNode(true).firstElementChild;
  for (const name of ["source", "deposit"]) if (values[name]) row.dataset[name] = values[name];
  for (const field of row.querySelectorAll("[name]")) write(field, values[field.name]);
  if (after) after.after(row); else items.append(row);
  enliven(row);
  row.querySelectorAll("textarea").forEach(fit);
  if (kind === "item") {
    product(row);
    row.querySelector(".i-more").hidden = !["supply_from", "supply_until", "discount_amount", "cost_centre", "cost_object"].some((name) => values[name]);
  }
  number();
  return row;
}

function number() {
  rows().forEach((row, nth) => {
    row.querySelector(".nth").textContent = nth + 1;
    row.setAttribute("aria-label", String(nth + 1));
  });
}

function newRow(kind = "item") {
  const last = rows().findLast((row) => row.dataset.kind === "item" && !isEmpty(row));
  const at = document.activeElement?.closest("#items .item");
  const row = addRow(kind, {}, at && at !== rows().at(-1) ? at : null);
  if (kind === "item") {
    propose(of(row, "account"), last ? shownIn(last, "account") : habit.account);
    propose(of(row, "vat_code"), last ? shownIn(last, "vat_code") : habit.vat_code);
  }
  row.querySelector("input, textarea").focus();
  return row;
}

function product(row) {
  const input = of(row, "product"), text = of(row, "text"), unit = of(row, "unit");
  const field = search(input, {
    address: (words) => `${form.dataset.products}?${new URLSearchParams({ q: words, language: $("language").value || head.language || "" })}`,
    written: (one) => one.key,
    take: (one, typed) => {
      if (one) {
        for (const name of ["text", "unit", "account", "vat_code", "price"]) withdraw(of(row, name));
        propose(text, one.text); propose(unit, one.unit); fit(text);
        if (document.activeElement === input) of(row, "quantity").focus();
      } else if (one === undefined && !text.value) {  // no product is called so: it is a text
        text.value = typed; input.value = ""; field.know(); input.setAttribute("aria-invalid", "false"); fit(text);
      }
      changed();
    },
  });
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
  (next || addRow("item")).querySelector("input, textarea").focus();
  number(); changed();
}

items.addEventListener("click", (event) => {
  const row = event.target.closest(".item");
  if (event.target.closest("[data-take]")) remove(row);
  if (event.target.closest("[data-more]")) further(row);
});
function further(row) {
  const more = row.querySelector(".i-more");
  if (!more) return;
  more.hidden = !more.hidden;
  row.querySelector("[data-more]").setAttribute("aria-expanded", String(!more.hidden));
  if (!more.hidden) more.querySelector("input").focus();
}

/** An account brings its VAT code along. */
items.addEventListener("chosen", (event) => {
  const row = event.target.closest(".item");
  if (event.target.name === "account" && event.detail && !of(row, "product").value) propose(of(row, "vat_code"), event.detail.row[2]);
  changed();
});

// --- reading and filling ------------------------------------------------------------------------
/** The document as typed, and the row of each line that is sent. */
function read() {
  const lines = rows().filter((row) => !isEmpty(row));
  const told = { kind: $("kind").dataset.kind || $("kind").value, contact: $("customer").dataset.id || "", date: valueOf($("date")), version: sent.version || null, follows: sent.follows || "" };
  for (const name of HEAD) told[name] = valueOf($(name));
  if (!$("person").dataset.told) told.person = $("person").dataset.wanted;  // who may be chosen is not known yet
  for (const name of ["is_deposit", "open_amount_on_slip"]) told[name] = $(name).checked;
  for (const name of ["intro", "closing"]) told[name] = $(name).dataset.touched ? $(name).value : null;
  told.instalments = [...document.querySelectorAll(".instalment")].map((one) => Object.fromEntries([...one.querySelectorAll("input")].map((i) => [i.dataset.part, i.value.trim()]))).filter((one) => one.percent);
  told.own = [...form.querySelectorAll("[name^='own-']")].map((field) => ({ code: field.name.slice(4), value: valueOf(field) }));
  told.lines = lines.map((row) => ({ kind: row.dataset.kind, source: row.dataset.source || "", deposit: row.dataset.deposit || "", ...Object.fromEntries([...row.querySelectorAll("[name]")].map((f) => [f.name, f.tagName === "TEXTAREA" ? f.value : valueOf(f)])) }));
  return { told, lines };
}

function fill() {
  $("date").value = shown(sent.date);
  if (!$("kind").dataset.kind) $("kind").value = sent.kind;
  for (const name of HEAD) if (sent[name]) write($(name), sent[name]);
  $("person").dataset.wanted = sent.person || "";
  for (const name of ["is_deposit", "open_amount_on_slip"]) $(name).checked = Boolean(sent[name]);
  for (const name of ["intro", "closing"]) if (typeof sent[name] === "string") { $(name).value = sent[name]; $(name).dataset.touched = "1"; }
  (sent.instalments || []).forEach(addInstalment);
  sent.lines.forEach((line) => addRow(line.kind, line));
  if (!sent.lines.length) { const row = addRow("item"); propose(of(row, "account"), habit.account); propose(of(row, "vat_code"), habit.vat_code); }
  kinds();
}

function addInstalment(values = {}) {
  const one = $("instalments").querySelector("template").content.cloneNode(true).firstElementChild;
  for (const input of one.querySelectorAll("input")) input.value = values[input.dataset.part] || "";
  $("add-instalment").before(one);
  return one;
}
$("terms")?.addEventListener("change", (event) => {
  const told = event.target.selectedOptions[0].dataset;
  document.querySelectorAll(".instalment").forEach((one) => one.remove());
  for (const name of ["net_days", "terms_discount", "terms_discount_days"]) $(name).value = told[name] || "";
  for (const part of (told.instalments || "").split(";").filter(Boolean)) { const [percent, days] = part.split(" "); addInstalment({ percent, days }); }
});
$("add-instalment").addEventListener("click", () => addInstalment().querySelector("input").focus());

function kinds() {
  const kind = $("kind").dataset.kind || $("kind").value;
  form.querySelectorAll("[data-of]").forEach((part) => { part.hidden = !part.dataset.of.split(" ").includes(kind); });
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
  if (!told.contact) return;
  const body = new FormData();
  body.set("document", JSON.stringify(told));
  $("totals").classList.add("stale");
  const { result } = await send(form.dataset.preview, body);
  if (nth !== asked || !result) return;
  showFaults(form, result.errors, lines, { quiet: true });
  if (result.errors.length) return;
  $("totals").classList.remove("stale");
  tell(result, lines);
}

function tell(result, lines) {
  head = result.head;
  $("customer-said").textContent = result.customer.slice(1).join(", ");
  for (const name of ["discount_percent", "net_days", "terms_discount", "terms_discount_days", "valid_until", "currency"]) $(name).placeholder = head[name];
  for (const name of ["language", "basis", "five_centimes"]) {
    const select = $(name), agreed = select.querySelector("[data-default]");
    agreed.textContent = [...select.options].find((o) => o.value === head[name] && o !== agreed)?.textContent || "–";
  }
  for (const name of ["intro", "closing"]) if (!$(name).dataset.touched) $(name).value = head[name];
  persons(result.persons);
  $("head-said").textContent = [head.currency, $("language").querySelector(`[value="${$("language").value || head.language}"]`)?.textContent, head.due_date && `→ ${head.due_date}`].filter(Boolean).join(" · ");
  lines.forEach((row, nth) => {
    const line = result.lines[nth];
    row.querySelector(".i-amount").textContent = line.amount;
    if (row.dataset.kind !== "item") return;
    for (const name of ["unit", "price", "account", "vat_code", "cost_centre", "cost_object"]) { const field = of(row, name); if (field) field.placeholder = line[name]; }
    of(row, "quantity").placeholder = "1";
    const account = of(row, "account"), code = of(row, "vat_code");
    account.title = choice("accounts", account.value || line.account)?.name || "";
    if (code) code.title = `${choice("vat-codes", code.value || line.vat_code)?.name || ""} ${line.rate} %`.trim();
  });
  $("totals").replaceChildren(...totals(result.totals));
  $("why").replaceChildren(...result.why.map((text) => { const li = document.createElement("li"); li.textContent = text; return li; }));
  tellRate(form, $("currency").value || head.currency, valueOf($("date")));
}

function persons(found) {
  const select = $("person"), chosen = select.value || select.dataset.wanted;
  const told = JSON.stringify(found);
  if (select.dataset.told === told) return;
  select.dataset.told = told;
  select.replaceChildren(new Option("–", ""), ...found.map(([id, name]) => new Option(name, id)));
  select.value = found.some(([id]) => id === chosen) ? chosen : "";
}

// --- saving -------------------------------------------------------------------------------------
async function save(issues) {
  if (busy) return;
  busy = true;
  try {
    document.activeElement?.blur();
    await Promise.all([...form.querySelectorAll("#customer, [name=product]")].map(settled));
    const { told, lines } = read(), body = new FormData();
    body.set("document", JSON.stringify(told));
    body.set("do", issues ? "issue" : "save");
    body.set("once", once);
    const { result, errors } = await send(location.pathname, body);
    if (errors) {
      if (!errors.some((error) => error.unsure)) once = newKey();
      showFaults(form, errors, lines);
      return;
    }
    dirty = false;
    once = newKey();  // whoever comes back to this mask writes another document
    location.href = result.url;
  } finally { busy = false; }
}
form.addEventListener("submit", (event) => { event.preventDefault(); save(false); });
$("issue")?.addEventListener("click", () => save(true));
addEventListener("beforeunload", (event) => { if (dirty) event.preventDefault(); });

// --- keyboard -----------------------------------------------------------------------------------
/** Enter goes where something is usually missing; Tab goes everywhere. */
function wanted(field) {
  if (field.hasAttribute("data-skip")) return false;
  const row = field.closest(".item");
  if (!row || row.dataset.kind !== "item") return true;
  const has = of(row, "product").value.trim();
  if (field.name === "text") return !has && !field.value.trim();
  if (field.name === "price") return !has;
  return !field.hasAttribute("data-skip-filled") || !(has || field.value || field.placeholder);
}

enterKeys(form, { rows, isEmpty, wanted, newRow, first: "text", save: (issues) => { if (!issues || $("issue")) save(issues); } });
const ALT = { ArrowUp: (row) => row && move(row, -1), ArrowDown: (row) => row && move(row, 1), Delete: (row) => row && remove(row), KeyM: (row) => row && further(row), KeyT: () => newRow("text"), KeyS: () => newRow("subtotal"), KeyK: () => { $("more").open = !$("more").open; if ($("more").open) $("person").focus(); } };
document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey) return;
  const act = event.key === "+" ? () => newRow() : ALT[event.code] || ALT[event.key];
  if (!act) return;
  event.preventDefault();
  act(document.activeElement?.closest("#items .item"));
  if (event.key === "+" || ["KeyT", "KeyS"].includes(event.code)) changed();
});
form.querySelectorAll("[data-add]").forEach((button) => button.addEventListener("click", () => { newRow(button.dataset.add); changed(); }));

form.addEventListener("input", (event) => {
  delete event.target.dataset.auto;
  if (event.target.tagName === "TEXTAREA") { fit(event.target); if (!event.target.closest(".item")) event.target.dataset.touched = "1"; }
  changed();
});
form.addEventListener("change", changed);
$("kind").addEventListener("change", kinds);
search($("customer"), {
  address: (words) => `${form.dataset.customers}?${new URLSearchParams({ q: words })}`,
  written: (one) => one.name,
  take: (one) => {
    $("customer").dataset.id = one?.id || "";
    if ($("new-customer")) $("new-customer").hidden = one !== undefined;
    $("customer-said").textContent = one ? `${one.key} · ${one.place}` : "";
    if (one && document.activeElement === $("customer")) $("subject").focus();
    changed();
  },
});

fill();
dirty = false;
reckon();
(sent.contact ? ($("subject").value || sent.lines.length ? items.querySelector("input, textarea") : $("subject")) : $("customer")).focus();
