// Keeps open <details> elements open when the live part of a page is replaced.
let opened = [];
document.addEventListener("htmx:sseBeforeMessage", () => {
  opened = Array.from(document.querySelectorAll("details[id][open]"), (details) => details.id);
});
document.addEventListener("htmx:sseMessage", () => {
  for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
});
