/**
 * A field that finds a contact while somebody types, and takes its number: `<input data-contact>`.
 * `chosen` tells which one it was.
 */
import { offer } from "./choices.js";
import { ask } from "./lookups.js";

const PAUSE = 150;  // milliseconds without a letter, then the server is asked
const place = () => location.pathname.match(/^\/c\/(\d+)\//)?.[1];

/** Contacts of this company that a text may mean, with the addresses of their pages. */
export async function contacts(text, still = () => true) {
  await new Promise((go) => setTimeout(go, PAUSE));
  const company = place();
  if (!company || !text.trim() || !still()) return [];
  const rows = await ask(`companies/${company}/contact-lookup`, { q: text.trim().slice(0, 80) });
  return Array.isArray(rows) ? rows.map((one) => ({ ...one, url: `/c/${company}/contacts/${one.id}/` })) : [];
}

export function enhance(input) {
  const find = async (text) => {
    const rows = await contacts(text, () => input.value === text);
    return rows.map((one) => ({ ...one, key: String(one.number), name: [one.name, one.place].filter(Boolean).join(" · ") }));
  };
  const take = (one) => {
    input.value = one.key;
    input.dispatchEvent(new CustomEvent("chosen", { bubbles: true, detail: one }));
  };
  // Enter takes a choice first; the form is sent by the next one.
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && input.getAttribute("aria-expanded") === "true") event.preventDefault();
  });
  offer(input, { find, take });
}
