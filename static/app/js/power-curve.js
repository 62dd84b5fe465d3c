// A transaction's curve: <div data-power-curve="json-script-id" data-event>.
//
// {x: [unix s], power_w: [], energy_wh?: [], soc?: [percent], limit_w?: [], tz?}; every list is
// as long as x, gaps are null. A live message is {x, power_w, energy_wh?, soc?, limit_w?}.

import { mountChart, specOf } from "app/chart";

const PARTS = [
  { key: "power_w", label: "Power", kind: "area", colour: "brand", factor: 0.001, unit: "kW" },
  { key: "limit_w", label: "Limit", kind: "stepped", colour: "muted", factor: 0.001, unit: "kW" },
  { key: "soc", label: "Battery", kind: "line", colour: "2", factor: 1, unit: "%", axis: 2, digits: 0 },
  { key: "energy_wh", label: "Energy", hidden: true, colour: "3", factor: 0.001, unit: "kWh", digits: 2 },
];

const scaled = (value, factor) => (value === null || value === undefined ? null : value * factor);

const partsOf = (data) => PARTS.filter((part) => Array.isArray(data[part.key]));

const toSpec = (data) => ({
  x: data.x,
  tz: data.tz,
  unit: "kW",
  unit2: Array.isArray(data.soc) ? "%" : undefined,
  series: partsOf(data).map((part) => ({
    ...part,
    values: data[part.key].map((value) => scaled(value, part.factor)),
  })),
});

for (const host of document.querySelectorAll("[data-power-curve]:not([data-mounted])")) {
  const data = specOf(host, "powerCurve");
  const parts = partsOf(data);
  mountChart(host, toSpec(data), (point) => ({
    x: point.x,
    values: parts.map((part) => scaled(point[part.key], part.factor)),
  }));
}
