/** The entry mask: moves by keyboard, saves without leaving the page. */
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { evaluate, format, plain } from "./amount.js";
import { choice } from "./combobox.js";
import { readDate, shown } from "./dates.js";
import { convertedText, rateOf } from "./rates.js";
import { keepKeyboard } from "./viewer.js";

const mask = document.getElementById("mask");
const $ = (id) => document.getElementById(id);
const body = mask.querySelector("#split tbody");
const history = JSON.parse($("history").textContent);
const SIMPLE = ["debit", "credit", "amount", "amount_foreign", "vat_code", "vat_basis", "vat_rate", "supply_date", "cost_centre", "cost_object"];
const TIME = ["concerns_from", "concerns_until"];  // folded away, they say nothing
let draftId = null, last = null, busy = false, once = null, left = null;
const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

// --- lines of a split entry ---------------------------------------------------------------------
function addLine(values = {}) {
  const row = $("line").content.cloneNode(true).querySelector("tr");
  for (const [name, value] of Object.entries(values)) {
    const input = row.querySelector(`[name=${name}]`);
    if (input) input.value = value; else if (value) row.dataset[name] = value;
  }
  body.append(row);
  enliven(row);
  const account = row.querySelector("[name=account]"), code = row.querySelector("[name=vat_code]");
  account.dataset.taken = account.value;
  describeLine(row);
  account.addEventListener("chosen", (event) => {
    if (event.detail && account.dataset.taken !== event.detail.key && code) code.value = event.detail.row[2] || "";
    account.dataset.taken = event.detail?.key || "";
    describeLine(row);
  });
  row.addEventListener("amount", balance);
  return row;
}

function describeLine(row) {
  const found = choice("accounts", row.querySelector("[name=account]").value), foreign = row.querySelector(".foreign");
  row.querySelector(".said").textContent = found?.name || "";
  foreign.hidden = !found?.row[3];
  foreign.querySelector("span").textContent = found?.row[3] || "";
}

function sums() {
  let debit = 0n, credit = 0n;
  for (const row of body.rows) {
    debit += evaluate(row.querySelector("[name=debit]").value || "0") ?? 0n;
    credit += evaluate(row.querySelector("[name=credit]").value || "0") ?? 0n;
  }
  return [debit, credit];
}

function balance() {
  const [debit, credit] = sums(), difference = debit - credit;
  $("sum-debit").textContent = format(debit);
  $("sum-credit").textContent = format(credit);
  $("difference").textContent = format(difference);
  $("difference").className = difference === 0n ? "even" : "off";
}

function setMode(mode) {
  $("mode").value = mode;
  $("simple").hidden = mode !== "simple";
  $("split").hidden = mode === "simple";
  while (mode !== "simple" && body.rows.length < 2) addLine();
  balance();
}

// --- what the fields say ------------------------------------------------------------------------
function describe() {
  for (const side of ["debit", "credit"]) {
    $(`${side}-said`).textContent = choice("accounts", $(side).value)?.name || "";
  }
  if ($("vat_code")) $("vat-said").textContent = choice("vat-codes", $("vat_code").value)?.name || "";
  const currency = ["debit", "credit"].map((side) => choice("accounts", $(side).value)?.row[3]).find(Boolean);
  $("foreign-box").hidden = !currency;
  $("foreign-currency").textContent = currency || "";
  tellRate(currency);
}

/** The official rate of the day, and what the foreign amount comes to by it, as long as nobody types another. */
let rateAsked = 0;
async function tellRate(currency) {
  const nth = ++rateAsked, date = dateOf($("date")), told = currency && /^\d{4}-\d\d-\d\d$/.test(date) ? await rateOf(currency, date) : null;
  if (nth !== rateAsked) return;  // meanwhile it is another day, or another currency
  $("rate-said").textContent = told?.refusal || (told ? `1 ${currency} = ${told.value} · ${told.source_name} ${shown(told.published)}` : "");
  const amount = $("amount"), typed = $("amount_foreign").value;
  if (!currency || !typed || (amount.value && amount.value !== amount.dataset.brought)) return;
  if (!told?.value) { amount.value = ""; return; }  // what the rate of another day brought is no longer right
  const home = convertedText(typed, told.value);
  if (home !== null) amount.value = amount.dataset.brought = format(home);
}
$("amount_foreign").addEventListener("amount", describe);
$("date").addEventListener("change", describe);

/** An account brings its VAT code along, but only when it is newly chosen. */
function chosen(event) {
  const input = event.target, now = event.detail?.key || "", code = $("vat_code");
  if (input.dataset.taken !== now) {
    input.dataset.taken = now;
    const result = event.detail && ["income", "expense"].includes(event.detail.row[4]);
    if (code && event.detail && (result || (event.detail.row[2] && !code.value))) code.value = event.detail.row[2] || "";
    if (input.id === "debit" && now && !$("credit").value) take($("credit"), history.find((row) => row[1] === now)?.[2]);
  }
  describe();
}
$("debit").addEventListener("chosen", chosen);
$("credit").addEventListener("chosen", chosen);
$("vat_code")?.addEventListener("chosen", describe);

