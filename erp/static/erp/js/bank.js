/** Booking bank transactions: Enter books the row and moves to the next; Alt and + splits a part off. */
import { evaluate, format, plain } from "./amount.js";
import { send } from "./answers.js";
import { enliven } from "./app.js";
import { rateOf } from "./rates.js";

export const table = document.getElementById("movements");
const show = (id, text) => { const box = document.getElementById(id); box.textContent = text; box.hidden = !text; };
export const movementOf = (element) => element.closest("tbody.movement");
const valuesOf = (row) => Object.fromEntries([...row.querySelectorAll("input[name]")].map((i) => {
  const amount = i.hasAttribute("data-amount") ? evaluate(i.value) : null;
  return [i.name, amount === null ? i.value.trim() : plain(amount)];
}));
const partsOf = (movement) => [...movement.querySelectorAll("tr.part")];

/** What is left for the row's own account when parts are split off. */
function rest(movement) {
  const said = movement.querySelector("tr:first-child .said"), parts = partsOf(movement);
  if (!parts.length) return;
  const rate = movement.querySelector("[name=rate]")?.value.trim();
  const whole = evaluate(movement.dataset.amount.replace("-", "") + (rate ? `*${rate}` : "")) ?? 0n;
  const split = parts.reduce((sum, part) => sum + (evaluate(part.querySelector("[name=amount]").value || "0") ?? 0n), 0n);
  said.textContent = format(whole - split);
  said.classList.toggle("negative", whole - split <= 0n);
}

function split(movement) {
  const part = document.getElementById("part").content.cloneNode(true).querySelector("tr");
  movement.append(part);
  enliven(part);
  part.addEventListener("amount", () => rest(movement));
  movement.querySelector("[name=rate]")?.addEventListener("change", () => rest(movement));
  part.querySelector("[name=amount]").focus();
}

/** Send what becomes of a row; when it is posted the row goes, and the next one has the cursor. */
export async function sent(movement, address, typed) {
  if (movement.dataset.busy) return;
  movement.dataset.busy = "yes";
  try {
    const { result, errors } = await send(address, JSON.stringify(typed), { "Content-Type": "application/json" });
    if (errors) {
      show("said", ""); show("refusal", errors.map((e) => e.message).join(" "));
      const first = movement.rows[0];
      (first.querySelector(`[name="${CSS.escape(errors[0].field || "account")}"]`) || first.querySelector("[name=account]")).focus();
      return;
    }
    show("refusal", ""); show("said", result.said);
    document.getElementById("waiting").textContent = result.waiting;
    document.getElementById("agreements").innerHTML = result.agreements;
    const next = movement.nextElementSibling?.matches(".movement") ? movement.nextElementSibling : table.querySelector("tbody.movement:not([data-busy])");
    movement.remove();
    if (next) next.querySelector("input[name=account]").focus();
    else location.reload();
  } finally { delete movement.dataset.busy; }
}
const book = (movement) => sent(movement, movement.dataset.book, { ...valuesOf(movement.rows[0]), parts: partsOf(movement).map(valuesOf) });
/** Whether Enter takes what is proposed: somebody who types an account books against that. */
export const isProposed = (movement) => movement.querySelector(".match input[type=radio]:checked:not([value=\"\"])")
  && (movement.querySelectorAll(".payment").length > 1 || !movement.querySelector("[name=account]").value.trim());

table?.addEventListener("click", (event) => {
  const movement = movementOf(event.target);
  if (event.target.closest(".book")) book(movement);
  if (event.target.closest(".split")) split(movement);
  if (event.target.closest(".drop-part")) { event.target.closest("tr").remove(); rest(movement); movement.querySelector("input").focus(); }
});
table?.addEventListener("keydown", (event) => {
  const movement = movementOf(event.target);
  if (!movement || event.target.tagName !== "INPUT" || event.target.closest(".match")) return;
  if (event.altKey && event.key === "+") { event.preventDefault(); split(movement); return; }
  if (event.key !== "Enter") return;
  event.preventDefault();
  setTimeout(() => (isProposed(movement) ? movement.dispatchEvent(new Event("accept")) : book(movement)), 0);
});
table?.addEventListener("chosen", (event) => {
  const code = event.target.closest("tr").querySelector("input[name=vat_code]");
  if (event.target.name !== "account") return;
  const before = event.target.dataset.taken ?? event.target.defaultValue, now = event.detail?.key ?? "";
  if (before === now) return;
  event.target.dataset.taken = now;
  if (code) code.value = event.detail?.row[2] || "";
  if (!partsOf(movementOf(event.target)).length) event.target.closest("td").querySelector(".said").textContent = event.detail?.name || "";
});
/** The official rate of the day stands there to begin with, and says where it comes from. */
table?.addEventListener("focusin", async (event) => {
  const input = event.target, { currency, date } = movementOf(input)?.dataset ?? {};
  if (input.name !== "rate" || input.value || !currency) return;
  const told = await rateOf(currency, date);
  input.title = told?.refusal || (told ? `${told.source_name} ${told.published}` : "");
  if (told?.value && !input.value) { input.value = told.value; input.select(); rest(movementOf(input)); }
});
table?.querySelector("input[name=account]")?.focus();
