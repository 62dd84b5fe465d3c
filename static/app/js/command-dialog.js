// Command forms come into one dialog: it opens when a form arrives and shuts when the form is gone.

const dialog = document.getElementById("command-dialog");
const body = document.getElementById("command-form");

if (dialog && body) {
  document.addEventListener("htmx:after:swap", () => {
    const filled = body.querySelector("form") !== null;
    if (filled && !dialog.open) dialog.showModal();
    else if (!filled && dialog.open) dialog.close();
  });
  dialog.addEventListener("close", () => body.replaceChildren());
  // In the dialog, Cancel closes; on a page of its own it is a link.
  dialog.addEventListener("click", (event) => {
    if (event.target.closest("a[data-dialog-close]")) event.preventDefault();
  });
}
