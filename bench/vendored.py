"""What the report carries of others, fetched anew: ``make vendored`` (npm and the registry it is set to are needed).

Belongs here: which packages, proved by their digests, and what is made of them. Does not belong here: using them
(``pipeline.report``). Nothing of this runs when a report is made.
"""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
import sys
import tempfile
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pycountry

from bench.house import ROOT

TARGET: Final = ROOT / "pipeline" / "report" / "vendored"
PACKAGES: Final = {
    "hyparquet": "1.33.0",
    "hyparquet-compressors": "1.1.2",
    "fzstd": "0.1.1",
    "world-atlas": "2.0.2",
    "esbuild": "0.28.2",
}
DIGESTS: Final = {
    "hyparquet": "sha512-8EKLe73vRIMEKVEOe5y+kIzFxo6AvbLvd5ukd7P+yv3RvG0+TZM4qO8imbqxU6zds5pV+OeWRTMwy95mhHUheg==",
    "hyparquet-compressors": "sha512-0Hx6w0ZpVpNCefKy5xBYLTp6rKeZn/tsUzuliNzfKqSCdLcTQSfwATEoeedS703Y17k1qNS61HwRME5aOeNkPg==",  # noqa: E501
    "fzstd": "sha512-dkuVSOKKwh3eas5VkJy1AW1vFpet8TA/fGmVA5krThl8YcOVE/8ZIoEA1+U1vEn5ckxxhLirSdY837azmbaNHA==",
    "world-atlas": "sha512-IXfV0qwlKXpckz1FhwXVwKRjiIhOnWttOskm5CtxMsjgE/MXAYRHWJqgXOpM8IkcPBoXnyTU5lFHcYa5ChG0LQ==",
}
"""Of what ends up in the repository; the bundler leaves no trace in it."""
ENTRY: Final = """
import { parquetReadObjects } from 'hyparquet'
import { decompress } from 'fzstd'
import { decompressBrotli } from './node_modules/hyparquet-compressors/src/brotli.js'
import { gunzip } from './node_modules/hyparquet-compressors/src/gzip.js'
import { decompressLz4, decompressLz4Raw } from './node_modules/hyparquet-compressors/src/lz4.js'
const compressors = {
  BROTLI: decompressBrotli,
  GZIP: (input, length) => gunzip(input, new Uint8Array(length)),
  LZ4: decompressLz4,
  LZ4_RAW: decompressLz4Raw,
  ZSTD: (input, length) => decompress(input, new Uint8Array(length)),
}
globalThis.hyparquet = { parquetReadObjects, compressors }
"""
"""Parquet's codecs in plain JavaScript: the one in WebAssembly (hysnappy) would need a policy that allows ``eval``, and
hyparquet reads Snappy by itself."""
WIDTH: Final = 960
BY_NAME: Final = {"Kosovo": "XK", "Somaliland": "SO", "N. Cyprus": "CY"}
LEFT_OUT: Final = frozenset({"AQ"})
SMALLEST: Final = 9.0
"""Square pixels; a country with less land than that in one piece is a dot too, else nobody could see it."""
DOTS: Final = {
    "BQ": (12.2, -68.3), "CC": (-12.2, 96.8), "CX": (-10.5, 105.6), "GF": (3.9, -53.1), "GI": (36.1, -5.4),
    "GP": (16.2, -61.5), "MQ": (14.6, -61.0), "RE": (-21.1, 55.5), "SJ": (78.2, 15.6), "TK": (-9.2, -171.8),
    "TV": (-8.5, 179.2), "YT": (-12.8, 45.2), "NR": (-0.5, 166.9), "MC": (43.7, 7.4),
}  # fmt: skip
"""Latitude and longitude of countries that the shapes lack, or have as a part of another."""


