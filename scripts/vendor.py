"""Copies pinned front-end packages into `static/vendor` (maintainers only).

    python scripts/vendor.py

Needs Node's npm. Everything written here is committed, so that running and testing the
project needs neither Node nor a network. Versions live in package.json and package-lock.json.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

import basemap

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "static" / "vendor"
MAP = ROOT / "static" / "app" / "map"
ICONS = ROOT / "common" / "icons.json"
ICON_NAMES = ROOT / "scripts" / "icons.txt"
FONT_CSS = ROOT / "static" / "app" / "css" / "fonts.css"

SOURCE_MAP = re.compile(rb"\n?(//|/\*)# sourceMappingURL=[^\n*]*(\*/)?\n?")


@dataclass(frozen=True)
class Package:
    """One npm package: which of its files are kept and where its licence text is."""

    npm: str
    folder: str
    files: tuple[str, ...]
    licence: str = "LICENSE"


PACKAGES = (
    Package(
        "@tabler/core",
        "tabler",
        ("dist/css/tabler.min.css", "dist/css/tabler.rtl.min.css"),
        licence="",
    ),
    Package("htmx.org", "htmx", ("dist/htmx.min.js", "dist/ext/hx-sse.min.js")),
    Package(
        "maplibre-gl",
        "maplibre-gl",
        ("dist/maplibre-gl.mjs", "dist/maplibre-gl-worker.mjs", "dist/maplibre-gl.css"),
        licence="LICENSE.txt",
    ),
    Package("uplot", "uplot", ("dist/uPlot.esm.js", "dist/uPlot.min.css")),
)

# Family as named in CSS -> package. Every one is offered to a brand.
FONTS = {
    "Figtree": "figtree",
    "Inter": "inter",
    "Lora": "lora",
    "Manrope": "manrope",
    "Plus Jakarta Sans": "plus-jakarta-sans",
    "Source Sans 3": "source-sans-3",
}
SUBSETS = ("latin", "latin-ext", "cyrillic", "greek")

MIT = """MIT License

{holder}

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM,
DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT
OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def main() -> None:
    """Rebuild everything that comes from npm."""
    with tempfile.TemporaryDirectory() as folder:
        modules = _install(Path(folder))
        shutil.rmtree(VENDOR, ignore_errors=True)
        records = [_copy_package(modules, package) for package in PACKAGES]
        records += _copy_fonts(modules)
        records.append(_write_icons(modules))
        records.append(_write_basemaps(modules))
    text = json.dumps(records, indent=2, ensure_ascii=False)
    (VENDOR / "VENDOR.json").write_text(text + "\n", encoding="utf-8")


def _install(folder: Path) -> Path:
    npm = shutil.which("npm")
    if npm is None:
        raise SystemExit("npm is not installed")
    for name in ("package.json", "package-lock.json"):
        shutil.copy(ROOT / name, folder)
    subprocess.run([npm, "ci", "--ignore-scripts"], cwd=folder, check=True)
    return folder / "node_modules"


def _meta(modules: Path, npm: str) -> tuple[str, str]:
    package = json.loads((modules / npm / "package.json").read_text(encoding="utf-8"))
    return package["version"], package["license"]


def _record(npm: str, version: str, licence: str, files: list[Path]) -> dict[str, object]:
    return {
        "package": npm,
        "version": version,
        "licence": licence,
        "files": {
            path.relative_to(ROOT).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(files)
        },
    }


def _copy_package(modules: Path, package: Package) -> dict[str, object]:
    version, licence = _meta(modules, package.npm)
    target = VENDOR / f"{package.folder}-{version}"
    target.mkdir(parents=True)
    written = []
    for name in package.files:
        content = SOURCE_MAP.sub(b"\n", (modules / package.npm / name).read_bytes())
        path = target / Path(name).name
        path.write_bytes(content.rstrip() + b"\n")
        written.append(path)
    _write_licence(modules / package.npm, package.licence, target, written[0])
    return _record(package.npm, version, licence, written)


