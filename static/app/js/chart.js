// Time series: <div data-chart="json-script-id" data-event>.
//
// {x: [unix s], unit: "kW", unit2?, tz?, window?: s, min?, max?, series: [
//   {label, values: [number|null], kind?: area|line|dashed|stepped, colour?, unit?, digits?,
//    axis?: 2, hidden?}], digits?, bands?: [{from: unix s, to: unix s}]}
// `colour` is brand (default), 2, 3, 4, muted or a status look. A message named by data-event,
// {x, values: [one per series]}, is appended; with `window` older points leave. One with `series`
// is a new chart in place of the old.

import uPlot from "uplot";
import { canvasFont, rgba, token } from "app/colours";
import { onLive } from "app/live";

const TOKENS = { brand: "brand-ink", 2: "series-2", 3: "series-3", 4: "series-4", muted: "muted" };
const TABLE_ROWS = 24;

const colourOf = (series) => {
  const name = series.colour ?? "brand";
  return token(TOKENS[name] ?? `status-${name}`);
};

const write = (value, series, unit) => {
  if (value === null || value === undefined) return "–";
  const digits = series.digits ?? (Math.abs(value) >= 100 ? 0 : 1);
  const text = value.toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
  return unit ? `${text}\u00a0${unit}` : text;
};

const clock = (tz, long) =>
  new Intl.DateTimeFormat(document.documentElement.lang, {
    timeZone: tz,
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...(long ? { day: "numeric", month: "short" } : {}),
  });

const day = (tz) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: tz, day: "numeric", month: "short" });

const gradient = (colour, from, to) => (plot) => {
  const { top, height } = plot.bbox;
  if (!Number.isFinite(height) || height <= 0) return rgba(colour, to);
  const fill = plot.ctx.createLinearGradient(0, top, 0, top + height);
  fill.addColorStop(0, rgba(colour, from));
  fill.addColorStop(1, rgba(colour, to));
  return fill;
};

const lineOf = (series) => {
  const stroke = colourOf(series);
  const kind = series.kind ?? "line";
  const line = {
    label: series.label,
    scale: series.axis === 2 ? "y2" : "y",
    stroke,
    width: kind === "dashed" ? 1.5 : 2,
    points: { show: false },
    show: !series.hidden,
    spanGaps: false,
  };
  if (kind === "area") line.fill = gradient(stroke, 0.3, 0.02);
  if (kind === "dashed") line.dash = [5, 5];
  if (kind === "stepped") line.paths = uPlot.paths.stepped({ align: 1 });
  return line;
};

// Zero stays in sight and a flat line does not fill the plot.
const rangeOf = (spec) => (plot, low, high) => {
  const bottom = spec.min ?? Math.min(0, low ?? 0);
  const top = spec.max ?? (high ?? 0) * 1.08;
  return [bottom, top > bottom ? top : bottom + 1];
};

const axisOf = (spec, font, scale, unit, side) => ({
  scale,
  side,
  font,
  stroke: token("muted"),
  grid: { show: scale === "y", stroke: token("line"), width: 1 },
  ticks: { show: false },
  gap: 6,
  size: (plot, values) => 16 + Math.max(0, ...(values ?? []).map((v) => v.length)) * 7.2,
  values: (plot, ticks) => ticks.map((tick) => write(tick, { digits: spec.digits ?? 1 }, unit)),
});

const timeAxis = (spec, font) => {
  const hours = clock(spec.tz);
  const days = day(spec.tz);
  const midnight = (tick) => hours.format(tick * 1000) === "00:00";
  return {
    font,
    stroke: token("muted"),
    grid: { show: false },
    ticks: { show: false },
    gap: 8,
    size: 30,
    space: 64,
    values: (plot, ticks) => {
      const span = ticks.at(-1) - ticks[0];
      return ticks.map((tick) => {
        if (span > 172_800) return midnight(tick) ? days.format(tick * 1000) : "";
        return (midnight(tick) && span > 86_400 ? days : hours).format(tick * 1000);
      });
    },
  };
};

// Stretches of time that are marked, behind everything else.
const bands = (spec) => ({
  hooks: {
    drawClear: (plot) => {
      const { left, top, width, height } = plot.bbox;
      plot.ctx.fillStyle = rgba(token("brand-ink"), 0.13);
      for (const band of spec.bands ?? []) {
        const from = Math.max(left, plot.valToPos(band.from, "x", true));
        const to = Math.min(left + width, plot.valToPos(band.to, "x", true));
        if (to > from) plot.ctx.fillRect(from, top, Math.max(2, to - from), height);
      }
    },
  },
});

