/** A viewer of PDF files takes the keyboard when it is ready, which may be long after it opened: keys of the page would be lost. */
const AT_FIRST = 3000;  // milliseconds in which nobody can have meant to go there
const byTouch = matchMedia("(any-hover: none)");  // a finger does not announce itself

/**
 * Give the keyboard back whenever `viewer`, an iframe, takes it; not to those who go there by Tab or with the mouse.
 * `back` says who gets it. Returns a function to call when another file is shown.
 */
export function keepKeyboard(viewer, back = () => viewer.blur()) {
  let shownAt = 0, goesThere = false;
  const giveBack = () => {
    if (document.activeElement !== viewer || byTouch.matches) return;
    if (!goesThere || performance.now() - shownAt < AT_FIRST) back();
  };
  document.addEventListener("keydown", (event) => { goesThere = event.key === "Tab"; });
  for (const kind of ["keyup", "focusin"]) document.addEventListener(kind, (event) => { if (event.target !== viewer) goesThere = false; });
  viewer.addEventListener("pointerenter", () => { goesThere = true; });
  viewer.addEventListener("pointerleave", () => { goesThere = false; });
  viewer.addEventListener("load", giveBack);
  addEventListener("blur", () => setTimeout(giveBack));
  return () => { shownAt = performance.now(); };
}
