/** Tables of fields: Enter and arrows move from cell to cell, Ctrl Enter saves; leaving with changes asks first. */
const table = document.querySelector("[data-cells]"), form = table?.closest("form");

const rows = () => [...table.tBodies[0].rows];
const fields = (row) => [...row.querySelectorAll("input:not([type=hidden], [data-aside])")];

function go(field, down, across) {
  const lines = rows(), line = lines.indexOf(field.closest("tr")), place = fields(lines[line]).indexOf(field);
  const row = lines[line + down], target = row && fields(row)[place + across];
  if (!target) return false;
  target.focus();
  target.select();
  return true;
}

/** An arrow to the side leaves a field only at its end, so that what is typed can be edited. */
function atEnd(field, across) {
  const place = across < 0 ? 0 : field.value.length;
  return field.selectionStart === 0 && field.selectionEnd === field.value.length || field.selectionStart === place && field.selectionEnd === place;
}

if (form) {
  const before = new Map([...form.elements].map((field) => [field, field.value]));
  let saving = false;
  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || event.altKey || event.metaKey) return;
    if (event.key === "Enter" && event.ctrlKey) { event.preventDefault(); form.requestSubmit(form.querySelector("[data-save]")); return; }
    if (event.defaultPrevented || field.getAttribute("aria-expanded") === "true") return;
    const moves = { Enter: [event.shiftKey ? -1 : 1, 0], ArrowDown: [1, 0], ArrowUp: [-1, 0] };
    if (moves[event.key]) { if (go(field, ...moves[event.key]) || event.key === "Enter") event.preventDefault(); return; }
    const across = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (across && atEnd(field, across) && go(field, 0, across)) event.preventDefault();
  });
  form.addEventListener("submit", () => { saving = true; });
  window.addEventListener("beforeunload", (event) => {
    if (!saving && [...before].some(([field, value]) => field.value !== value)) event.preventDefault();
  });
}
