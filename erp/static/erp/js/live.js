/** A list that is found while typing. */
export const later = (act, wait) => {
  let timer;
  return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
};

/** `<input data-live="#list">`: what is found takes the place of the list; the last question counts. */
document.querySelectorAll("input[data-live]").forEach((input) => {
  let asked = 0;
  const look = async () => {
    const nth = ++asked, query = new URLSearchParams(new FormData(input.form));
    const address = `${location.pathname}?${query}`;
    const answer = await fetch(address).catch(() => null);
    if (nth !== asked || !answer?.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(input.dataset.live);
    if (nth !== asked || !fresh) return;
    document.querySelector(input.dataset.live).replaceChildren(...fresh.childNodes);
    history.replaceState(null, "", address);
  };
  input.addEventListener("input", later(look, 200));
});
