// <button data-dialog="id"> opens <dialog id>; [data-dialog-close] shuts it.
// data-dialog-<field>="…" on the button fills the dialog's input of that name.

const fill = (dialog, button) => {
  for (const [key, value] of Object.entries(button.dataset)) {
    const match = /^dialog([A-Z]\w*)$/.exec(key);
    if (!match || key === "dialogClose") continue;
    const name = match[1][0].toLowerCase() + match[1].slice(1);
    for (const field of dialog.querySelectorAll(`[name="${name}"]`)) field.value = value;
    for (const text of dialog.querySelectorAll(`[data-text="${name}"]`)) text.textContent = value;
  }
};

document.addEventListener("click", (event) => {
  const target = event.target;
  const opener = target.closest?.("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset.dialog);
    fill(dialog, opener);
    dialog.showModal();
    return;
  }
  const dialog = target.closest?.("dialog");
  if (!dialog) return;
  const outside = target === dialog && "lightDismiss" in dialog.dataset;
  if (outside || target.closest("[data-dialog-close]")) dialog.close();
});
