/** What every page has: widgets, shortcuts, command palette, help, theme. */
import { enhance as amount } from "./amount.js";
import { enhance as combobox } from "./combobox.js";
import { enhance as date } from "./dates.js";
import { enhance as iban } from "./banks.js";
import { enhance as place } from "./places.js";
import { enhance as contact } from "./contactfield.js";
import { typing } from "./typing.js";
import { keepKeyboard } from "./viewer.js";

/** Bring the fields below `root` to life. */
export function enliven(root) {
  root.querySelectorAll("input[data-amount]").forEach(amount);
  root.querySelectorAll("input[data-date]").forEach(date);
  root.querySelectorAll("input[data-combobox]").forEach(combobox);
  root.querySelectorAll("input[data-place]").forEach(place);
  root.querySelectorAll("input[data-iban]").forEach(iban);
  root.querySelectorAll("input[data-contact]").forEach(contact);
  root.querySelectorAll(".table-box").forEach(reachable);
}

/** A table wider than the page, with nothing in it to go to, is scrolled by keyboard as well; also once the window changes. */
function reachable(box) {
  new ResizeObserver(() => {
    if (box.scrollWidth > box.clientWidth && !box.querySelector("a, button, input, select, textarea, summary")) box.tabIndex = 0;
  }).observe(box);
}

/** What stands beside a record that was found: its kind, day, amount. */
const noted = ({ kind_label, note, day, amount, currency }) => [
  kind_label, note, day?.split("-").reverse().join("."), amount && `${currency}\u00a0${amount.replace(/\B(?=(\d{3})+\.)/g, "’")}`,
].filter(Boolean).join(" · ");

function palette() {
  const dialog = document.querySelector("dialog.palette");
  if (!dialog) return;
  const input = dialog.querySelector("input"), list = dialog.querySelector("ul"), state = dialog.querySelector("[role=status]");
  let items = null, all = null, found = [], shown = [], marked = 0, asked = 0, whole = true, looking = false, away = false;  // `found`: records for what is typed
  const fetched = async (address) => {
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok) away = true;
    return answer?.ok ? answer.json() : [];
  };
  const load = async () => {
    const pages = [...document.querySelectorAll(".side a")].map((a) => ({ label: a.dataset.label, note: a.dataset.section, url: a.href }));
    if (dialog.dataset.source) pages.push(...await fetched(dialog.dataset.source));
    if (!away) all = pages;
    return pages;
  };
  /** An empty box says why; below what is shown already it is said only when the rest is slow. */
  const tell = (slow) => {
    const { searching, away: gone, nothing } = state.dataset, waits = looking || !items;
    state.textContent = waits ? (slow || !shown.length ? searching : "") : away ? gone : shown.length ? "" : nothing;
  };
  const mark = (nth) => {
    marked = Math.max(0, Math.min(nth, shown.length - 1));
    [...list.children].forEach((li, i) => li.setAttribute("aria-selected", i === marked));
    list.children[marked]?.scrollIntoView({ block: "nearest" });
  };
  const draw = (at = 0) => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    const pages = (items || []).filter((item) => words.every((w) => item.label.toLowerCase().includes(w)));
    const known = new Set(pages.map((item) => item.url));
    shown = [...pages.slice(0, found.length ? 10 : 40), ...found.filter((item) => !known.has(item.url))];
    list.replaceChildren(...shown.map((item) => {
      const li = document.createElement("li"), a = document.createElement("a"), note = document.createElement("span");
      a.href = item.url; a.append(item.label); note.textContent = item.note || ""; note.className = "soft"; a.append(note); li.append(a);
      return li;
    }));
    mark(at);
    tell(false);
  };
  /** The server knows all records, and the manual; the last question counts. */
  const look = async () => {
    const nth = ++asked, text = input.value.trim();
    found = [];
    looking = whole && text.length > 1;
    draw();
    if (!looking) return;
    await new Promise((go) => setTimeout(go, 120));
    if (nth !== asked) return;
    away = false;
    setTimeout(() => { if (nth === asked) tell(true); }, 400);
    const words = new URLSearchParams({ q: text.slice(0, 80), limit: 5 });
    const [told, read] = await Promise.all([dialog.dataset.search ? fetched(`${dialog.dataset.search}?${words}`) : {}, fetched(`${dialog.dataset.manual}?${words}`)]);
    if (nth !== asked) return;
    found = [...(told.results || []).map((one) => ({ label: one.label, note: noted(one), url: one.url })), ...read];
    looking = false;
    draw(marked);
  };
  input.addEventListener("input", look);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") { event.preventDefault(); mark(marked + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); mark(marked - 1); }
    if (event.key === "Enter" && shown[marked]) list.children[marked].querySelector("a").click();
  });
  document.querySelectorAll("[data-palette]").forEach((b) => b.addEventListener("click", () => open()));
  const begin = () => { dialog.showModal(); input.value = ""; items = null; found = []; looking = away = false; asked++; draw(); };
  const open = async () => { whole = true; begin(); items = all ?? await load(); draw(); };
  /** Only the companies: to change to another one with two keys. */
  open.companies = async () => { whole = false; begin(); items = await fetched(dialog.dataset.companies); draw(); };
  return open;
}

