// Runs before the first paint: picks light or dark, so that nothing flashes.
// The choice ("light", "dark", "auto") is kept in this browser; a brand names the default.
(() => {
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const stored = () => {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null;
    }
  };

  const choice = () => stored() ?? root.dataset.themeDefault ?? "auto";

  const apply = () => {
    const wanted = choice();
    const scheme = wanted === "auto" ? (dark.matches ? "dark" : "light") : wanted;
    const changed = root.dataset.bsTheme !== scheme;
    root.dataset.bsTheme = scheme;
    if (changed) document.dispatchEvent(new CustomEvent("theme:change", { detail: scheme }));
  };

  apply();
  dark.addEventListener("change", apply);
  globalThis.appTheme = {
    choice,
    choose(value) {
      try {
        localStorage.setItem("theme", value);
      } catch {
        root.dataset.themeDefault = value;
      }
      apply();
    },
  };
})();
