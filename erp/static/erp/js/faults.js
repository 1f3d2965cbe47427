/** Refusals of the server beside the fields they belong to; the others above the form. */

/** `lines` are the rows of the lines that were sent: the place `lines[3].price` is in the fourth of them. */
export function showFaults(form, errors, lines, { quiet = false } = {}) {
  const above = form.querySelector("#refusal"), rest = [];
  form.querySelectorAll("[data-fault]").forEach((field) => { field.removeAttribute("aria-invalid"); field.removeAttribute("data-fault"); });
  form.querySelectorAll(".field > .errorlist").forEach((list) => list.remove());
  form.querySelectorAll(".i-faults").forEach((list) => { list.replaceChildren(); list.hidden = true; });
  let first = null;
  for (const error of errors) {
    const [, nth, name] = /^lines\[(\d+)\]\.?(\w*)$/.exec(error.field || "") || [];
    const row = lines[nth], field = row ? row.querySelector(`[name=${name || "text"}]`) : error.field && form.querySelector(`[name="${CSS.escape(error.field.replace("own_values.", "own-"))}"]`);
    const li = document.createElement("li");
    li.textContent = error.message;
    if (row) { const list = row.querySelector(".i-faults"); list.append(li); list.hidden = false; if (!quiet && field?.closest(".i-more")) field.closest(".i-more").hidden = false; }
    else if (field) {
      const list = document.createElement("ul");
      list.className = "errorlist"; list.append(li); field.closest(".field").append(list);
      if (!quiet && field.closest("details")) field.closest("details").open = true;
    } else rest.push(error);
    if (field) { field.setAttribute("aria-invalid", "true"); field.dataset.fault = "1"; first ||= field; }
  }
  above.replaceChildren(...rest.map((error) => { const div = document.createElement("div"); div.textContent = error.message; return div; }));
  above.hidden = !rest.length;
  if (!quiet) (first || above).scrollIntoView({ block: "nearest" });
  if (!quiet) first?.focus();
}
