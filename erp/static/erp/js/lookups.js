/** Questions to the reference data; each is asked once per page. */
const known = new Map();

/** The answer, or null where there is none; a refusal comes as `{ refusal }` in words. */
export function ask(path, values) {
  const address = `/api/v1/${path}/?${new URLSearchParams(values)}`;
  if (!known.has(address)) known.set(address, fetched(address));
  return known.get(address);
}

async function fetched(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    const told = await answer.json();
    if (answer.ok) return told;
    if (answer.status === 422) return { refusal: told.detail };
    known.delete(address);  // busy or away: asked again the next time
    return null;
  } catch {
    known.delete(address);
    return null;
  }
}