function take(input, value) {
  if (!input || value === undefined) return;
  input.value = value;
  input.dataset.taken = value;
}

/** A text that was booked before brings its accounts, code and cost centre along. */
$("text").addEventListener("change", () => {
  const found = history.find((row) => row[0] === $("text").value);
  if (!found || $("mode").value !== "simple" || $("debit").value || $("credit").value) return;
  take($("debit"), found[1]); take($("credit"), found[2]); take($("vat_code"), found[3]); take($("cost_centre"), found[4]);
  describe();
});

// --- reading and filling ------------------------------------------------------------------------
const dateOf = (input) => (input?.value.trim() ? readDate(input.value, input.dataset.reference) || input.value : "");
const amountOf = (input) => {
  if (!input?.value.trim()) return "";
  const value = evaluate(input.value);
  return value === null ? input.value : plain(value);
};
const valueOf = (input) => {
  if (!input || input.closest("[hidden]")) return "";
  if (input.hasAttribute("data-amount")) return amountOf(input);
  return input.hasAttribute("data-date") ? dateOf(input) : input.value.trim();
};

function read() {
  const mode = $("mode").value;
  const typed = { mode: mode === "simple" ? "simple" : "split", kind: mode === "opening" ? "opening" : "", date: dateOf($("date")), text: $("text").value.trim(), voucher: $("voucher").value.trim() };
  if (draftId) typed.draft_id = draftId;
  if ($("later")?.open) for (const name of TIME) typed[name] = dateOf($(name));
  if (mode === "simple") for (const name of SIMPLE) typed[name] = valueOf($(name));
  else typed.lines = [...body.rows].map((row) => ({ ...row.dataset, ...Object.fromEntries([...row.querySelectorAll("input[name]")].map((i) => [i.name, valueOf(i)])) }));
  return typed;
}

function fill(typed) {
  draftId = typed.draft_id || null;
  if (typed.date) $("date").value = shown(typed.date);
  $("text").value = typed.text || ""; $("voucher").value = typed.voucher || "";
  body.replaceChildren();
  if (typed.mode === "split") typed.lines.forEach(addLine);
  else {
    for (const name of SIMPLE) if ($(name)) $(name).value = typed[name] ?? "";
    if ($("supply_date") && typed.supply_date) $("supply_date").value = shown(typed.supply_date);
    if ($("vat_basis") && !$("vat_basis").value) $("vat_basis").value = "gross";
    for (const side of ["debit", "credit"]) $(side).dataset.taken = $(side).value;
    describe();
  }
  fillTime(typed);
  setMode(typed.kind === "opening" ? "opening" : typed.mode || "simple");
}

/** The time that an entry concerns, unfolded where there is one. */
function fillTime(typed) {
  if (!$("later")) return;
  for (const name of TIME) $(name).value = typed[name] ? shown(typed[name]) : "";
  $("later").open = TIME.some((name) => typed[name]);
}

function clear() {
  draftId = null;
  fillTime({});
  for (const name of ["text", "voucher", ...SIMPLE]) if ($(name) && name !== "vat_basis") $(name).value = "";
  for (const side of ["debit", "credit"]) $(side).dataset.taken = "";
  mask.querySelectorAll("[aria-invalid=true]").forEach((input) => input.setAttribute("aria-invalid", "false"));
  body.replaceChildren();
  describe();
  $("voucher_file").value = ""; $("viewer").hidden = true; $("viewer").removeAttribute("src");
  setMode($("mode").value);
  $("date").focus();
}

// --- saving -------------------------------------------------------------------------------------
function refuse(errors) {
  const box = $("refusal");
  box.replaceChildren(...errors.map((error) => { const p = document.createElement("div"); p.textContent = error.message; return p; }));
  box.hidden = false;
  const places = errors.map(({ field }) => field === "account" ? [$("debit"), $("credit")].find((i) => i && !choice("accounts", i.value)) : $(field)).filter((place) => place && !place.hidden);
  places.forEach((place) => place.setAttribute("aria-invalid", "true"));
  (places[0] || left)?.focus();
}