/** The manual beside the page. An address may end in the place that is meant, `/help/vat/#interval`. */
function help() {
  const dialog = document.querySelector("dialog.help[data-source]");
  if (!dialog) return;
  const read = async (address) => {
    const [page, anchor] = address.split("#");
    const answer = await fetch(page + "?fragment=1"), manual = dialog.querySelector(".manual");
    manual.innerHTML = answer.ok ? await answer.text() : "";
    manual.dataset.page = page;
    return anchor;
  };
  const show = (anchor) => {
    const place = anchor && document.getElementById(`help-${anchor}`);
    dialog.querySelectorAll(".meant").forEach((old) => old.classList.remove("meant"));
    dialog.scrollTop = 0;
    if (!place) return;
    place.classList.add("meant");
    place.scrollIntoView({ block: "start" });
  };
  const open = async (address) => {
    const anchor = await read(address || dialog.dataset.source);
    if (!dialog.open) dialog.showModal();
    show(anchor);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a.why[href^="/help/"], dialog.help a[href^="/help/"], dialog.palette a[href^="/help/"]');
    if (!link || link.search || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    document.querySelector("dialog.palette[open]")?.close();
    open(link.getAttribute("href"));
  });
  document.querySelectorAll("[data-help]").forEach((b) => b.addEventListener("click", (event) => { event.preventDefault(); open(); }));
  dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-close]")) dialog.close(); });
  return open;
}

/** What explains the field one is in, if anything does. */
const explained = (target) => target.closest?.(".field, td, label, fieldset")?.querySelector("a.why")?.getAttribute("href");

function rows() {
  let at = -1;
  return (step) => {  // a list that is found while typing brings a new table
    const all = [...document.querySelectorAll("table[data-rows] tbody tr")].filter((tr) => tr.querySelector("a") && !tr.closest("[hidden]"));
    if (!all.length) return;
    if (step === 0) { all[at]?.querySelector("a")?.click(); return; }
    at = Math.max(0, Math.min(at + step, all.length - 1));
    all.forEach((tr, i) => tr.setAttribute("aria-selected", i === at));
    all[at].scrollIntoView({ block: "nearest" });
  };
}

const openPalette = palette(), openHelp = help(), move = rows();
if (location.hash === "#search") {  // a shortcut of the installed app; going back does not search again
  history.replaceState(null, "", location.pathname + location.search);
  openPalette?.();
}
let prefix = false;
document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "k") { event.preventDefault(); openPalette?.(); return; }
  if (event.key === "F1") { event.preventDefault(); openHelp?.(explained(event.target)); return; }
  if (typing(event.target) || event.ctrlKey || event.metaKey || event.altKey || document.querySelector("dialog[open]")) return;
  if (event.key === "?") { openHelp?.(); return; }
  if (prefix) {
    prefix = false;
    if (event.key === "c" && openPalette) { event.preventDefault(); openPalette.companies(); return; }
    const link = document.querySelector(`.side a[data-shortcut="${CSS.escape(event.key)}"]`);
    if (link) { event.preventDefault(); link.click(); }
    return;
  }
  if (event.key === "g") { prefix = true; setTimeout(() => { prefix = false; }, 1500); return; }
  const keyed = document.querySelector(`.main [data-key="${CSS.escape(event.key)}"]`);
  if (keyed) { event.preventDefault(); keyed.click(); keyed.parentElement.querySelector(".menu-panel :is(input:not([type=hidden]), button, a)")?.focus(); return; }
  if (event.key.startsWith("Arrow") && event.target.matches("[type=radio]")) return;
  if (event.key === "j" || event.key === "ArrowDown") { event.preventDefault(); move(1); }
  if (event.key === "k" || event.key === "ArrowUp") { event.preventDefault(); move(-1); }
  if (event.key === "Enter" && !event.target.matches("input")) move(0);  // there it sends the form
});

