/** The bank reconciliation: a line is marked, single letters act on it. All of it works without this file, too. */
import { evaluate, format, plain } from "./amount.js";
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { later } from "./live.js";
import { typing } from "./typing.js";

const table = document.getElementById("lines");
const show = (id, text) => { const box = document.getElementById(id); if (box) { box.textContent = text; box.hidden = !text; } };
const lines = () => [...table.querySelectorAll("tbody.line")];
const size = (n) => (n < 0n ? -n : n);
let at = null, undone = [], asked = 0, early = null;  // `early`: what is typed while a mask is on its way

function mark(line) {
  if (!line) return;
  at?.removeAttribute("aria-selected");
  at = line;
  at.setAttribute("aria-selected", "true");
  at.focus({ preventScroll: true });
  at.scrollIntoView({ block: "nearest" });
}
const step = (by) => { const all = lines(), nth = all.indexOf(at); mark(all[Math.max(0, Math.min(nth + by, all.length - 1))]); };
const marked = () => lines().filter((line) => line.querySelector("input[name=line]")?.checked);
const panelOf = (line) => line?.querySelector(".reconcile-panel");

function closePanel() {
  const row = table?.querySelector("tr.panel-row"), line = row?.closest("tbody");
  row?.remove();
  if (line) mark(line);
}

/** The mask of a line, fetched below it; what is done there is sent to the server as a form. */
async function openPanel(line, then) {
  if (!line) return;
  mark(line);
  if (!panelOf(line)) {
    closePanel();
    early = "";
    const answer = await fetch(`${line.dataset.panel}?fragment=1`).catch(() => null);
    if (!answer?.ok || answer.redirected) { location.href = line.dataset.panel; return; }
    const row = table.querySelector("thead tr").cloneNode(false), cell = document.createElement("td");
    row.className = "panel-row"; cell.colSpan = table.querySelector("thead tr").cells.length;
    cell.innerHTML = await answer.text();
    row.append(cell); line.append(row);
    begin(cell);
    line.scrollIntoView({ block: "nearest" });
  }
  then?.(panelOf(line));
  const field = document.activeElement, typed = early;
  early = null;
  if (typed && field.matches(".reconcile-panel input")) { field.value += typed; field.dispatchEvent(new Event("input", { bubbles: true })); }
}

function begin(root) {
  enliven(root);
  root.querySelectorAll("form.share").forEach(rest);
}

/** What is left to be shared out: the lines marked, less items and accounts; a row without an amount takes it. */
function rest(form) {
  const panel = form.closest(".reconcile-panel"), line = form.closest("tbody.line"), own = evaluate(panel.dataset.net) ?? 0n;
  const others = table ? marked().filter((one) => one !== line) : [];
  const whole = others.reduce((sum, one) => sum + (evaluate(one.dataset.amount) ?? 0n), own);
  let left = whole;
  for (const item of form.querySelectorAll(".open-item")) {
    const box = item.querySelector("input[type=checkbox]"), paid = item.querySelector(".paid").value;
    item.classList.toggle("chosen", box.checked);
    if (box.checked) left -= (evaluate(paid || item.dataset.open) ?? 0n) * BigInt(item.dataset.sign);
  }
  for (const field of form.querySelectorAll("[name=amount]")) left -= (evaluate(field.value || "0") ?? 0n) * (own < 0n ? -1n : 1n);
  const out = form.querySelector("output.rest");
  out.textContent = `${out.dataset.label} ${format(left)}`;
  out.classList.toggle("negative", left !== 0n);
  return left;
}

function choose(box) {
  const item = box.closest(".open-item"), paid = item.querySelector(".paid"), sign = BigInt(item.dataset.sign), open = evaluate(item.dataset.open) ?? 0n;
  if (box.checked && !paid.value) {
    box.checked = false;
    const left = rest(box.form) * sign;
    box.checked = true;
    paid.value = plain((left > 0n) === (open > 0n) && left !== 0n && size(left) < size(open) ? left : open);
  }
  if (box.checked) { paid.focus(); paid.select(); }
  rest(box.form);
}

async function search(input) {
  const box = input.form.querySelector(".found"), mine = ++asked;
  const answer = await fetch(`${input.form.dataset.items}?q=${encodeURIComponent(input.value)}`).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const fresh = document.createElement("div"), kept = [...box.querySelectorAll(".open-item")].filter((one) => one.querySelector(":checked"));
  const ids = new Set(kept.map((one) => one.querySelector("input[name=item]").value));
  fresh.innerHTML = await answer.text();
  for (const one of [...box.children]) if (!kept.includes(one)) one.remove();  // what is chosen stays where it is, and keeps the cursor
  box.append(...[...fresh.children].filter((one) => !ids.has(one.querySelector("input[name=item]")?.value)));
  enliven(box);
}
let searched = null;
const searchSoon = later(() => search(searched), 150);

function another(form) {
  const row = form.closest(".reconcile-panel").querySelector(".split-row-template").content.cloneNode(true).querySelector(".split-row");
  form.querySelector(".split-rows").append(row);
  enliven(row);
  return row;
}

