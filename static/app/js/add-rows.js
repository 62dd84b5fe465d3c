// "Another one" for the rows of a Django formset: copies the last row under the next number.
// Listens on the document, for forms also come into dialogs.

const renumber = (row, prefix, number) => {
  const pattern = new RegExp(`${prefix}-\\d+-`, "g");
  for (const element of row.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
    for (const name of ["name", "id", "for", "aria-describedby"]) {
      const value = element.getAttribute(name);
      if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${number}-`));
    }
  }
};

const addRow = (button) => {
  const prefix = button.dataset.addRow;
  const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
  const max = Number(document.querySelector(`[name="${prefix}-MAX_NUM_FORMS"]`).value);
  const rows = document.querySelector(`[data-rows="${prefix}"]`);
  const last = rows.lastElementChild;
  if (!last || Number(total.value) >= max) return;
  const row = last.cloneNode(true);
  for (const note of row.querySelectorAll(".form-errors")) note.remove();
  renumber(row, prefix, Number(total.value));
  const chosen = last.querySelectorAll("select");
  row.querySelectorAll("select").forEach((select, i) => { select.value = chosen[i].value; });
  rows.append(row);
  total.value = Number(total.value) + 1;
  button.disabled = Number(total.value) >= max;
  row.querySelector("select, input")?.focus();
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add-row]");
  if (button) addRow(button);
});