def main() -> None:
    """Fetch, prove, bundle and reduce; then the files of the repository are those of these versions."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package.json").write_text(json.dumps({"name": "vendored", "private": True}))
        wanted = [f"{package}@{version}" for package, version in PACKAGES.items()]
        npm = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact"]
        subprocess.run([*npm, *wanted], cwd=folder, check=True)
        locked = json.loads((folder / "package-lock.json").read_text())["packages"]
        for package, digest in DIGESTS.items():
            found = locked[f"node_modules/{package}"]["integrity"]
            assert found == digest, f"{package} has the digest {found}"
        modules = folder / "node_modules"
        _bundle(folder, modules)
        _write_world(modules / "world-atlas")
        for package in DIGESTS:
            shutil.copyfile(modules / package / "LICENSE", TARGET / f"{package}.LICENSE")


def _bundle(folder: Path, modules: Path) -> None:
    (folder / "entry.js").write_text(ENTRY)
    options = ["--bundle", "--minify", "--format=iife", "--legal-comments=none", "--charset=ascii"]
    made = folder / "made.js"
    subprocess.run([modules / ".bin" / "esbuild", "entry.js", *options, f"--outfile={made}"], cwd=folder, check=True)
    named = ", ".join(f"{name} {PACKAGES[name]} (MIT)" for name in ("hyparquet", "hyparquet-compressors", "fzstd"))
    (TARGET / "hyparquet.js").write_text(f"/* {named}; licences beside this file's source */\n{made.read_text()}")


def _write_world(atlas: Path) -> None:
    topology = json.loads((atlas / "countries-50m.json").read_text())
    arcs = [_decode(arc, topology["transform"]) for arc in topology["arcs"]]
    rings: dict[str, list[list[tuple[float, float]]]] = {}
    for shape in topology["objects"]["countries"]["geometries"]:
        code = _find_code(shape)
        if code is None or code in LEFT_OUT:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for polygon in polygons:
            rings.setdefault(code, []).extend(_join(ring, arcs) for ring in polygon)
    paths = {code: _draw(found) for code, found in sorted(rings.items())}
    dots = {code: _project(lon, lat) for code, (lat, lon) in DOTS.items()}
    for code, found in rings.items():
        largest = max(found, key=lambda ring: abs(_measure(ring)))
        if abs(_measure(largest)) < SMALLEST:
            dots.setdefault(code, _find_middle(largest))
    world = {
        "source": f"world-atlas {PACKAGES['world-atlas']} (ISC), from Natural Earth (public domain); Equal Earth",
        "width": WIDTH,
        "height": round(_project(0, -58)[1]),
        "paths": {code: path for code, path in paths.items() if path},
        "dots": {code: [round(x), round(y)] for code, (x, y) in sorted(dots.items())},
    }
    text = json.dumps(world, indent=0, separators=(",", ":"), ensure_ascii=True)
    (TARGET / "world.json").write_text(text + "\n")


def _find_code(shape: dict[str, Any]) -> str | None:
    name = shape["properties"]["name"]
    found = pycountry.countries.get(numeric=shape["id"]) if "id" in shape else None
    return BY_NAME.get(name) or (str(found.alpha_2) if found else None)


def _decode(arc: list[list[int]], transform: dict[str, list[float]]) -> list[tuple[float, float]]:
    points, x, y = [], 0, 0
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append(
            (
                x * transform["scale"][0] + transform["translate"][0],
                y * transform["scale"][1] + transform["translate"][1],
            )
        )
    return points


def _join(ring: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    points: list[tuple[float, float]] = []
    for index in ring:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        points += arc[1:] if points else arc
    return [_project(lon, lat) for lon, lat in points]


def _project(lon: float, lat: float) -> tuple[float, float]:
    """Equal Earth (Šavrič, Patterson, Jenny, 2018), in pixels from the left and top."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(lat)))
    t2 = theta * theta
    x = 2 * math.sqrt(3) * math.radians(lon) * math.cos(theta)
    x /= 3 * (9 * a4 * t2**4 + 7 * a3 * t2**3 + 3 * a2 * t2 + a1)
    y = a4 * theta**9 + a3 * theta**7 + a2 * theta**3 + a1 * theta
    half = 2 * math.sqrt(3) * math.pi / (3 * a1)
    scale = WIDTH / (2 * half)
    return (x + half) * scale, (1.31 - y) * scale


def _draw(rings: list[list[tuple[float, float]]]) -> str:
    """A path in whole pixels, each ring by steps from its first point; what is smaller than a pixel is left out."""
    drawn = []
    for ring in rings:
        points: list[tuple[int, int]] = []
        for x, y in ring:
            point = (round(x), round(y))
            if not points or points[-1] != point:
                points.append(point)
        points = _straighten(points[:-1] if len(points) > 1 and points[0] == points[-1] else points)
        if len(points) < 3:
            continue
        steps = [f"{x - before[0]} {y - before[1]}" for before, (x, y) in pairwise(points)]
        drawn.append(f"M{points[0][0]} {points[0][1]}l{' '.join(steps)}z")
    return re.sub(r" -", "-", "".join(drawn))


def _straighten(points: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The points without those on a straight line between their neighbours."""
    kept: list[tuple[int, int]] = []
    for point in points:
        while len(kept) >= 2 and _turn(kept[-2], kept[-1], point) == 0:
            kept.pop()
        kept.append(point)
    return kept


def _turn(a: tuple[int, int], b: tuple[int, int], c: tuple[int, int]) -> int:
    return (b[0] - a[0]) * (c[1] - b[1]) - (b[1] - a[1]) * (c[0] - b[0])


def _measure(ring: list[tuple[float, float]]) -> float:
    turned = [*ring[1:], ring[0]]
    return sum(x * v - u * y for (x, y), (u, v) in zip(ring, turned, strict=True)) / 2


def _find_middle(ring: list[tuple[float, float]]) -> tuple[float, float]:
    return sum(x for x, _ in ring) / len(ring), sum(y for _, y in ring) / len(ring)


if __name__ == "__main__":
    TARGET.mkdir(exist_ok=True)
    main()
    sys.stdout.write(f"{', '.join(sorted(path.name for path in TARGET.iterdir()))}\n")
