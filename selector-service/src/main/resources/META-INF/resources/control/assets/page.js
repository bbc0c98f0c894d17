// Keeps open <details> elements open, and chosen runs chosen, when the live part of a page is replaced.
let opened = [];
let chosen = [];
document.addEventListener("htmx:sseBeforeMessage", () => {
  opened = Array.from(document.querySelectorAll("details[id][open]"), (details) => details.id);
  chosen = Array.from(document.querySelectorAll("#live input[type=checkbox]:checked"), (box) => box.id);
});
document.addEventListener("htmx:sseMessage", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const id of chosen) {
    const box = document.getElementById(id);
    if (box) box.checked = true;
  }
});

// Says since when the page is not live, and disables its buttons until it is again. What was typed stays. The stream reconnects by itself.
const notLive = () => document.getElementById("not-live");
document.addEventListener("htmx:sseError", () => {
  const banner = notLive();
  if (!banner?.hidden) return;
  const since = new Date().toISOString().slice(11, 16);
  banner.textContent = `Not live since ${since} UTC: the selector does not answer. This page shows what was, and goes on by itself.`;
  banner.hidden = false;
  for (const button of document.querySelectorAll("main button:not(:disabled)")) {
    button.disabled = true;
    button.dataset.waits = "";
  }
});
document.addEventListener("htmx:sseOpen", () => {
  const banner = notLive();
  if (banner) banner.hidden = true;
  for (const button of document.querySelectorAll("button[data-waits]")) {
    button.disabled = false;
    delete button.dataset.waits;
  }
});
