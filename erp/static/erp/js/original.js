/** An original beside a mask: its pages by key, larger and smaller, turned. The mask keeps the keyboard. */
import { typing } from "./typing.js";

const original = document.getElementById("original");
const box = original?.querySelector(".original-pages");
const sheets = box ? [...box.querySelectorAll("figure")] : [];
const STEP = 1.25, LEAST = 0.5, MOST = 6;
let zoom = 1;
const turns = new Map();

const shown = () => {
  const middle = box.scrollTop + box.clientHeight / 3;
  return Math.max(0, sheets.findLastIndex((sheet) => sheet.offsetTop - box.offsetTop <= middle));
};

function go(nth) {
  const sheet = sheets[Math.min(Math.max(nth, 0), sheets.length - 1)];
  if (sheet) box.scrollTop = sheet.offsetTop - box.offsetTop;
}

function lay(sheet) {
  const picture = sheet.querySelector("img"), turn = turns.get(sheet) || 0, lying = turn % 180 !== 0;
  const width = box.clientWidth * zoom, ratio = picture.naturalWidth ? picture.naturalHeight / picture.naturalWidth : 1.414;
  sheet.style.width = `${width}px`;
  sheet.style.height = `${lying ? width / ratio : width * ratio}px`;
  picture.style.width = `${lying ? width / ratio : width}px`;
  picture.style.transform = turn ? `translate(-50%, -50%) rotate(${turn}deg)` : "translate(-50%, -50%)";
}

function scale(to) {
  const at = shown(), into = (box.scrollTop - (sheets[at].offsetTop - box.offsetTop)) / sheets[at].offsetHeight;
  const across = box.scrollLeft / (box.scrollWidth || 1);
  zoom = Math.min(Math.max(to, LEAST), MOST);
  sheets.forEach(lay);
  box.scrollTop = sheets[at].offsetTop - box.offsetTop + into * sheets[at].offsetHeight;
  box.scrollLeft = across * box.scrollWidth;
}

const acts = {
  back: () => go(shown() - 1),
  on: () => go(shown() + 1),
  larger: () => scale(zoom * STEP),
  smaller: () => scale(zoom / STEP),
  fit: () => scale(1),
  turn: () => { const sheet = sheets[shown()]; turns.set(sheet, ((turns.get(sheet) || 0) + 90) % 360); lay(sheet); },
};
const PLAIN = { PageDown: "on", PageUp: "back", "+": "larger", "-": "smaller", 0: "fit", r: "turn" };
const WITH_ALT = { PageDown: "on", PageUp: "back", KeyZ: "larger", KeyR: "turn" };

if (sheets.length) {
  const sheet = new ResizeObserver(() => sheets.forEach(lay));
  sheet.observe(box);
  for (const one of sheets) one.querySelector("img").addEventListener("load", () => lay(one));
  sheets.forEach(lay);
  go(Number(original.dataset.first) - 1);
  box.addEventListener("scroll", () => {
    const said = original.querySelector("[data-shown]");
    if (said) said.textContent = shown() + 1;
  });
  original.addEventListener("click", (event) => acts[event.target.closest("[data-do]")?.dataset.do]?.());
  box.addEventListener("wheel", (event) => {
    if (!event.ctrlKey) return;
    event.preventDefault();
    scale(event.deltaY < 0 ? zoom * STEP : zoom / STEP);
  }, { passive: false });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    let act = event.altKey ? WITH_ALT[event.code] : typing(event.target) ? null : PLAIN[event.key];
    if (act === "larger" && event.altKey && event.shiftKey) act = "smaller";
    if (!act || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    acts[act]();
  });
}
