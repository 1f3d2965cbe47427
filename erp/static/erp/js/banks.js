/** `<input data-iban>`: says which bank an IBAN belongs to, as soon as it is whole. */
import { ask } from "./lookups.js";

const WHOLE = /^(CH|LI)\d{7}[A-Z0-9]{12}$/;

export function enhance(input) {
  const said = document.createElement("p");
  said.className = "said"; said.setAttribute("role", "status");
  input.after(said);
  const tell = (text, bad = false) => { said.textContent = text; said.classList.toggle("negative", bad); };
  const look = async () => {
    const iban = input.value.replace(/\s/g, "").toUpperCase();
    if (!WHOLE.test(iban)) { tell(""); return; }
    const told = await ask("reference/iban", { iban });
    if (input.value.replace(/\s/g, "").toUpperCase() !== iban) return;
    input.setAttribute("aria-invalid", String(Boolean(told?.refusal)));
    if (!told || told.refusal) { tell(told?.refusal || "", true); return; }
    const { bank } = told, texts = input.dataset;
    tell(bank ? [bank.name, bank.town, bank.bic && `BIC ${bank.bic}`, told.is_qr && "QR-IBAN", told.was_taken_over && texts.joined, bank.valid_to && texts.closed].filter(Boolean).join(" · ") : texts.unknown, !bank || Boolean(bank.valid_to));
    input.dispatchEvent(new CustomEvent("bank", { bubbles: true, detail: told }));
  };
  input.addEventListener("input", look);
  if (input.value) look();
}
