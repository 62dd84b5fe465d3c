// The matrix of prices: rows open into their parts, which are fetched once and then shown or hidden.
// After a change the table reads itself anew; what was open is opened again.

const open = new Set();
const rowOf = (id) => document.querySelector(`tr[data-place="${CSS.escape(id)}"]`);
const partsOf = (id) => document.querySelectorAll(`tr[data-parent="${CSS.escape(id)}"]`);

const show = (id, shown) => {
  for (const row of partsOf(id)) {
    row.hidden = !shown;
    if (row.dataset.place) show(row.dataset.place, shown && open.has(row.dataset.place));
  }
};

const turn = (row, opened) => {
  row.querySelector(".matrix-toggle")?.setAttribute("aria-expanded", String(opened));
  if (opened) open.add(row.dataset.place);
  else open.delete(row.dataset.place);
};

const toggle = (link) => {
  const row = link.closest("tr");
  const opened = !open.has(row.dataset.place);
  turn(row, opened);
  if (opened && !partsOf(row.dataset.place).length) link.dispatchEvent(new Event("open"));
  else show(row.dataset.place, opened);
};

// Parts of parts come when their row has come.
const openAgain = () => {
  for (const id of open) {
    const row = rowOf(id);
    const link = row?.querySelector(".matrix-toggle");
    if (!link || link.getAttribute("aria-expanded") === "true") continue;
    turn(row, true);
    link.dispatchEvent(new Event("open"));
  }
};

document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".matrix-toggle");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(link);
});

// On a phone a place shows what is special there, and everything when asked.
document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".matrix-all");
  if (!button) return;
  const shown = button.closest("tr").classList.toggle("is-all");
  button.setAttribute("aria-expanded", String(shown));
});

document.addEventListener("keydown", (event) => {
  const link = event.target.closest?.(".matrix-toggle");
  if (!link || event.key !== " ") return;
  event.preventDefault();
  toggle(link);
});

document.addEventListener("htmx:after:swap", openAgain);
