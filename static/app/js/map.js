// Live map: <div data-map="json-script-id" data-url data-event data-style-url>.
//
// A feature: {id, lat, lon, state, label, sub?, text?, url?, counts?: {available: 3, …}}.
// `state` is a look (available, charging, occupied, reserved, faulted, offline). Messages named
// by data-event carry a list of features to merge by id; {id, removed: true} takes one away.

import * as maplibre from "maplibre-gl";
import { offlineStyle, repaint } from "app/basemap";
import { onLive } from "app/live";
import { cluster, countStates, pin } from "app/pins";

maplibre.setWorkerUrl(import.meta.resolve("maplibre-gl-worker"));

const CLUSTER_PX = 46;
const MAX_ZOOM = 14;
const FIRST_VIEW = { center: [10, 50], zoom: 3.4 };

const boundsOf = (features) => {
  const bounds = new maplibre.LngLatBounds();
  for (const { lon, lat } of features) bounds.extend([lon, lat]);
  return bounds;
};

const centreOf = (group) => {
  const sum = group.reduce(([lon, lat], f) => [lon + f.lon, lat + f.lat], [0, 0]);
  return sum.map((value) => value / group.length);
};

// Groups what would overlap on the screen; a grid keeps it linear.
const groupOnScreen = (map, features) => {
  const cells = new Map();
  const groups = [];
  for (const feature of features) {
    const { x, y } = map.project([feature.lon, feature.lat]);
    const column = Math.floor(x / CLUSTER_PX);
    const row = Math.floor(y / CLUSTER_PX);
    let near = null;
    for (let i = -1; i <= 1 && !near; i += 1) {
      for (let j = -1; j <= 1 && !near; j += 1) {
        const found = cells.get(`${column + i}:${row + j}`) ?? [];
        near = found.find((group) => Math.hypot(group.x - x, group.y - y) < CLUSTER_PX);
      }
    }
    if (near) {
      near.members.push(feature);
      continue;
    }
    const group = { x, y, members: [feature] };
    groups.push(group);
    const key = `${column}:${row}`;
    cells.set(key, [...(cells.get(key) ?? []), group]);
  }
  return groups.map((group) => group.members);
};

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

const entry = (feature) => {
  const box = document.createElement("div");
  const title = element(feature.url ? "a" : "span", "popup-title", feature.label);
  if (feature.url) title.href = feature.url;
  box.append(title);
  if (feature.sub) box.append(element("div", "sub", feature.sub));
  const row = element("div", "popup-row");
  row.append(element("span", `pill s-${feature.state}`, feature.text ?? feature.state));
  box.append(row);
  return box;
};

class LiveMap {
  constructor(host, features, style) {
    this.host = host;
    this.features = new Map(features.map((feature) => [feature.id, feature]));
    this.markers = new Map();
    this.offline = !host.dataset.styleUrl;
    this.map = new maplibre.Map({
      container: host,
      style,
      ...FIRST_VIEW,
      maxZoom: this.offline ? MAX_ZOOM : 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      cooperativeGestures: matchMedia("(pointer: coarse)").matches,
    });
    this.map.touchZoomRotate.disableRotation();
    this.map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
    this.map.addControl(new maplibre.AttributionControl({ compact: true }), "bottom-right");
    this.map.on("moveend", () => this.draw());
    this.map.once("idle", () => { host.dataset.ready = ""; });
    this.fit();
    this.draw();
  }

  visible() {
    return [...this.features.values()].filter((f) => f.lat !== null && f.lon !== null);
  }

  fit() {
    const features = this.visible();
    if (!features.length) return;
    this.map.fitBounds(boundsOf(features), { padding: 56, maxZoom: 10, animate: false });
  }

  /** Merge a list of features by id and redraw. */
  update(changes) {
    const wasEmpty = this.features.size === 0;
    for (const change of changes) {
      if (change.removed) this.features.delete(change.id);
      else this.features.set(change.id, { ...this.features.get(change.id), ...change });
    }
    if (wasEmpty) this.fit();
    this.draw();
  }

