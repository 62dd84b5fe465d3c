// Drop-down menus: <button data-menu="id" aria-expanded aria-controls> + <div id hidden>.

const buttonOf = (list) => document.querySelector(`[data-menu="${CSS.escape(list.id)}"]`);
const entries = (list) =>
  [...list.querySelectorAll("a, button:not(:disabled)")].filter((entry) => entry.offsetParent);

let open = null;

const close = (focusButton) => {
  if (!open) return;
  const button = buttonOf(open);
  open.hidden = true;
  open.style.cssText = "";
  button?.setAttribute("aria-expanded", "false");
  open = null;
  if (focusButton) button?.focus();
};

// A menu in a scrolling table would be cut off, so there it is placed on the window.
const place = (button, list) => {
  if (!button.closest(".table-wrap")) return;
  const at = button.getBoundingClientRect();
  const below = innerHeight - at.bottom > list.offsetHeight + 12;
  const start = Math.max(8, Math.min(at.right, innerWidth - 8) - list.offsetWidth);
  const top = below ? at.bottom + 6 : at.top - list.offsetHeight - 6;
  list.style.cssText = `position:fixed;inset:${top}px auto auto ${start}px`;
};

const show = (button) => {
  const list = document.getElementById(button.dataset.menu);
  if (open === list) {
    close(true);
    return;
  }
  close(false);
  list.hidden = false;
  button.setAttribute("aria-expanded", "true");
  open = list;
  place(button, list);
  entries(list)[0]?.focus({ preventScroll: true });
};

document.addEventListener("click", (event) => {
  const button = event.target.closest?.("[data-menu]");
  if (button) {
    show(button);
    return;
  }
  const inside = open && event.target.closest?.(".menu-list") === open;
  const choosesTheme = event.target.closest?.("[data-theme-choice]");
  if (open && (!inside || (event.target.closest("a, button") && !choosesTheme))) close(false);
});

document.addEventListener("keydown", (event) => {
  if (!open) return;
  const all = entries(open);
  const at = all.indexOf(document.activeElement);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
  if (to !== undefined) {
    event.preventDefault();
    all[(to + all.length) % all.length]?.focus();
  } else if (event.key === "Escape") {
    close(true);
  } else if (event.key === "Tab") {
    close(false);
  }
});

addEventListener("scroll", () => { if (open?.style.position === "fixed") close(false); }, true);
