/** The list of documents: found while typing, chosen by boxes or by the space bar. */
import "./contacts.js";
import { typing } from "./typing.js";

const list = document.getElementById("document-list");
const boxes = () => [...list.querySelectorAll("input[name=document]")];

function count() {
  const all = boxes(), chosen = all.filter((box) => box.checked).length, said = document.getElementById("how-many");
  if (said) said.textContent = chosen ? `${chosen} / ${all.length}` : "";
  const head = document.getElementById("all");
  if (head) { head.checked = all.length > 0 && chosen === all.length; head.indeterminate = chosen > 0 && chosen < all.length; }
}

list.addEventListener("change", (event) => {
  if (event.target.id === "all") for (const box of boxes()) box.checked = event.target.checked;
  count();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "x" || typing(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
  const box = list.querySelector("tr[aria-selected=true] input[name=document]");
  if (box) { box.checked = !box.checked; count(); }
});
count();
