// Keeps open <details> elements open, chosen runs chosen, and the focus, when the live part of a page is replaced.
let opened = [];
let chosen = [];
let focused = "";
document.addEventListener("htmx:sseBeforeMessage", () => {
  opened = Array.from(document.querySelectorAll("details[id][open]"), (details) => details.id);
  const active = document.activeElement;
  focused = active?.closest("#live") ? active.id : "";
  chosen = Array.from(document.querySelectorAll("#live input[type=checkbox]:checked"), (box) => box.id);
});
document.addEventListener("htmx:sseMessage", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
  for (const id of chosen) {
    const box = document.getElementById(id);
    if (box) box.checked = true;
  }
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
});

// The forms of a run's page are of a live run, or of one that is over: the page is loaded again when that changes.
document.addEventListener("htmx:sseMessage", () => {
  const live = document.getElementById("standing")?.dataset.live;
  const shown = document.getElementById("swap") ? "true" : "false";
  if (live && live !== shown) location.reload();
});

// In a chart, arrow keys move from value to value; the tab key moves to the next chart.
document.addEventListener("keydown", (event) => {
  const band = event.target.closest?.(".band");
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (!band || !step) return;
  const bands = Array.from(band.parentNode.querySelectorAll(".band"));
  const next = bands[bands.indexOf(band) + step];
  if (!next) return;
  event.preventDefault();
  band.setAttribute("tabindex", "-1");
  next.setAttribute("tabindex", "0");
  next.focus();
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

// Copies a text block. Where the browser does not allow that, it selects the text. The buttons are hidden without this script.
const showCopies = () => {
  for (const button of document.querySelectorAll("button[data-copies][hidden]")) button.hidden = false;
};
document.addEventListener("DOMContentLoaded", showCopies);
document.addEventListener("htmx:sseMessage", showCopies);
document.addEventListener("htmx:afterSettle", showCopies);
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-copies]");
  const block = button && document.getElementById(button.dataset.copies);
  if (!block) return;
  try {
    await navigator.clipboard.writeText(block.textContent);
    button.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(block);
    button.textContent = "Selected";
  }
});
