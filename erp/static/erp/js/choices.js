/** A list of choices under a field: arrows mark one, Enter, Tab and a click take it. */
let serial = 0;

/**
 * `find(text)` gives choices `{ key, name }`, at once or later; `take(choice)` gets the one taken.
 * Gives `{ open, close }`.
 */
export function offer(input, { find, take }) {
  const list = document.createElement("ul");
  list.className = "combo-list"; list.id = `combo-${++serial}`; list.setAttribute("role", "listbox"); list.hidden = true;
  const box = document.createElement("div");
  box.className = "combo";
  input.replaceWith(box); box.append(input, list);
  input.setAttribute("role", "combobox"); input.setAttribute("aria-controls", list.id); input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";
  let found = [], marked = 0, asked = 0, of = "";  // `of`: the text that the choices are for

  const close = () => { asked++; list.hidden = true; input.setAttribute("aria-expanded", "false"); input.removeAttribute("aria-activedescendant"); };
  const mark = (nth) => {
    marked = Math.max(0, Math.min(nth, found.length - 1));
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", i === marked));
    const li = list.children[marked];
    if (li) { li.scrollIntoView({ block: "nearest" }); input.setAttribute("aria-activedescendant", li.id); }
  };
  const taken = (one) => { close(); take(one); };
  const show = (choices, text) => {
    found = choices; of = text;
    list.replaceChildren(...found.map((one, i) => {
      const li = document.createElement("li"), key = document.createElement("b");
      li.id = `${list.id}-${i}`; li.setAttribute("role", "option");
      key.textContent = one.key; li.append(key, one.name);
      li.addEventListener("mousedown", (event) => { event.preventDefault(); taken(one); });
      return li;
    }));
    list.hidden = !found.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    mark(0);
  };
  const open = () => {
    const nth = ++asked, text = input.value, choices = find(text);
    if (Array.isArray(choices)) { show(choices, text); return; }
    choices.then((later) => { if (nth === asked && document.activeElement === input) show(later, text); });
  };
  input.addEventListener("input", open);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); list.hidden ? open() : mark(marked + 1); }
    else if (event.key === "ArrowUp") { event.preventDefault(); mark(marked - 1); }
    else if (event.key === "Escape" && !list.hidden) { event.stopPropagation(); close(); }
    else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && input.value.trim() && input.value === of && found[marked]) taken(found[marked]);
  });
  return { open, close };
}
