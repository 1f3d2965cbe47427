/** Jobs that tell how far they are: what to do when the answer is no progress any more. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  const asked = new URL(requestConfig.path, location.href).pathname;
  if (new URL(xhr.responseURL).pathname === asked) return;
  event.detail.shouldSwap = false;  // signed out meanwhile: the page itself leads to the sign-in
  location.reload();
});