async function save(asDraft) {
  if (busy) return;
  busy = true;
  $("refusal").hidden = true;
  mask.querySelectorAll("[aria-invalid=true]").forEach((input) => input.setAttribute("aria-invalid", "false"));
  const typed = read();
  const data = new FormData();
  data.set("entry", JSON.stringify({ ...typed, as_draft: asDraft, once: once ??= newKey() }));
  for (const file of $("voucher_file").files) data.append("voucher_file", file);
  try {
    const { result, errors } = await send(location.pathname, data);
    if (errors) { if (!errors.every((e) => e.unsure)) once = null; refuse(errors); return; }
    last = typed;
    once = null;
    remember(typed);
    const said = $("said");
    said.textContent = [result.said, ...result.warnings].join(" "); said.hidden = false;
    if (!asDraft) note(result);
    clear();
  } finally { busy = false; }
}

/** What was just typed is proposed next time. */
function remember(typed) {
  if (typed.mode !== "simple" || !typed.text) return;
  const known = history.findIndex((row) => row[0] === typed.text);
  if (known >= 0) history.splice(known, 1);
  else { const option = document.createElement("option"); option.value = typed.text; $("texts").prepend(option); }
  history.unshift([typed.text, typed.debit, typed.credit, typed.vat_code, typed.cost_centre]);
}

function note(result) {
  const row = $("latest").insertRow(0);
  const cell = (text, kind) => { const td = row.insertCell(); td.className = kind || ""; td.textContent = text; return td; };
  const link = document.createElement("a");
  link.href = result.url; link.textContent = result.number;
  cell("", "tight").append(link);
  cell(result.date, "tight"); cell(result.text);
  cell(result.lines.map((line) => line[0]).join(" · "), "soft");
  cell(result.total, "figure");
  while ($("latest").rows.length > 12) $("latest").deleteRow(-1);
}

// --- keyboard -----------------------------------------------------------------------------------
const fields = () => [...mask.querySelectorAll("input:not([type=hidden],[type=file]), select, button.primary")].filter((e) => e.offsetParent !== null);

mask.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); (left = event.target).blur(); save(false); return; }
  if (event.key !== "Enter" || ["BUTTON", "SUMMARY"].includes(event.target.tagName)) return;
  event.preventDefault();
  const all = fields(), at = all.indexOf(event.target);
  const row = event.target.closest("#split tbody tr");
  if (row && row === body.lastElementChild && event.target === [...row.querySelectorAll("input")].at(-1)) {
    const [debit, credit] = sums();
    if (debit !== credit) {
      const added = addLine(debit > credit ? { credit: format(debit - credit) } : { debit: format(credit - debit) });
      balance();
      added.querySelector("input").focus();
      return;
    }
  }
  all[Math.min(Math.max(at + (event.shiftKey ? -1 : 1), 0), all.length - 1)]?.focus();
});
const repeat = () => { if (last) { fill({ ...last, draft_id: null }); $("date").focus(); } };
document.addEventListener("keydown", (event) => {
  if (!event.altKey) return;
  if (event.key === "d") { event.preventDefault(); document.activeElement?.blur(); save(true); }
  if (event.key === "w") { event.preventDefault(); repeat(); }
  if (event.key === "z" && $("later")) {
    event.preventDefault();
    $("later").open = !$("later").open;
    ($("later").open ? $("concerns_from") : $("text")).focus();
  }
  if (event.key === "+" && $("mode").value !== "simple") { event.preventDefault(); addLine().querySelector("input").focus(); }
});
mask.addEventListener("submit", (event) => { event.preventDefault(); save(false); });
$("save-draft").addEventListener("click", () => save(true));
$("copy-last").addEventListener("click", repeat);
$("add-line").addEventListener("click", () => addLine().querySelector("input").focus());
$("mode").addEventListener("change", () => setMode($("mode").value));
$("template")?.addEventListener("change", (event) => { if (event.target.value) location.href = `${event.target.dataset.url}?template=${event.target.value}`; });

// --- voucher ------------------------------------------------------------------------------------
let lastField = null;
mask.addEventListener("focusin", (event) => { lastField = event.target; });
const viewerOpens = keepKeyboard($("viewer"), () => lastField?.focus());

function showVoucher() {
  const file = $("voucher_file").files[0];
  if (!file) return;
  viewerOpens();
  $("viewer").src = URL.createObjectURL(file);
  $("viewer").hidden = false;
}
$("voucher_file").addEventListener("change", showVoucher);
for (const kind of ["dragover", "dragleave", "drop"]) {
  $("drop").addEventListener(kind, (event) => {
    event.preventDefault();
    $("drop").classList.toggle("over", kind === "dragover");
    if (kind === "drop") { $("voucher_file").files = event.dataTransfer.files; showVoucher(); }
  });
}
document.addEventListener("paste", (event) => {
  if (!event.clipboardData?.files.length) return;
  $("voucher_file").files = event.clipboardData.files;
  showVoucher();
});

const started = JSON.parse($("started").textContent);
if (started.mode) fill(started); else setMode("simple");
$("date").focus();