const tooltip = (spec) => {
  const box = document.createElement("div");
  box.className = "chart-tip";
  box.hidden = true;
  const title = clock(spec.tz, true);
  const fill = (plot, index) => {
    const head = document.createElement("div");
    head.className = "sub";
    head.textContent = title.format(plot.data[0][index] * 1000);
    const lines = spec.series.flatMap((series, i) => {
      const value = plot.data[i + 1][index];
      if (value === null || value === undefined) return [];
      const line = document.createElement("div");
      const swatch = document.createElement("i");
      swatch.className = "swatch";
      swatch.style.setProperty("--swatch", colourOf(series));
      const number = document.createElement("b");
      number.textContent = write(value, series, series.unit ?? spec.unit);
      line.append(swatch, series.label, number);
      return [line];
    });
    box.replaceChildren(head, ...lines);
    return lines.length > 0;
  };
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const { idx, left, top } = plot.cursor;
        if (idx === null || idx === undefined || left < 0 || !fill(plot, idx)) {
          box.hidden = true;
          return;
        }
        box.hidden = false;
        const right = left + 16 + box.offsetWidth > plot.over.clientWidth;
        const x = right ? left - box.offsetWidth - 16 : left + 16;
        const y = Math.min(Math.max(0, top - 20), plot.over.clientHeight - box.offsetHeight);
        box.style.transform = `translate(${x}px, ${Math.max(0, y)}px)`;
      },
    },
  };
};

const options = (host, spec) => {
  const font = canvasFont(12);
  const axes = [timeAxis(spec, font), axisOf(spec, font, "y", spec.unit, 3)];
  // A single instant has no span of its own; a few minutes around it are read best.
  const spanOf = (_plot, first, last) => (first !== null && first === last ? [first - 300, last + 300] : [first, last]);
  const scales = { x: { time: true, range: spanOf }, y: { range: rangeOf(spec) } };
  if (spec.series.some((series) => series.axis === 2)) {
    axes.push(axisOf(spec, font, "y2", spec.unit2, 1));
    scales.y2 = { range: [spec.min2 ?? 0, spec.max2 ?? 100] };
  }
  return {
    width: host.clientWidth,
    height: host.clientHeight,
    padding: [10, spec.unit2 ? 0 : 12, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 8, width: 2 }, drag: { x: false, y: false } },
    tzDate: spec.tz ? (seconds) => uPlot.tzDate(new Date(seconds * 1000), spec.tz) : undefined,
    scales,
    axes,
    series: [{}, ...spec.series.map(lineOf)],
    plugins: [bands(spec), tooltip(spec)],
  };
};

// The same numbers for those who cannot see the drawing, thinned to a readable length.
const tableOf = (spec) => {
  const table = document.createElement("table");
  table.className = "visually-hidden";
  const caption = table.createCaption();
  caption.textContent = spec.series.map((series) => series.label).join(", ");
  const title = clock(spec.tz, true);
  const step = Math.max(1, Math.ceil(spec.x.length / TABLE_ROWS));
  for (let i = 0; i < spec.x.length; i += step) {
    const row = table.insertRow();
    row.insertCell().textContent = title.format(spec.x[i] * 1000);
    for (const series of spec.series) {
      row.insertCell().textContent = write(series.values[i], series, series.unit ?? spec.unit);
    }
  }
  return table;
};

export class Chart {
  constructor(host, spec) {
    this.host = host;
    this.spec = spec;
    this.data = [spec.x, ...spec.series.map((series) => series.values)];
    this.observer = new ResizeObserver(() => this.resize());
    this.build();
    this.observer.observe(host);
    document.addEventListener("theme:change", () => this.build());
  }

  build() {
    this.plot?.destroy();
    this.host.querySelector(".chart-empty")?.remove();
    if (!this.spec.x.length) {
      const empty = document.createElement("div");
      empty.className = "chart-empty";
      empty.textContent = this.spec.empty ?? "No data yet";
      this.host.append(empty);
      this.plot = null;
      return;
    }
    this.plot = new uPlot(options(this.host, this.spec), this.data, this.host);
  }

  resize() {
    const { clientWidth: width, clientHeight: height } = this.host;
    if (width && height) this.plot?.setSize({ width, height });
  }

  /** Draw something else. */
  show(spec) {
    this.spec = spec;
    this.data = [spec.x, ...spec.series.map((series) => series.values)];
    this.build();
  }

  /** Add one point, or replace the one at `x`; `values` has one number or null for each series. */
  append(x, values) {
    const after = this.data[0].findIndex((at) => at >= x);
    const index = after < 0 ? this.data[0].length : after;
    const replaced = this.data[0][index] === x ? 1 : 0;
    [x, ...values].forEach((value, i) => this.data[i].splice(index, replaced, value));
    if (this.spec.window && after < 0) {
      const from = this.data[0].findIndex((at) => at >= x - this.spec.window);
      for (const column of this.data) column.splice(0, from);
    }
    if (this.plot) this.plot.setData(this.data);
    else this.build();
  }
}

/** Draw `spec` in `host` and follow its live messages; `toPoint` adapts a message. */
export const mountChart = (host, spec, toPoint = (message) => message) => {
  host.dataset.mounted = "";
  const chart = new Chart(host, spec);
  host.chart = chart;
  let table = tableOf(spec);
  host.after(table);
  if (host.dataset.event) {
    onLive(host.dataset.event, (message) => {
      if (message.series) {
        chart.show(message);
        const fresh = tableOf(message);
        table.replaceWith(fresh);
        table = fresh;
        return;
      }
      const { x, values } = toPoint(message);
      chart.append(x, values);
    });
  }
  return chart;
};

export const specOf = (host, name) =>
  JSON.parse(document.getElementById(host.dataset[name]).textContent);

for (const host of document.querySelectorAll("[data-chart]:not([data-mounted])")) {
  mountChart(host, specOf(host, "chart"));
}
