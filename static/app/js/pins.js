// What a station, a location or a group of them looks like on the map.

const SVG = "http://www.w3.org/2000/svg";
const BODY = "M17 41C17 41 32 27.5 32 16.5A15 15 0 1 0 2 16.5C2 27.5 17 41 17 41Z";
const GLYPHS = {
  available: "M11 17l4 4 8-9",
  charging: "M18.6 7.5 10.8 18.2h5l-1 8.3 8.2-11.4h-5.2z",
  occupied: "M17 9.5v7.5l4.5 2.5",
  reserved: "M12 10h10M12 23h10M13 10c0 6 8 7 8 13M21 10c0 6-8 7-8 13",
  faulted: "M17 8.5v9.5M17 23.4v.2",
  offline: "M12 11.5l10 10M22 11.5l-10 10",
};
const SOLID = new Set(["charging"]);

/** Worst first: the order of ring segments and of a group's own state. */
export const RANK = ["faulted", "offline", "occupied", "reserved", "charging", "available"];

const shape = (name, attributes) => {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
};

/** How many of each state: a feature has `counts`, or counts as one of its `state`. */
export const countStates = (features) => {
  const counts = {};
  for (const feature of features) {
    const own = feature.counts ?? { [feature.state]: 1 };
    for (const [state, count] of Object.entries(own)) counts[state] = (counts[state] ?? 0) + count;
  }
  return counts;
};

const ring = (counts) => {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  let from = 0;
  const parts = RANK.filter((state) => counts[state]).map((state) => {
    const to = from + (360 * counts[state]) / total;
    const part = `var(--status-${state}) ${from}deg ${to}deg`;
    from = to;
    return part;
  });
  return `conic-gradient(${parts.join(",") || "var(--status-offline) 0deg 360deg"})`;
};

const inWords = (counts) =>
  RANK.filter((state) => counts[state]).map((state) => `${counts[state]} ${state}`).join(", ");

/** A pin for one feature. */
export const pin = (feature) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `pin s-${feature.state}`;
  button.setAttribute("aria-label", `${feature.label}: ${feature.text ?? feature.state}`);
  const svg = shape("svg", { viewBox: "0 0 34 42", "aria-hidden": "true" });
  const solid = SOLID.has(feature.state) ? " is-solid" : "";
  svg.append(
    shape("path", { class: "body", d: BODY }),
    shape("path", { class: `glyph${solid}`, d: GLYPHS[feature.state] ?? GLYPHS.offline }),
  );
  button.append(svg);
  return button;
};

/** A ring with a number: a group of features, or one feature with several counted parts. */
export const cluster = (features, label) => {
  const counts = countStates(features);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const button = document.createElement("button");
  button.type = "button";
  button.className = `cluster${total >= 100 ? " is-large" : ""}`;
  button.style.background = ring(counts);
  button.setAttribute("aria-label", `${label.replace("{count}", total)} (${inWords(counts)})`);
  const inner = document.createElement("span");
  inner.textContent = total;
  button.append(inner);
  return button;
};
