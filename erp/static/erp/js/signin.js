/** Passkeys: says in the page what went wrong, instead of in the console alone. */
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.querySelector("h1");
  document.querySelector(".passkey-error")?.remove();
  const note = document.createElement("div");
  note.className = "note error passkey-error";
  note.setAttribute("role", "alert");
  note.textContent = document.querySelector("[data-passkey-error]")?.dataset.passkeyError || event.detail.exception.message;
  place.after(note);
});
