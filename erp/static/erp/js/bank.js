/** Booking bank transactions: Enter books the row and moves to the next. */
const table = document.getElementById("movements");
const csrf = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
const show = (id, text) => { const box = document.getElementById(id); box.textContent = text; box.hidden = !text; };

async function book(row) {
  if (row.dataset.busy) return;
  row.dataset.busy = "yes";
  const typed = Object.fromEntries([...row.querySelectorAll("input[name]")].map((i) => [i.name, i.value.trim()]));
  try {
    const answer = await fetch(row.dataset.book, { method: "POST", body: JSON.stringify(typed), headers: { "X-CSRFToken": csrf, "Content-Type": "application/json" } });
    const result = await answer.json().catch(() => null);
    if (!answer.ok || !result) {
      show("said", ""); show("refusal", (result?.errors || [{ message: `HTTP ${answer.status}` }]).map((e) => e.message).join(" "));
      row.querySelector("input[name=account]").focus();
      return;
    }
    show("refusal", ""); show("said", result.said);
    document.getElementById("waiting").textContent = result.waiting;
    const next = row.nextElementSibling || row.previousElementSibling;
    row.remove();
    if (next) next.querySelector("input[name=account]").focus();
    else location.reload();
  } finally { delete row.dataset.busy; }
}

table?.addEventListener("click", (event) => { if (event.target.closest(".book")) book(event.target.closest("tr")); });
table?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.closest("tr[data-book]")) return;
  event.preventDefault();
  setTimeout(() => book(event.target.closest("tr")), 0);
});
table?.addEventListener("chosen", (event) => {
  const code = event.target.closest("tr").querySelector("input[name=vat_code]");
  if (event.target.name !== "account" || !event.detail) return;
  const before = event.target.dataset.taken ?? event.target.defaultValue;
  if (before !== event.detail.key) code.value = event.detail.row[2] || "";
  event.target.dataset.taken = event.detail.key;
});
table?.querySelector("input[name=account]")?.focus();
