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
