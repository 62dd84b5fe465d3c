// A button that moves its own row keeps the focus, though the row is a new one.

let kept = "";

document.addEventListener("submit", (event) => {
  kept = event.submitter?.id ?? "";
});

document.addEventListener("htmx:after:swap", () => {
  const element = kept && document.getElementById(kept);
  if (element && document.activeElement !== element) element.focus();
  kept = "";
});
