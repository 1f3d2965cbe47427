// Light or dark before the first paint: the user's choice, else the machine's.
const chosen = localStorage.getItem("rappen-theme");
const dark = matchMedia("(prefers-color-scheme: dark)");
const show = () => {
  document.documentElement.dataset.theme = localStorage.getItem("rappen-theme") || (dark.matches ? "dark" : "light");
};
if (!chosen) dark.addEventListener("change", show);
show();
