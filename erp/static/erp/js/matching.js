/** Settling open items with bank transactions: take a proposal by Enter, or search for other items. */
import { evaluate, plain } from "./amount.js";
import { movementOf, sent, table } from "./bank.js";
import { enliven } from "./app.js";

const amountIn = (input) => { const amount = evaluate(input?.value || ""); return amount === null || amount === undefined ? "" : plain(amount); };
const chosenIn = (payment) => [...payment.querySelectorAll(".found input[type=checkbox]:checked")].map((box) => ({
  nth: payment.dataset.nth, item: box.value, paid: amountIn(box.closest("label").nextElementSibling.querySelector("[name=paid]")),
  discount: amountIn(box.closest("label").nextElementSibling.querySelector("[name=discount]")),
}));

/** What was chosen: items by hand come before a proposal, and what has neither goes to the account. */
function wish(movement) {
  const payments = [], parts = [];
  for (const payment of movement.querySelectorAll(".payment")) {
    const { nth } = payment.dataset, chosen = chosenIn(payment), party = payment.querySelector("[name=party]")?.value.trim() || "";
    const key = payment.querySelector("input[type=radio]:checked")?.value || "";
    parts.push(...chosen);
    if (chosen.length || party) payments.push({ nth, party, charge: amountIn(payment.querySelector("[name=charge]")) });
    else if (key) payments.push({ nth, key });
  }
  const first = movement.rows[0], value = (name) => first.querySelector(`[name=${name}]`)?.value.trim() || "";
  return { payments, parts, account: value("account"), vat_code: value("vat_code"), cost_centre: value("cost_centre"), rate: value("rate") };
}
const accept = (movement) => sent(movement, movement.dataset.accept, wish(movement));

/** What is still to be shared out of a payment: its amount with charges, less what is chosen. */
function rest(payment) {
  const charge = evaluate(payment.querySelector("[name=charge]")?.value || "0") ?? 0n;
  const whole = (evaluate(payment.dataset.net) ?? 0n) + charge;
  return [...payment.querySelectorAll(".found input[type=checkbox]:checked")].reduce((left, box) => {
    const paid = evaluate(box.closest("label").nextElementSibling.querySelector("[name=paid]").value || "0") ?? 0n;
    return left - paid * BigInt(box.dataset.sign);
  }, whole);
}

function row(item) {
  const line = document.createElement("div"), label = document.createElement("label"), box = document.createElement("input");
  const fields = document.createElement("span"), shown = document.createElement("span");
  line.className = "item"; label.className = "check"; fields.className = "fields"; fields.hidden = true;
  box.type = "checkbox"; box.value = item.id; box.dataset.sign = item.sign; box.dataset.open = item.open;
  shown.textContent = `${item.document} ${item.party} · ${item.currency} ${item.shown}`;
  label.append(box, " ", shown);
  for (const name of ["paid", "discount"]) {
    const input = document.createElement("input"), field = document.createElement("label");
    Object.assign(input, { name, size: 9, inputMode: "decimal", className: "figure" });
    input.dataset.amount = "";
    field.append(table.dataset[name], " ", input);
    fields.append(field);
  }
  line.append(label, fields);
  return line;
}

let asked = 0;
async function search(input) {
  const box = input.closest(".search").querySelector(".found"), mine = ++asked;
  const answer = await fetch(`${input.dataset.url}?q=${encodeURIComponent(input.value)}`).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const { items } = await answer.json(), kept = [...box.querySelectorAll(".item")].filter((line) => line.querySelector(":checked"));
  const ids = new Set(kept.map((line) => line.querySelector("input").value));
  box.replaceChildren(...kept, ...items.filter((item) => !ids.has(String(item.id))).map(row));
  enliven(box);
  if (!box.children.length) box.textContent = table.dataset.nothing;
}

table?.addEventListener("click", (event) => { if (event.target.closest(".accept")) accept(movementOf(event.target)); });
table?.addEventListener("accept", (event) => accept(event.target), true);
table?.addEventListener("input", (event) => { if (event.target.matches(".find-items")) search(event.target); });
table?.addEventListener("focusin", (event) => {
  if (event.target.matches(".find-items") && !event.target.closest(".search").querySelector(".item")) search(event.target);
});
table?.addEventListener("change", (event) => {
  const box = event.target;
  if (!box.matches(".found input[type=checkbox]")) return;
  const fields = box.closest("label").nextElementSibling, paid = fields.querySelector("[name=paid]");
  fields.hidden = !box.checked;
  if (!box.checked) return;
  const payment = box.closest(".payment"), open = evaluate(box.dataset.open) ?? 0n;
  box.checked = false;
  const left = rest(payment) * BigInt(box.dataset.sign);
  box.checked = true;
  const same = (left > 0n) === (open > 0n), size = (n) => (n < 0n ? -n : n);
  paid.value = plain(same && size(left) < size(open) ? left : open);
  paid.focus(); paid.select();
});
table?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.tagName !== "INPUT" || !event.target.closest(".match")) return;
  event.preventDefault();
  if (event.target.matches(".find-items")) event.target.closest(".search").querySelector(".found input")?.focus();
  else accept(movementOf(event.target));
});
