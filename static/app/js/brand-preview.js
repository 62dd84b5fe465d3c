// Shows a brand while it is edited. The saved colours are computed by the server.

const form = document.querySelector("main form");
const preview = document.getElementById("brand-preview");

// As branding/theme.py: text on the card, and on a tint of the brand upon the card.
const SCHEMES = {
  light: { card: "#ffffff", towards: "#000000", tint: 0.12 },
  dark: { card: "#151b23", towards: "#ffffff", tint: 0.26 },
};
const INK_CONTRAST = 4.8;
const STEPS = 50;

const rgbOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
const mixed = (one, other, share) => one.map((value, at) => value * share + other[at] * (1 - share));
const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => channel(value / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function inkOf(brand) {
  const scheme = SCHEMES[document.documentElement.dataset.bsTheme] ?? SCHEMES.light;
  const [card, towards] = [rgbOf(scheme.card), rgbOf(scheme.towards)];
  const backgrounds = [card, mixed(brand, card, scheme.tint)];
  for (let step = 0; step < STEPS; step += 1) {
    const ink = mixed(towards, brand, step / STEPS);
    if (backgrounds.every((one) => contrast(ink, one) >= INK_CONTRAST)) return ink;
  }
  return towards;
}

function show() {
  const colour = form.elements.primary_color.value;
  const whiteIsReadable = contrast(rgbOf(colour), rgbOf("#ffffff")) >= 4.5;
  preview.style.setProperty("--brand", colour);
  preview.style.setProperty("--brand-on", whiteIsReadable ? "#ffffff" : "#10151c");
  preview.style.setProperty("--brand-ink", `rgb(${inkOf(rgbOf(colour)).map(Math.round).join(" ")})`);
  preview.style.setProperty("--tblr-primary", colour);
  preview.style.setProperty("--radius", `${form.elements.radius_px.value}px`);
  preview.style.setProperty("--radius-control", `${form.elements.radius_px.value * 0.7}px`);
  preview.style.fontFamily = `"${form.elements.font.value}", system-ui, sans-serif`;
  const name = form.elements.name.value.trim();
  preview.querySelector("[data-preview=name]").textContent = name;
  preview.querySelector("[data-preview=mark]").textContent = name.slice(0, 1).toUpperCase();
}

form.addEventListener("input", show);
document.addEventListener("theme:change", show);
show();
