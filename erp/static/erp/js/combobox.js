/**
 * A field that finds accounts, codes and cost centres by number or name.
 * `<input data-combobox="accounts">`; choices come from `<script type="application/json" id="accounts">`:
 * [[key, name, extra…], …]. Enter or Tab takes the marked choice.
 */
const folded = (text) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
const sources = new Map();

function choicesOf(name) {
  if (!sources.has(name)) {
    const element = document.getElementById(name);
    const rows = element ? JSON.parse(element.textContent) : [];
    sources.set(name, rows.map((row) => ({ key: row[0], name: row[1], row, search: folded(row[0] + " " + row[1]) })));
  }
  return sources.get(name);
}

/** The choice whose key is `key`, or undefined. */
export const choice = (source, key) => choicesOf(source).find((c) => c.key.toLowerCase() === key.trim().toLowerCase());

/** Best matches first: key starts with the text, a word of the name does, the text is anywhere. */
export function matches(source, text) {
  const wanted = folded(text.trim());
  if (!wanted) return choicesOf(source).slice(0, 200);
  const ranked = [[], [], []];
  for (const c of choicesOf(source)) {
    if (folded(c.key).startsWith(wanted)) ranked[0].push(c);
    else if (folded(c.name).split(/[\s/(-]+/).some((word) => word.startsWith(wanted))) ranked[1].push(c);
    else if (c.search.includes(wanted)) ranked[2].push(c);
  }
  return ranked.flat().slice(0, 60);
}

let serial = 0;

export function enhance(input) {
  const source = input.dataset.combobox;
  const list = document.createElement("ul");
  list.className = "combo-list"; list.id = `combo-${++serial}`; list.setAttribute("role", "listbox"); list.hidden = true;
  const box = document.createElement("div");
  box.className = "combo";
  input.replaceWith(box); box.append(input, list);
  input.setAttribute("role", "combobox"); input.setAttribute("aria-controls", list.id); input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  let found = [], marked = 0;

  const close = () => { list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (nth) => {
    marked = Math.max(0, Math.min(nth, found.length - 1));
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", i === marked));
    const li = list.children[marked];
    if (li) { li.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", li.id); }
  };
  const open = () => {
    found = matches(source, input.value);
    list.replaceChildren(...found.map((c, i) => {
      const li = document.createElement("li"), key = document.createElement("b");
      li.id = `${list.id}-${i}`; li.setAttribute("role", "option");
      key.textContent = c.key; li.append(key, c.name);
      li.addEventListener("mousedown", (event) => { event.preventDefault(); take(c); });
      return li;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
  };
  const take = (c) => {
    input.value = c.key; input.setAttribute("aria-invalid", "false"); close();
    input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: c }));
  };
  input.addEventListener("input", open);
  input.addEventListener("focus", () => input.select());
  input.addEventListener("blur", () => {
    close();
    const text = input.value.trim();
    if (!text) { input.setAttribute("aria-invalid", "false"); input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: null })); return; }
    const exact = choice(source, text);
    if (exact) { if (input.value !== exact.key) take(exact); else take(exact); }
    else input.setAttribute("aria-invalid", "true");
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); list.hidden ? open() : mark(marked + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(marked - 1); }
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && input.value.trim() && found[marked]) take(found[marked]);
  });
}