  /** Take `features` for all there are. */
  replace(features) {
    this.features = new Map(features.map((feature) => [feature.id, feature]));
    this.draw();
  }

  // Unchanged markers stay, so that the focus is not lost.
  draw() {
    const kept = new Map();
    for (const group of groupOnScreen(this.map, this.visible())) {
      const key = JSON.stringify([group.map((f) => f.id), countStates(group), group[0].text]);
      kept.set(key, this.markers.get(key) ?? this.marker(group));
      this.markers.delete(key);
    }
    for (const marker of this.markers.values()) marker.remove();
    this.markers = kept;
  }

  marker(group) {
    const counted = group.length > 1 || group[0].counts;
    const shown = counted ? cluster(group, this.host.dataset.clusterLabel) : pin(group[0]);
    if (group.length === 1 && counted) {
      shown.setAttribute("aria-label", `${group[0].label}: ${group[0].text ?? group[0].state}`);
    }
    const label = shown.getAttribute("aria-label");
    const marker = new maplibre.Marker({ element: shown, anchor: counted ? "center" : "bottom" })
      .setLngLat(centreOf(group))
      .addTo(this.map);
    shown.setAttribute("aria-label", label);
    shown.removeAttribute("role");
    shown.addEventListener("click", (event) => {
      event.stopPropagation();
      this.open(group, shown);
    });
    return marker;
  }

  open(group, opener) {
    const bounds = boundsOf(group);
    const apart = bounds.getNorthEast().distanceTo(bounds.getSouthWest()) > 30;
    if (group.length > 1 && apart && this.map.getZoom() < this.map.getMaxZoom() - 0.5) {
      this.map.fitBounds(bounds, { padding: 90, maxZoom: MAX_ZOOM });
      return;
    }
    this.popup?.remove();
    const content = document.createElement("div");
    content.append(...group.map((feature) => entry(this.features.get(feature.id) ?? feature)));
    this.popup = new maplibre.Popup({ closeButton: false, offset: group.length > 1 ? 22 : 38 })
      .setLngLat(centreOf(group))
      .setDOMContent(content)
      .addTo(this.map);
    this.popup.on("close", () => {
      if (document.activeElement !== document.body) return;
      (opener.isConnected ? opener : this.map.getCanvas()).focus();
    });
  }
}

// Without WebGL the same facts are a list.
const showList = (host, features) => {
  const list = element("ul", "list map-list");
  for (const feature of features) {
    const item = document.createElement("li");
    item.append(entry(feature));
    list.append(item);
  }
  host.replaceChildren(list);
};

const hasWebGL = () => Boolean(document.createElement("canvas").getContext("webgl2"));

const fetchFeatures = async (url) => (await fetch(url, { headers: { Accept: "application/json" } })).json();

/** Build the map in `host`; resolves to its LiveMap, or null when only a list could be shown. */
export const mount = async (host) => {
  host.dataset.mounted = "";
  const script = document.getElementById(host.dataset.map);
  const features = JSON.parse(script?.textContent || "[]") || [];
  if (!hasWebGL()) {
    showList(host, features);
    return null;
  }
  const live = new LiveMap(host, features, host.dataset.styleUrl || (await offlineStyle()));
  host.liveMap = live;
  document.addEventListener("theme:change", () => { if (live.offline) repaint(live.map); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") live.popup?.remove(); });
  if (host.dataset.event) onLive(host.dataset.event, (changes) => live.update(changes));
  const { url } = host.dataset;
  if (url) {
    const reload = async () => live.replace(await fetchFeatures(url));
    if (!features.length) {
      await reload();
      live.fit();
    }
    document.addEventListener("live:resumed", reload);
  }
  return live;
};

for (const host of document.querySelectorAll("[data-map]:not([data-mounted])")) mount(host);
