// Behaviour that every page shares. Everything is delegated, so swapped-in HTML works too.

import "app/menus";
import "app/dialogs";
import { tickTimes } from "app/times";

const COPIED_MS = 1600;
const TOAST_MS = 6000;

// theme switch

const showThemeChoice = () => {
  for (const button of document.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === appTheme.choice()));
  }
};

// copy

const copy = async (button) => {
  const source = document.getElementById(button.dataset.copyFrom);
  const text = source.value ?? source.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard without HTTPS: select it, the person copies by key.
    getSelection().selectAllChildren(source);
    return;
  }
  const label = button.querySelector("span") ?? button;
  const before = label.textContent;
  label.textContent = "Copied";
  setTimeout(() => { label.textContent = before; }, COPIED_MS);
};

// tabs: arrow keys move, panels are named by aria-controls

const selectTab = (tab, focus) => {
  const tabs = tab.closest("[data-tabs]").querySelectorAll('[role="tab"]');
  for (const other of tabs) {
    const chosen = other === tab;
    other.setAttribute("aria-selected", String(chosen));
    other.tabIndex = chosen ? 0 : -1;
    document.getElementById(other.getAttribute("aria-controls")).hidden = !chosen;
  }
  if (focus) tab.focus();
  dispatchEvent(new Event("resize"));
};

// A strip of tabs that is wider than a phone begins with the page that is open.
document.querySelector('.tabs > [aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "center" });

const TAB_STEPS = { ArrowRight: 1, ArrowLeft: -1 };

const moveTab = (event) => {
  const tab = event.target.closest('[data-tabs] [role="tab"]');
  if (!tab || !(event.key in TAB_STEPS)) return;
  const tabs = [...tab.closest("[data-tabs]").querySelectorAll('[role="tab"]')];
  const step = TAB_STEPS[event.key] * (document.dir === "rtl" ? -1 : 1);
  selectTab(tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length], true);
  event.preventDefault();
};

// toasts

const armToasts = (root = document) => {
  for (const toast of root.querySelectorAll("[data-toast]:not([data-toast-keep], [data-armed])")) {
    toast.dataset.armed = "";
    setTimeout(() => toast.remove(), TOAST_MS);
  }
};

/** Show a short message; `level` is success, info, warning or error. */
export const toast = (text, level = "info") => {
  const looks = { success: "available", info: "charging", warning: "occupied", error: "faulted" };
  const card = document.createElement("div");
  card.className = `toast-card s-${looks[level] ?? "charging"}`;
  card.dataset.toast = "";
  if (level === "error") card.dataset.toastKeep = "";
  const line = document.createElement("p");
  line.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "icon-button";
  close.dataset.toastClose = "";
  close.setAttribute("aria-label", "Dismiss");
  close.textContent = "×";
  card.append(line, close);
  document.getElementById("toasts")?.append(card);
  armToasts();
};

// JSON colours

const JSON_PART = /("(?:\\.|[^"\\])*")(\s*:)?|\b(true|false|null|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\b/g;

const colourJson = (root = document) => {
  for (const code of root.querySelectorAll("code[data-json]:not([data-done])")) {
    code.dataset.done = "";
    const text = code.textContent;
    const parts = [];
    let end = 0;
    for (const match of text.matchAll(JSON_PART)) {
      const [whole, quoted, colon] = match;
      const span = document.createElement("span");
      span.className = quoted ? (colon ? "json-key" : "json-text") : "json-other";
      span.textContent = quoted ?? whole;
      parts.push(text.slice(end, match.index), span, colon ?? "");
      end = match.index + whole.length;
    }
    code.replaceChildren(...parts, text.slice(end));
  }
};

// wiring

document.addEventListener("click", (event) => {
  const target = event.target.closest?.("button, a");
  if (!target) return;
  if (target.dataset.themeChoice) {
    appTheme.choose(target.dataset.themeChoice);
    showThemeChoice();
  } else if (target.dataset.copyFrom) {
    copy(target);
  } else if ("toastClose" in target.dataset) {
    target.closest("[data-toast]").remove();
  } else if (target.matches('[data-tabs] [role="tab"]')) {
    selectTab(target, false);
  }
});

document.addEventListener("keydown", (event) => {
  moveTab(event);
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  const search = document.querySelector("[data-search-key]");
  if (!search) return;
  event.preventDefault();
  search.focus();
  search.select();
});

// A filter form submits itself when a choice changes.
document.addEventListener("change", (event) => {
  if (event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) {
    event.target.closest("form[data-autosubmit]")?.requestSubmit();
  }
});

// Empty filters stay out of the address.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "get") {
    form.querySelector("[type=submit]")?.setAttribute("aria-busy", "true");
    return;
  }
  for (const field of form.elements) if (field.value === "") field.disabled = true;
  setTimeout(() => { for (const field of form.elements) field.disabled = false; });
});

addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("[aria-busy][type=submit]")) {
    button.removeAttribute("aria-busy");
  }
});

const refresh = (root) => {
  armToasts(root);
  colourJson(root);
  tickTimes();
  showThemeChoice();
};

document.addEventListener("htmx:after:swap", () => refresh(document));
refresh(document);
document.querySelector("[data-focus]")?.focus();