def _write_licence(source: Path, name: str, target: Path, banner_of: Path) -> None:
    if name:
        shutil.copy(source / name, target / "LICENSE")
        return
    banner = banner_of.read_text(encoding="utf-8")[:600]
    holder = next(line for line in banner.splitlines() if "Copyright" in line)
    (target / "LICENSE").write_text(MIT.format(holder=holder.strip(" *")), encoding="utf-8")


def _copy_fonts(modules: Path) -> list[dict[str, object]]:
    records, faces = [], []
    for family, slug in FONTS.items():
        npm = f"@fontsource-variable/{slug}"
        source = modules / npm
        version, licence = _meta(modules, npm)
        target = VENDOR / f"fontsource-{slug}-{version}"
        target.mkdir(parents=True)
        shutil.copy(source / "LICENSE", target / "LICENSE")
        ranges = json.loads((source / "unicode.json").read_text(encoding="utf-8"))
        weights = _weights(source)
        written = []
        for subset in SUBSETS:
            font = source / "files" / f"{slug}-{subset}-wght-normal.woff2"
            if not font.exists():
                continue
            written.append(Path(shutil.copy(font, target)))
            url = f"../../vendor/{target.name}/{font.name}"
            faces.append(_font_face(family, url, weights, ranges[subset]))
        records.append(_record(npm, version, licence, written))
    FONT_CSS.write_text(
        "/* Written by scripts/vendor.py. A face is fetched only when a brand uses it. */\n\n"
        + "\n".join(faces),
        encoding="utf-8",
    )
    return records


def _weights(source: Path) -> str:
    css = (source / "wght.css").read_text(encoding="utf-8")
    match = re.search(r"font-weight: (\d+ \d+);", css)
    if match is None:
        raise SystemExit(f"no weight range in {source.name}")
    return match[1]


def _font_face(family: str, url: str, weights: str, unicode_range: str) -> str:
    return (
        "@font-face {\n"
        f'  font-family: "{family}";\n'
        "  font-style: normal;\n"
        "  font-display: swap;\n"
        f"  font-weight: {weights};\n"
        f'  src: url("{url}") format("woff2");\n'
        f"  unicode-range: {unicode_range};\n"
        "}\n"
    )


def _write_icons(modules: Path) -> dict[str, object]:
    npm = "@tabler/icons"
    version, licence = _meta(modules, npm)
    icons = {}
    for name in ICON_NAMES.read_text(encoding="utf-8").split():
        svg = (modules / npm / "icons" / "outline" / f"{name}.svg").read_text(encoding="utf-8")
        inner = re.sub(r"^.*?<svg[^>]*>|</svg>\s*$", "", svg, flags=re.DOTALL)
        icons[name] = " ".join(inner.replace("\n", " ").split())
        icons[name] = re.sub(r'<path stroke="none" d="M0 0h24v24H0z"[^>]*/> ?', "", icons[name])
    ICONS.write_text(json.dumps(icons, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    folder = VENDOR / f"tabler-icons-{version}"
    folder.mkdir(parents=True)
    shutil.copy(modules / npm / "LICENSE", folder / "LICENSE")
    return _record(npm, version, licence, [ICONS])


def _write_basemaps(modules: Path) -> dict[str, object]:
    npm = "world-atlas"
    version, licence = _meta(modules, npm)
    MAP.mkdir(parents=True, exist_ok=True)
    world, europe = MAP / "world.geojson", MAP / "europe.geojson"
    basemap.build(modules / npm / "countries-110m.json", world, basemap.WORLD, 0.02, 2)
    basemap.build(modules / npm / "countries-10m.json", europe, basemap.EUROPE, 0.0022, 3)
    folder = VENDOR / f"world-atlas-{version}"
    folder.mkdir(parents=True)
    shutil.copy(modules / npm / "LICENSE", folder / "LICENSE")
    return _record(npm, version, f"{licence}; data Natural Earth, public domain", [world, europe])


if __name__ == "__main__":
    main()
