/** Ctrl Enter sends the form of the button that says so, as the button itself would. */
const button = document.getElementById("save");

button?.form.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  button.form.requestSubmit(button);
});
