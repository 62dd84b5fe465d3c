// Shows a brand while it is edited. The saved colours are computed by the server.

const form = document.querySelector("main form");
const preview = document.getElementById("brand-preview");

const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);

function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((at) => channel(parseInt(colour.slice(at, at + 2), 16) / 255));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function show() {
  const colour = form.elements.primary_color.value;
  const whiteIsReadable = 1.05 / (luminance(colour) + 0.05) >= 4.5;
  preview.style.setProperty("--brand", colour);
  preview.style.setProperty("--brand-on", whiteIsReadable ? "#ffffff" : "#10151c");
  preview.style.setProperty("--brand-ink", `color-mix(in oklab, ${colour} ${whiteIsReadable ? 100 : 55}%, var(--ink))`);
  preview.style.setProperty("--tblr-primary", colour);
  preview.style.setProperty("--radius", `${form.elements.radius_px.value}px`);
  preview.style.setProperty("--radius-control", `${form.elements.radius_px.value * 0.7}px`);
  preview.style.fontFamily = `"${form.elements.font.value}", system-ui, sans-serif`;
  const name = form.elements.name.value.trim();
  preview.querySelector("[data-preview=name]").textContent = name;
  preview.querySelector("[data-preview=mark]").textContent = name.slice(0, 1).toUpperCase();
}

form.addEventListener("input", show);
show();