/** Send a form; what is booked leaves the table, and the line after it is marked. */
async function sent(form, body) {
  if (form.dataset.busy) return;
  form.dataset.busy = "yes";
  const { result, errors } = await send(form.action, body, { Accept: "application/json" });
  delete form.dataset.busy;
  if (errors) {
    show("said", ""); show("refusal", errors.map((e) => e.message).join(" "));
    form.querySelector(`[name="${CSS.escape(errors[0].field || "account")}"]`)?.focus();
    return;
  }
  if (!table) { history.back(); return; }
  show("refusal", ""); show("said", result.said);
  document.querySelectorAll("[data-waiting]").forEach((place) => { place.textContent = result.waiting; });
  undone = result.booked;
  const gone = new Set(result.booked.map(String)), all = lines(), nth = all.indexOf(form.closest("tbody.line"));
  const next = all.slice(nth).find((one) => !gone.has(one.dataset.line)) ?? all.find((one) => !gone.has(one.dataset.line));
  all.filter((one) => gone.has(one.dataset.line)).forEach((one) => one.remove());
  at = null;
  if (next) mark(next); else location.reload();
}

async function undo() {
  if (!undone.length) { show("said", table.dataset.nothingToUndo); return; }
  for (const line of undone.splice(0)) {
    const { errors } = await send(table.dataset.undo.replace("/0/", `/${line}/`), new FormData(), { Accept: "application/json" });
    if (errors) { show("refusal", errors.map((e) => e.message).join(" ")); return; }
  }
  location.reload();
}

const keys = {
  j: () => step(1), ArrowDown: () => step(1), k: () => step(-1), ArrowUp: () => step(-1),
  x: () => { const box = at?.querySelector("input[name=line]"); if (box) { box.checked = !box.checked; panelOf(at) && rest(panelOf(at).querySelector("form.share")); } step(1); },
  Enter: () => { const form = at?.querySelector("td.acts form.take"); if (form) form.requestSubmit(); else show("said", table.dataset.nothingKnown); },
  f: () => openPanel(at, (panel) => panel.querySelector("[name=q]")?.focus()),
  b: () => openPanel(at, (panel) => panel.querySelector("[name=account]")?.focus()),
  s: () => openPanel(at, (panel) => { const form = panel.querySelector("form.share"); if (!form) return; if (form.querySelectorAll(".split-row").length < 2) another(form); form.querySelector("[name=account]").focus(); }),
  r: () => { if (at) location.href = at.dataset.rule; },
  u: undo,
  Escape: closePanel,
  "?": () => document.getElementById("keys").showModal(),
};
let prefix = false;
if (table) document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (early !== null) {
    if (event.key.length === 1) early += event.key;
    event.preventDefault(); event.stopImmediatePropagation();
    return;
  }
  if (event.key === "Escape" && event.target.closest(".reconcile-panel")) {
    if (event.target.getAttribute("aria-expanded") !== "true") closePanel();
    return;
  }
  if (typing(event.target)) return;
  if (prefix || event.key === "g") { prefix = event.key === "g"; if (prefix) setTimeout(() => { prefix = false; }, 1500); return; }
  if (event.key === "Enter" && event.target.closest("a, button, summary, input")) return;
  const act = keys[event.key];
  if (!act) return;
  event.preventDefault(); event.stopImmediatePropagation();
  act();
}, true);
document.querySelector("[data-keys]")?.addEventListener("click", () => keys["?"]());

const root = table ?? document.querySelector(".main");
root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("form.take, form.share")) return;
  if (!table) return;
  event.preventDefault();
  if (event.submitter?.name === "find") { search(form.elements.q); return; }
  if (event.submitter?.name === "more") { another(form).querySelector("[name=account]").focus(); return; }
  const body = new FormData(form);
  if (form.matches(".share")) for (const line of marked()) body.append("line", line.dataset.line);
  sent(form, body);
});
root.addEventListener("keydown", (event) => {
  const form = event.target.closest("form.share");
  if (!form || event.key !== "Enter") return;
  if (event.ctrlKey || event.metaKey) { event.preventDefault(); form.requestSubmit(form.querySelector("[name=book]")); return; }
  if (event.target.name === "q") { event.preventDefault(); form.querySelector(".found input[type=checkbox]")?.focus(); return; }
  if (event.target.name === "item") { event.preventDefault(); event.target.click(); return; }
  if (event.target.matches("input")) { event.preventDefault(); setTimeout(() => form.requestSubmit(form.querySelector("[name=book]")), 0); }
});
root.addEventListener("input", (event) => {
  if (!event.target.form?.matches("form.share")) return;
  if (event.target.name === "q") { searched = event.target; searchSoon(); } else if (event.target.type !== "checkbox") rest(event.target.form);
});
root.addEventListener("amount", (event) => { const form = event.target.closest("form.share"); if (form) rest(form); });
root.addEventListener("focusin", (event) => { if (event.target.name === "q" && event.target.form?.matches("form.share") && !event.target.form.querySelector(".open-item")) search(event.target); });
root.addEventListener("change", (event) => {
  if (event.target.name === "item") choose(event.target);
  if (event.target.name === "line") { const form = table.querySelector("form.share"); if (form) rest(form); }
});
root.addEventListener("click", (event) => {
  const link = event.target.closest("a.open"), line = event.target.closest("tbody.line");
  if (!table || !line) return;
  if (link && !event.ctrlKey && !event.metaKey) { event.preventDefault(); panelOf(line) ? closePanel() : openPanel(line); return; }
  if (!event.target.closest("a, button, input, label, summary, .reconcile-panel")) mark(line);
});
root.addEventListener("chosen", (event) => {
  const code = event.target.closest(".split-row")?.querySelector("input[name=vat_code]");
  if (event.target.name === "account" && code && !code.value) code.value = event.detail?.row[2] || "";
});
if (table) mark(lines()[0]); else begin(root);
