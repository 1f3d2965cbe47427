/** The entry mask: moves by keyboard, saves without leaving the page. */
import { enliven } from "./app.js";
import { evaluate, format, plain } from "./amount.js";
import { choice } from "./combobox.js";
import { readDate, shown } from "./dates.js";

const mask = document.getElementById("mask");
const $ = (id) => document.getElementById(id);
const body = mask.querySelector("#split tbody");
let draftId = null, last = null, busy = false;

// --- lines of a split entry ---------------------------------------------------------------------
function addLine(values = {}) {
  const row = $("line").content.cloneNode(true).querySelector("tr");
  for (const [name, value] of Object.entries(values)) {
    const input = row.querySelector(`[name=${name}]`);
    if (input) input.value = value; else if (value) row.dataset[name] = value;
  }
  body.append(row);
  enliven(row);
  row.querySelector("[name=account]").addEventListener("chosen", (event) => {
    row.querySelector(".said").textContent = event.detail?.name || "";
    const code = row.querySelector("[name=vat_code]");
    if (code && event.detail && !code.value) code.value = event.detail.row[2] || "";
  });
  row.addEventListener("amount", balance);
  return row;
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
  while (mode === "split" && body.rows.length < 2) addLine();
  balance();
}

// --- what the fields say ------------------------------------------------------------------------
function describe(id) {
  $(id)?.addEventListener("chosen", (event) => {
    $(`${id}-said`).textContent = event.detail?.name || "";
    const code = $("vat_code");
    const result = event.detail && ["income", "expense"].includes(event.detail.row[4]);
    if (code && event.detail && (result || !code.value) && event.detail.row[2] !== undefined && (result || event.detail.row[2])) {
      code.value = event.detail.row[2];
    }
    const currency = ["debit", "credit"].map((side) => choice("accounts", $(side).value)?.row[3]).find(Boolean);
    $("foreign-box").hidden = !currency;
    $("foreign-currency").textContent = currency || "";
    if (id === "debit" && event.detail) suggest(event.detail.key);
  });
}
describe("debit"); describe("credit");
$("vat_code")?.addEventListener("chosen", (event) => { $("vat-said").textContent = event.detail?.name || ""; });

async function suggest(debit) {
  const answer = await fetch(`${mask.dataset.suggestions}?debit=${encodeURIComponent(debit)}`);
  if (!answer.ok) return;
  const rows = await answer.json();
  $("texts").replaceChildren(...rows.map((row) => { const o = document.createElement("option"); o.value = row.text; return o; }));
  if (rows.length && !$("credit").value) {
    $("credit").value = rows[0].credit;
    $("credit-said").textContent = choice("accounts", rows[0].credit)?.name || "";
  }
}

// --- reading and filling ------------------------------------------------------------------------
const dateOf = (input) => (input?.value.trim() ? readDate(input.value, input.dataset.reference) || input.value : "");
const amountOf = (input) => {
  if (!input?.value.trim()) return "";
  const value = evaluate(input.value);
  return value === null ? input.value : plain(value);
};

function read() {
  const typed = { mode: $("mode").value, date: dateOf($("date")), text: $("text").value.trim(), voucher: $("voucher").value.trim() };
  if (draftId) typed.draft_id = draftId;
  if (typed.mode === "simple") {
    for (const name of ["debit", "credit", "vat_code", "vat_basis", "cost_centre"]) typed[name] = $(name)?.value.trim() || "";
    typed.amount = amountOf($("amount"));
    typed.supply_date = dateOf($("supply_date"));
    if (!$("foreign-box").hidden) typed.amount_foreign = amountOf($("amount_foreign"));
  } else {
    typed.lines = [...body.rows].map((row) => {
      const line = { ...row.dataset };
      for (const input of row.querySelectorAll("input[name]")) {
        line[input.name] = input.hasAttribute("data-amount") ? amountOf(input) : input.value.trim();
      }
      return line;
    });
  }
  return typed;
}

function fill(typed) {
  draftId = typed.draft_id || null;
  if (typed.date) $("date").value = shown(typed.date);
  $("text").value = typed.text || ""; $("voucher").value = typed.voucher || "";
  body.replaceChildren();
  if (typed.mode === "split") {
    typed.lines.forEach(addLine);
    for (const row of body.rows) row.querySelector(".said").textContent = choice("accounts", row.querySelector("[name=account]").value)?.name || "";
  } else {
    for (const name of ["debit", "credit", "amount", "amount_foreign", "vat_code", "vat_basis", "cost_centre"]) if ($(name)) $(name).value = typed[name] ?? $(name).value;
  }
  setMode(typed.mode || "simple");
}

