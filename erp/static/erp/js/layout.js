/** A layout beside its preview: each change draws the sample anew, and keeps nothing. */
import { later } from "./live.js";

const form = document.getElementById("layout-form"), said = document.getElementById("layout-said"), pdf = document.getElementById("layout-pdf");
const leaves = [...document.querySelectorAll("img[data-leaf]")];
let asked = 0;

const typed = () => {
  const told = new FormData(form);
  for (const name of ["csrfmiddlewaretoken", "kind"]) told.delete(name);
  return new URLSearchParams(told);
};

const draw = async () => {
  const nth = ++asked, query = typed();
  for (const leaf of leaves) {
    const answer = await fetch(`${leaf.dataset.leaf}&${query}`).catch(() => null);
    if (nth !== asked || !answer || answer.redirected) return;
    const told = answer.ok ? [] : (await answer.json().catch(() => ({}))).errors || [];
    said.textContent = told.map((one) => one.message).join(" ");
    said.hidden = !told.length;
    if (!answer.ok) return;
    const old = leaf.src;
    leaf.src = URL.createObjectURL(await answer.blob());
    if (old.startsWith("blob:")) URL.revokeObjectURL(old);
  }
  if (pdf) pdf.href = `${leaves[0].dataset.leaf.replace(/&page=1$/, "")}&${query}`;
};

if (leaves.length && !form.querySelector("fieldset").disabled) {
  form.addEventListener("input", later(draw, 400));
  form.querySelector("[name=preview]")?.remove(); // it is for browsers without scripts
}
