"""Where the vendored files and our ES modules are: the one place that names versions.

`scripts/vendor.py` writes the folders; templates ask by short name.
"""

from __future__ import annotations

VENDORED = {
    "tabler": "vendor/tabler-1.6.1/tabler.min.css",
    "tabler-rtl": "vendor/tabler-1.6.1/tabler.rtl.min.css",
    "htmx": "vendor/htmx-4.0.1/htmx.min.js",
    "hx-sse": "vendor/htmx-4.0.1/hx-sse.min.js",
    "maplibre-css": "vendor/maplibre-gl-6.17.0/maplibre-gl.css",
    "uplot-css": "vendor/uplot-1.6.32/uPlot.min.css",
}

# Bare import specifiers. An import map keeps them valid under hashed file names.
MODULES = {
    "maplibre-gl": "vendor/maplibre-gl-6.17.0/maplibre-gl.mjs",
    "maplibre-gl-worker": "vendor/maplibre-gl-6.17.0/maplibre-gl-worker.mjs",
    "uplot": "vendor/uplot-1.6.32/uPlot.esm.js",
    "app/basemap": "app/js/basemap.js",
    "app/chart": "app/js/chart.js",
    "app/colours": "app/js/colours.js",
    "app/dialogs": "app/js/dialogs.js",
    "app/live": "app/js/live.js",
    "app/map": "app/js/map.js",
    "app/menus": "app/js/menus.js",
    "app/pins": "app/js/pins.js",
    "app/power-curve": "app/js/power-curve.js",
    "app/times": "app/js/times.js",
    "app/ui": "app/js/ui.js",
    "map/cities": "app/map/cities.json",
    "map/europe": "app/map/europe.geojson",
    "map/world": "app/map/world.geojson",
}
