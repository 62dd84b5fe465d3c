// The tariff editor: rows are added, moved and taken away without the server, faults stand beside
// their fields, and the chart follows the preview. Without this module the form saves all the same.

import { mountChart } from "app/chart";

const form = document.querySelector("[data-tariff-form]");
const CURVE = "tariff-curve";
const told = () => form.dispatchEvent(new CustomEvent("tariff:changed", { bubbles: true }));

// rows

let made = 0;

const showTools = (root) => {
  for (const button of root.querySelectorAll("[data-move-price]")) button.hidden = false;
};

const addRow = (kind) => {
  const blank = document.querySelector(`template[data-blank-row="${kind}"]`);
  const list = form.querySelector(`[data-price-rows="${kind}"]`);
  made += 1;
  const holder = document.createElement("template");
  holder.innerHTML = blank.innerHTML.replaceAll("__key__", `j${Date.now() % 1e6}_${made}`);
  const row = holder.content.firstElementChild;
  showTools(row);
  list.append(row);
  row.querySelector('input:not([type="hidden"])').focus();
};

const removeRow = (row) => {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  const list = row.parentElement;
  row.remove();
  const target = next?.querySelector("[data-remove-price]");
  (target ?? list.nextElementSibling.querySelector("[data-add-price]")).focus();
  told();
};

const moveRow = (row, button) => {
  const other = button.dataset.movePrice === "up" ? row.previousElementSibling : row.nextElementSibling;
  if (!other) return;
  if (button.dataset.movePrice === "up") other.before(row);
  else other.after(row);
  button.focus();
  told();
};

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  const row = button.closest("[data-price-row]");
  if (button.dataset.addPrice) addRow(button.dataset.addPrice);
  else if ("removePrice" in button.dataset) removeRow(row);
  else if (button.dataset.movePrice) moveRow(row, button);
  else return;
  event.preventDefault();
});

// What is empty says nothing, and many empty rows are more fields than a server takes.
form.addEventListener("formdata", (event) => {
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});

// market prices: their fields are in sight when some price follows them

const showMarket = () => {
  const fields = form.querySelector('[data-shown-by="energy_market"]');
  if (!fields) return;
  const marks = form.querySelectorAll('[name="energy_market"], [name^="energy_"][name$="_market"]');
  const follows = [...marks].some((mark) => (mark.type === "checkbox" ? mark.checked : mark.value));
  fields.hidden = !follows && !fields.querySelector(".is-invalid");
};

// currency

const showCurrency = (code) => {
  for (const unit of document.querySelectorAll(".unit[data-money]")) {
    unit.textContent = unit.textContent.replace(/^[A-Z]{3}/, code);
  }
};

form.addEventListener("change", (event) => {
  if (event.target.name === "currency") showCurrency(event.target.value);
  showMarket();
});

// faults beside their fields

const clearRemarks = () => {
  for (const remark of form.querySelectorAll("[data-remark]")) remark.remove();
  for (const control of form.querySelectorAll("[data-remarked]")) {
    delete control.dataset.remarked;
    control.removeAttribute("aria-invalid");
    control.classList.remove("is-invalid");
    const before = control.dataset.describedBefore;
    if (before) control.setAttribute("aria-describedby", before);
    else control.removeAttribute("aria-describedby");
  }
};

const showRemark = ({ field, text, error }, number) => {
  const control = form.elements[field] ?? form.querySelector(`[name="${CSS.escape(field)}"]`);
  const first = control instanceof RadioNodeList ? control[0] : control;
  const place = first?.closest(".field");
  if (!place) return;
  for (const folded of [place.closest("details:not([open])")]) if (folded) folded.open = true;
  const remark = document.createElement("div");
  remark.className = error ? "field-error" : "field-warning";
  remark.id = `remark-${number}`;
  remark.dataset.remark = "";
  remark.textContent = text;
  place.append(remark);
  if (!("remarked" in first.dataset)) first.dataset.describedBefore = first.getAttribute("aria-describedby") ?? "";
  first.dataset.remarked = "";
  first.setAttribute("aria-describedby", `${first.getAttribute("aria-describedby") ?? ""} ${remark.id}`.trim());
  if (error) {
    first.setAttribute("aria-invalid", "true");
    first.classList.add("is-invalid");
  }
};

const readJson = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");

const showRemarks = () => {
  for (const list of form.querySelectorAll(".form-errors[id]")) list.remove();
  clearRemarks();
  (readJson("field-remarks") ?? []).forEach(showRemark);
};

// chart

const host = document.querySelector("[data-curve]");
const drawCurve = () => {
  const spec = readJson("curve-spec");
  if (!spec) return;
  if (host.chart) document.dispatchEvent(new CustomEvent(CURVE, { detail: { data: JSON.stringify(spec) } }));
  else {
    host.dataset.event = CURVE;
    mountChart(host, spec);
  }
};

document.addEventListener("htmx:after:swap", (event) => {
  if (!event.target.closest?.("#tariff-preview") && event.target.id !== "tariff-preview" && !document.getElementById("field-remarks")) return;
  showRemarks();
  drawCurve();
});

showTools(form);
showMarket();
if (!form.querySelector(".form-errors")) showRemarks();
drawCurve();