document.querySelector("[data-theme-switch]")?.addEventListener("click", () => {
  const next = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
  localStorage.setItem("rappen-theme", next);
  document.documentElement.dataset.theme = next;
});
document.addEventListener("click", (event) => {
  document.querySelectorAll("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
const here = document.querySelector(".side [aria-current]"), side = here?.closest(".side");
if (side && here.offsetTop + here.offsetHeight > side.clientHeight) side.scrollTop = here.offsetTop - side.clientHeight / 2;

document.querySelector(".menu-button")?.addEventListener("click", (event) => {
  const open = document.querySelector(".side").classList.toggle("open");
  event.currentTarget.setAttribute("aria-expanded", open);
});
document.querySelectorAll("select[data-go]").forEach((s) => s.addEventListener("change", () => {
  if (s.form.dataset.askWhen) {
    const reason = prompt(s.form.dataset.ask);
    if (!reason?.trim()) { s.form.reset(); return; }
    s.form.elements.reason.value = reason;
  }
  s.form.requestSubmit();
}));
const unfold = (link, open) => {
  document.getElementById(link.dataset.unfold).hidden = !open;
  link.setAttribute("aria-expanded", open);
};
document.querySelectorAll("[data-unfold]").forEach((link) => {
  if (location.hash === `#${link.dataset.unfold}`) unfold(link, true);
  link.addEventListener("click", (event) => {
    event.preventDefault();
    const open = link.getAttribute("aria-expanded") !== "true";
    unfold(link, open);
    history.replaceState(null, "", open ? `#${link.dataset.unfold}` : location.pathname + location.search);
  });
});
/** Files that are too large are told when they are chosen: of an answer to half a form browsers show nothing. */
const { mostFile, mostTogether, tooLarge } = document.body.dataset;
function weigh(form, chosen) {
  const fields = [...form.querySelectorAll("input[type=file]")], size = (field) => [...field.files].reduce((sum, one) => sum + one.size, 0);
  const all = fields.reduce((sum, field) => sum + size(field), 0);
  for (const field of fields) {
    const over = [...field.files].some((one) => one.size > mostFile) ? mostFile : field === chosen && all > mostTogether ? mostTogether : 0;
    field.setCustomValidity(over ? tooLarge.replace("{0}", Math.floor(over / 2 ** 20)) : "");
  }
  chosen.reportValidity();
}
if (mostFile) document.querySelectorAll("form[enctype='multipart/form-data']:not(#intake)").forEach((form) => {  // which sends in parts
  if (new URL(form.action).pathname !== location.pathname) return;
  form.addEventListener("change", (event) => { if (event.target.type === "file") weigh(form, event.target); }, true);
});
document.querySelectorAll("input[data-send]").forEach((i) => i.addEventListener("change", () => { if (i.files.length) i.form.requestSubmit(); }));
document.querySelectorAll("[data-print]").forEach((b) => b.addEventListener("click", () => print()));
document.querySelectorAll("form[data-confirm]").forEach((f) => f.addEventListener("submit", (event) => {
  if (!confirm(f.dataset.confirm)) event.preventDefault();
}));
document.querySelectorAll("a[data-star]").forEach((a) => a.addEventListener("click", () => {
  const told = { keep: location.pathname + location.search, name: document.querySelector("h1")?.textContent.trim().slice(0, 60) };
  a.search = new URLSearchParams(told);
}));
document.querySelectorAll("iframe.viewer[src]").forEach((viewer) => keepKeyboard(viewer));
enliven(document);