function clear() {
  draftId = null;
  for (const name of ["text", "voucher", "debit", "credit", "amount", "amount_foreign", "vat_code", "supply_date", "cost_centre"]) if ($(name)) $(name).value = "";
  for (const said of mask.querySelectorAll(".said")) said.textContent = "";
  mask.querySelectorAll("[aria-invalid=true]").forEach((input) => input.setAttribute("aria-invalid", "false"));
  body.replaceChildren();
  $("foreign-box").hidden = true;
  $("voucher_file").value = ""; $("viewer").hidden = true;
  setMode($("mode").value);
  focusFirst();
}

function focusFirst() {
  const first = $("mode").value === "simple" ? $("debit") : body.querySelector("input");
  (mask.dataset.touched ? $("date") : first)?.focus();
}

// --- saving -------------------------------------------------------------------------------------
function refuse(errors) {
  const box = $("refusal");
  box.replaceChildren(...errors.map((error) => { const p = document.createElement("div"); p.textContent = error.message; return p; }));
  box.hidden = false;
  const field = errors[0]?.field;
  const place = field === "account" ? [$("debit"), $("credit")].find((i) => i && !choice("accounts", i.value)) : $(field);
  if (place && !place.hidden) { place.setAttribute("aria-invalid", "true"); place.focus(); }
}

async function save(asDraft) {
  if (busy) return;
  busy = true;
  $("refusal").hidden = true;
  const typed = read();
  const data = new FormData();
  data.set("entry", JSON.stringify({ ...typed, as_draft: asDraft }));
  for (const file of $("voucher_file").files) data.append("voucher_file", file);
  try {
    const answer = await fetch(mask.action || location.pathname, {
      method: "POST", body: data, headers: { "X-CSRFToken": mask.querySelector("[name=csrfmiddlewaretoken]").value },
    });
    const result = await answer.json().catch(() => null);
    if (!answer.ok || !result) { refuse(result?.errors || [{ message: `HTTP ${answer.status}` }]); return; }
    last = typed;
    const said = $("said");
    said.textContent = [result.said, ...result.warnings].join(" "); said.hidden = false;
    if (!asDraft) note(result);
    mask.dataset.touched = "yes";
    clear();
  } finally { busy = false; }
}

function note(result) {
  const row = $("latest").insertRow(0);
  const cell = (text, kind) => { const td = row.insertCell(); td.className = kind || ""; td.textContent = text; return td; };
  const link = document.createElement("a");
  link.href = result.url; link.textContent = result.number;
  cell("", "tight").append(link);
  cell(result.date, "tight"); cell(result.text);
  cell(result.lines.map((line) => line[0]).join(" · "), "soft");
  cell(result.lines[0] ? result.lines[0][1] || result.lines[0][2] : "", "figure");
  while ($("latest").rows.length > 12) $("latest").deleteRow(-1);
}

// --- keyboard -----------------------------------------------------------------------------------
const fields = () => [...mask.querySelectorAll("input:not([type=hidden],[type=file]), select, button.primary")].filter((e) => e.offsetParent !== null);

mask.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); event.target.blur(); save(false); return; }
  if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
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
  all[Math.min(at + (event.shiftKey ? -1 : 1), all.length - 1)]?.focus();
});
document.addEventListener("keydown", (event) => {
  if (!event.altKey) return;
  if (event.key === "d") { event.preventDefault(); save(true); }
  if (event.key === "w" && last) { event.preventDefault(); fill({ ...last, draft_id: null }); focusFirst(); }
  if (event.key === "+" && $("mode").value === "split") { event.preventDefault(); addLine().querySelector("input").focus(); }
});
mask.addEventListener("submit", (event) => { event.preventDefault(); save(false); });
$("save-draft").addEventListener("click", () => save(true));
$("copy-last").addEventListener("click", () => { if (last) { fill({ ...last, draft_id: null }); focusFirst(); } });
$("add-line").addEventListener("click", () => addLine().querySelector("input").focus());
$("mode").addEventListener("change", () => setMode($("mode").value));
$("template")?.addEventListener("change", (event) => { if (event.target.value) location.href = `${event.target.dataset.url}?template=${event.target.value}`; });

// --- voucher ------------------------------------------------------------------------------------
function showVoucher() {
  const file = $("voucher_file").files[0];
  if (!file) return;
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

const started = JSON.parse($("started").textContent);
if (started.mode) fill(started); else setMode("simple");
$("date").focus();
