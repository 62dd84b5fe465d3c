// The offline basemap: Natural Earth land, borders and names in the colours of the page.
// The world is coarse; from DETAIL_ZOOM a finer Europe covers its part of it.

import { token } from "app/colours";

const DETAIL_ZOOM = 3;
const EUROPE = { west: -25, south: 34, east: 42, north: 71.5 };
const WORLD = { west: -180, south: -85, east: 180, north: 85 };
const ATTRIBUTION = "Natural Earth";

const url = (name) => import.meta.resolve(`map/${name}`);

const load = async (name) => {
  const response = await fetch(url(name));
  if (!response.ok) throw new Error(`${name}: ${response.status}`);
  return response.json();
};

const onEdge = ([x, y], box) =>
  x <= box.west || x >= box.east || y <= box.south || y >= box.north;

/** Land outlines without the straight cuts along the box. */
const coast = (land, box) => {
  const lines = [];
  for (const ring of land.geometry.coordinates.flat()) {
    let line = [];
    for (const point of ring) {
      const previous = line.at(-1);
      if (previous && onEdge(previous, box) && onEdge(point, box)) {
        if (line.length > 1) lines.push(line);
        line = [];
      }
      line.push(point);
    }
    if (line.length > 1) lines.push(line);
  }
  return {
    type: "Feature",
    properties: { kind: "coast" },
    geometry: { type: "MultiLineString", coordinates: lines },
  };
};

const withCoast = (data, box) => ({
  ...data,
  features: [...data.features, coast(data.features[0], box)],
});

const rectangle = ({ west, south, east, north }) => ({
  type: "Feature",
  properties: {},
  geometry: {
    type: "Polygon",
    coordinates: [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
  },
});

const cityFeatures = (cities) => ({
  type: "FeatureCollection",
  features: cities.map(([name, lon, lat, rank]) => ({
    type: "Feature",
    properties: { name, rank },
    geometry: { type: "Point", coordinates: [lon, lat] },
  })),
});

const drawn = (part, kind, extra = {}) => ({
  source: part,
  filter: ["==", ["get", "kind"], kind],
  ...extra,
});

const area = (part, extra) => [
  { id: `${part}-land`, type: "fill", ...drawn(part, "land", extra), paint: {} },
  {
    id: `${part}-border`,
    type: "line",
    ...drawn(part, "border", extra),
    paint: { "line-width": 1 },
  },
  {
    id: `${part}-coast`,
    type: "line",
    ...drawn(part, "coast", extra),
    paint: { "line-width": 1 },
  },
];

const fontStack = () => [
  getComputedStyle(document.body).fontFamily.split(",")[0].replaceAll('"', "").trim(),
];

const text = (size, extra) => ({
  "text-field": ["get", "name"],
  "text-font": fontStack(),
  "text-size": size,
  "text-max-width": 8,
  ...extra,
});

const labels = () => [
  {
    id: "countries",
    type: "symbol",
    ...drawn("europe", "country", { minzoom: DETAIL_ZOOM, maxzoom: 6.2 }),
    layout: text(12, {
      "symbol-sort-key": ["-", 0, ["get", "rank"]],
      "text-letter-spacing": 0.08,
      "text-transform": "uppercase",
    }),
    paint: { "text-halo-width": 1.2 },
  },
  ...[1, 2, 3].map((rank) => ({
    id: `cities-${rank}`,
    type: "symbol",
    source: "cities",
    minzoom: [0, 4.2, 5.6, 7][rank],
    filter: ["==", ["get", "rank"], rank],
    layout: text(12, { "text-anchor": "top", "text-offset": [0, 1.75] }),
    paint: { "text-halo-width": 1.2 },
  })),
];

const COLOURS = {
  background: { "background-color": "map-sea" },
  "europe-sea": { "fill-color": "map-sea" },
  land: { "fill-color": "map-land" },
  border: { "line-color": "map-border" },
  coast: { "line-color": "map-coast" },
  label: { "text-color": "map-text", "text-halo-color": "map-land" },
};

const coloursOf = (id) =>
  COLOURS[id] ?? COLOURS[id.split("-").at(-1)] ?? COLOURS.label;

const paintOf = (id) =>
  Object.fromEntries(Object.entries(coloursOf(id)).map(([key, name]) => [key, token(name)]));

/** A MapLibre style that needs nothing from elsewhere. */
export const offlineStyle = async () => {
  const [world, europe, cities] = await Promise.all(["world", "europe", "cities"].map(load));
  const geojson = (data) => ({ type: "geojson", data });
  const layers = [
    { id: "background", type: "background", paint: {} },
    ...area("world"),
    { id: "europe-sea", type: "fill", source: "box", minzoom: DETAIL_ZOOM, paint: {} },
    ...area("europe", { minzoom: DETAIL_ZOOM }),
    ...labels(),
  ];
  for (const layer of layers) Object.assign(layer.paint, paintOf(layer.id));
  return {
    version: 8,
    sources: {
      world: { ...geojson(withCoast(world, WORLD)), attribution: ATTRIBUTION },
      europe: { ...geojson(withCoast(europe, EUROPE)), tolerance: 0.2 },
      box: geojson(rectangle(EUROPE)),
      cities: geojson(cityFeatures(cities)),
    },
    layers,
  };
};

/** Give the layers of `offlineStyle` the colours of the page as it is now. */
export const repaint = (map) => {
  for (const { id } of map.getStyle().layers) {
    for (const [key, colour] of Object.entries(paintOf(id))) map.setPaintProperty(id, key, colour);
  }
};
