/** Under fields that find accounts, codes and cost centres: the name of what stands there. */
import { choice } from "./combobox.js";

document.querySelectorAll("form[data-said] input[data-combobox]").forEach((input) => {
  const said = document.createElement("p");
  said.className = "hint said";
  input.closest(".field").append(said);
  const tell = () => { said.textContent = (input.value.trim() && choice(input.dataset.combobox, input.value)?.name) || ""; };
  input.addEventListener("chosen", tell);
  input.addEventListener("change", tell);
  tell();
});
