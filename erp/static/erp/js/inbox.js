/** The inbox: files are dropped, chosen, photographed or pasted, and sent a few at a time; states come by themselves. */
import { send } from "./answers.js";
import "./live.js";

const $ = (id) => document.getElementById(id);
const FILES = 10, BYTES = 20 * 1024 * 1024, LOOK = 1500;

/** So many files as go together in one request. */
function batches(files) {
  const found = [];
  let size = Infinity;
  for (const file of files) {
    if (size + file.size > BYTES || found.at(-1).length >= FILES) { found.push([]); size = 0; }
    found.at(-1).push(file);
    size += file.size;
  }
  return found;
}

function came(said, address, wrong) {
  const row = document.createElement("li"), text = document.createElement(address ? "a" : "span");
  text.textContent = said;
  if (address) text.href = address;
  if (wrong) row.className = "bad";
  row.append(text);
  $("came").prepend(row);
}

let queue = Promise.resolve();
function take(chosen, field) {
  const files = [...chosen];  // the field that they were chosen in is emptied at once
  if (files.length) queue = queue.then(() => sendAll(files, field));
}

async function sendAll(files, field) {
  const texts = $("intake").dataset;
  $("sending").hidden = false;
  $("bar").max = files.length;
  let sent = 0;
  for (const batch of batches(files)) {
    $("bar").value = sent;
    $("how-far").textContent = `${texts.sending} ${sent} / ${files.length}`;
    const body = new FormData();
    for (const file of batch) body.append(field, file, file.name || `${texts.pasted}.png`);
    const { result, errors } = await send(location.pathname, body);
    for (const one of result?.received ?? []) came(one.said, one.url, one.error);
    for (const one of errors ?? []) came(`${batch.map((file) => file.name).join(", ")}: ${one.message}`, null, true);
    sent += batch.length;
  }
  $("sending").hidden = true;
  look();
}

/** While anything is unread, the list is asked for again. */
let waits;
async function look() {
  clearTimeout(waits);
  const answer = document.hidden ? null : await fetch(location.href).catch(() => null);
  if (answer?.redirected) return;
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html"), fresh = page.getElementById("inbox-list");
    const list = $("inbox-list");
    if (fresh && "whole" in list.dataset && fresh.dataset.unread === "0") { location.reload(); return; }
    if (fresh && !list.querySelector("[aria-selected=true]")) list.replaceChildren(...fresh.childNodes);
    if (fresh) list.dataset.unread = fresh.dataset.unread;
    for (const at of ["waiting"]) if ($(at) && page.getElementById(at)) $(at).textContent = page.getElementById(at).textContent;
  }
  again();
}
const again = () => { if (Number($("inbox-list")?.dataset.unread)) waits = setTimeout(look, LOOK); };

if ($("intake")) {
  for (const [id, field] of [["files", "files"], ["photos", "photos"]]) {
    $(id).addEventListener("change", (event) => { take(event.target.files, field); event.target.value = ""; });
  }
  let over = 0;
  const mark = () => $("drop").classList.toggle("over", over > 0);
  document.addEventListener("dragenter", (event) => { if (event.dataTransfer?.types.includes("Files")) { over += 1; mark(); } });
  document.addEventListener("dragleave", () => { over = Math.max(0, over - 1); mark(); });
  document.addEventListener("dragover", (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); });
  document.addEventListener("drop", (event) => {
    over = 0;
    mark();
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files, "files");
  });
  document.addEventListener("paste", (event) => {
    if (event.clipboardData?.files.length) { event.preventDefault(); take(event.clipboardData.files, "files"); }
  });
}
again();
