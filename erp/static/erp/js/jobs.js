/** Jobs that tell how far they are: the log stays open, and another answer than progress is not shown.
 * A section with `data-reload` is of a page that is shown anew as soon as the job is done. */
const log = (event) => event.detail.target.querySelector("details.job-log");
let opened = false;

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig } = event.detail;
  opened = Boolean(log(event)?.open);
  if (new URL(xhr.responseURL).pathname === new URL(requestConfig.path, location.href).pathname) return;
  event.detail.shouldSwap = false;  // signed out meanwhile: the page itself leads to the sign-in
  location.reload();
});
document.addEventListener("htmx:afterSwap", (event) => {
  const { target, xhr } = event.detail;
  if (opened && log(event)) log(event).open = true;
  if (xhr.status === 286 && "reload" in target.dataset && target.querySelector(".job-head .good")) location.reload();  // done: the page shows what came of it
});
