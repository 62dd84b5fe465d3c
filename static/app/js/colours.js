// Canvas and WebGL know neither var() nor color-mix(): let CSS compute, then read back a pixel.

const probe = document.createElement("i");
const pixel = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const context = pixel.getContext("2d", { willReadFrequently: true });

/** Any CSS colour as rgba(); `alpha` scales its opacity. */
export const rgba = (colour, alpha = 1) => {
  probe.style.color = colour;
  document.body.append(probe);
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = getComputedStyle(probe).color;
  probe.remove();
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue, opacity] = context.getImageData(0, 0, 1, 1).data;
  return `rgba(${red}, ${green}, ${blue}, ${((opacity / 255) * alpha).toFixed(3)})`;
};

/** A token by its name without dashes: token("map-sea"). */
export const token = (name, alpha = 1) => rgba(`var(--${name})`, alpha);

/** Font for a canvas: sizes in CSS pixels, the family of the page. */
export const canvasFont = (size) => `${size}px ${getComputedStyle(document.body).fontFamily}`;
