"""Labelled folders in our own words: four pages, of which one cannot be read."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

FIRST = "The keepers carried forty lamps up the hill before the evening, and nobody had to walk home in the dark."
SECOND = "On the next day the children counted them again and found one more, which the baker had lent to the school."
ASIDE = "Read also how the bridge was mended"

PAGE = """<!doctype html><html lang="en"><head><title>{title} | Lamp Post</title>
<meta property="article:published_time" content="{day}T08:00:00Z"></head>
<body><nav><a href="/a">Home</a><a href="/b">All lamps</a></nav>
<main><article><h1>{title}</h1><p>{first}</p><p>{second}</p></article></main>
<aside><h2>More</h2><p>{aside}</p></aside></body></html>"""


def make_page(title: str, day: str = "2020-05-01") -> bytes:
    """An article of two paragraphs with an aside."""
    return PAGE.format(title=title, day=day, first=FIRST, second=SECOND, aside=ASIDE).encode()


def write_folder(folder: Path) -> Path:
    """An article whose truth we read, one with another title and day, one that says what to keep, one empty page."""
    folder.mkdir()
    body = f"{FIRST}\n{SECOND}"
    entries: list[tuple[dict[str, Any], bytes]] = [
        (
            {"id": "a", "set": "hill", "title": "Forty lamps", "date": "2020-05-01", "body": body},
            make_page("Forty lamps"),
        ),
        ({"id": "b", "set": "hill", "title": "Lanterns", "date": "2020-05-02", "body": body}, make_page("Forty lamps")),
        ({"id": "c", "set": "dale", "with": [FIRST[:30]], "without": [ASIDE], "drupal": True}, make_page("More lamps")),
        ({"id": "d", "set": "dale", "title": "Gone", "body": body, "drupal": True}, b"<html><body></body></html>"),
    ]
    lines = []
    for entry, payload in entries:
        slug = entry["id"]
        lines.append(json.dumps({"url": f"https://lamps.example/news/{slug}", "drupal": False} | entry))
        (folder / f"{slug}.html.gz").write_bytes(gzip.compress(payload))
    (folder / "truth.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folder
