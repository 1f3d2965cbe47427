/** Contacts: a list that is found while typing, rows that are added and taken away, duplicates that are told. */
import { enliven } from "./app.js";
import { later } from "./live.js";

const form = document.getElementById("contact-form");
if (form) {
  rows(form);
  kinds(form);
  duplicates(form);
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); form.requestSubmit(); }
  });
}

/** Each set of rows has a template, whose names hold 999 where the number of the row goes. */
function rows(form) {
  for (const set of form.querySelectorAll("[data-rows-of]")) {
    const into = set.querySelector("[data-into]"), template = set.querySelector("template");
    let next = into.children.length;
    set.querySelector("[data-add]").addEventListener("click", () => {
      const holder = document.createElement("template");
      holder.innerHTML = template.innerHTML.replaceAll(`${set.dataset.rowsOf}-999-`, `${set.dataset.rowsOf}-${next++}-`);
      const row = holder.content.querySelector("[data-row]");
      into.append(row);
      enliven(row);
      row.querySelector("select, input:not([type=hidden])")?.focus();
    });
    set.addEventListener("click", (event) => {
      const row = event.target.closest("[data-take]")?.closest("[data-row]");
      if (!row) return;
      row.remove();
      set.querySelector("[data-add]").focus();
    });
  }
}

function kinds(form) {
  const show = () => form.querySelectorAll("[data-of]").forEach((part) => { part.hidden = part.dataset.of !== form.elements.kind.value; });
  form.elements.kind.addEventListener("change", show);
  show();
  if (!form.dataset.but) form.elements[form.elements.kind.value === "person" ? "last_name" : "name"].focus();
}

function duplicates(form) {
  const box = document.getElementById("duplicates"), list = box.querySelector("ul");
  let asked = 0;
  const field = (name) => form.querySelector(`[name="${name}"]`)?.value.trim() ?? "";
  const look = async () => {
    const nth = ++asked, query = new URLSearchParams();
    const person = form.elements.kind.value === "person";
    for (const name of person ? ["first_name", "last_name"] : ["name"]) query.set(name, field(name));
    query.set("uid", field("uid"));
    const address = form.querySelector("[data-place-scope]");
    for (const name of ["postcode", "street", "house_number"]) query.set(name, address?.querySelector(`[name$="-${name}"]`)?.value ?? "");
    for (const row of form.querySelectorAll("[data-rows-of=communications] [data-row]")) {
      const kind = row.querySelector("[name$=-kind]").value, value = row.querySelector("[name$=-value]").value;
      if (value && kind !== "web") query.append(kind === "mail" ? "mails" : "phones", value);
    }
    for (const input of form.querySelectorAll("[name$=-iban]")) if (input.value) query.append("ibans", input.value);
    if (form.dataset.but) query.set("but", form.dataset.but);
    const answer = await fetch(`${form.dataset.duplicates}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
    if (nth !== asked || !answer?.ok || answer.redirected) return;
    const { found } = await answer.json();
    if (nth !== asked) return;
    list.replaceChildren(...found.map((one) => {
      const li = document.createElement("li"), link = document.createElement("a");
      link.href = one.url; link.target = "_blank"; link.textContent = `${one.number} ${one.name}`;
      li.append(link, [one.place && ` · ${one.place}`, ` · ${one.reasons}`].filter(Boolean).join(""));
      return li;
    }));
    box.hidden = !found.length;
  };
  const soon = later(look, 300);
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
}
