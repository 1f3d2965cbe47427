/** Dates as bookkeepers type them: `31.`, `31.12`, `31.12.26`, `3112`, `-1`, `+2`, `h` for today. */

const iso = (date) => date.toISOString().slice(0, 10);
const day = (y, m, d) => {
  const date = new Date(Date.UTC(y, m - 1, d));
  return date.getUTCMonth() === m - 1 && date.getUTCDate() === d ? date : null;
};

/** `text` relative to `reference` (ISO): an ISO date, or null. Missing parts come from the reference. */
export function readDate(text, reference) {
  const base = new Date(reference + "T00:00:00Z");
  const value = text.trim().toLowerCase();
  if (["h", "t", "o", "a", "="].includes(value)) return reference;
  if (/^[-+]\d{1,3}$/.test(value)) { base.setUTCDate(base.getUTCDate() + Number(value)); return iso(base); }
  if (/^\d{4}-\d{2}-\d{2}$/.test(value)) {
    const [y, m, d] = value.split("-").map(Number);
    const found = day(y, m, d);
    return found && iso(found);
  }
  let parts = /^(\d{1,2})\.?(?:(\d{1,2})\.?(\d{4}|\d{2})?)?$/.exec(value);
  if (/^\d{4}$|^\d{6}$|^\d{8}$/.test(value)) parts = [0, value.slice(0, 2), value.slice(2, 4), value.slice(4)];
  if (!parts) return null;
  const month = Number(parts[2] || base.getUTCMonth() + 1);
  let year = parts[3] ? Number(parts[3]) : base.getUTCFullYear();
  if (year < 100) year += 2000;
  const found = day(year, month, Number(parts[1]));
  return found && iso(found);
}

export const shown = (isoDate) => isoDate.split("-").reverse().join(".");

export function enhance(input) {
  const reference = () => input.dataset.reference || iso(new Date());
  const complete = () => {
    if (!input.value.trim()) return;
    const found = readDate(input.value, reference());
    input.setAttribute("aria-invalid", found === null);
    if (found) input.value = shown(found);
  };
  input.addEventListener("blur", complete);
  input.form?.addEventListener("submit", complete, { capture: true });
  input.addEventListener("focus", () => input.select());
}
