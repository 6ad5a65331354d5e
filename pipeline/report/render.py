"""Templates and what they may call: every value is escaped, and shown as safe text.

Belongs here: the environment of Jinja, its filters. Does not belong here: what a page says.
"""

import base64
import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from markupsafe import escape as escape_markup

from pipeline.ground.printable import count, escape, format_value, write_bytes, write_instant
from pipeline.report import words
from pipeline.report.addresses import is_web_address, make_name
from pipeline.report.changes import Change, write_sides
from pipeline.report.differences import Stretch, mark_differences

FOLDER = Path(__file__).parent
SITE_NAME = "iomdb"


class Templates:
    """The templates of the report. ``notices`` are sentences that every page bears above all else."""

    def __init__(self, notices: tuple[str, ...] = ()) -> None:
        self._environment = _make_environment()
        style = read_asset("quote.css")
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        self._environment.globals |= {"notices": notices, "quote_style_hash": f"sha256-{digest}"}
        self._quote_style = Markup(style)  # noqa: S704 - a file of ours, without a sign of markup

    def render(self, template: str, path: str, **context: Any) -> bytes:
        """The page that lies at ``path`` of the report."""
        root = "../" * path.count("/")
        here = path.partition("/")[0] if "/" in path else ""
        return self._environment.get_template(template).render(root=root, here=here, **context).encode("utf-8")

    def render_quote(self, **context: Any) -> str:
        """The document of a frame with archived text."""
        return self._environment.get_template("quote.html").render(style=self._quote_style, **context)

    def render_text(self, template: str, **context: Any) -> bytes:
        """A file of plain text."""
        return self._environment.get_template(template).render(**context).encode("utf-8")


@cache
def read_asset(name: str) -> str:
    """A file of ours that goes into the report as it is."""
    return (FOLDER / "assets" / name).read_text("utf-8")


def _make_environment() -> Environment:
    templates = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(("html", "xml")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        finalize=_show,
    )
    templates.filters |= {
        "amount": words.write_amount, "bytes": write_bytes, "code": words.write_code, "counted": count,
        "country": words.name_country, "country_names": _name_countries, "cut": cut, "day": words.write_day,
        "detail": words.write_detail, "differences": _mark_change, "direction": words.get_direction,
        "edtf": words.write_date, "field_name": words.name_field, "iso": _write_iso, "keep": _keep_lines,
        "language": words.name_language, "name": make_name, "slashes": break_at_slashes, "stamp": _write_stamp,
        "thousands": "{:,}".format, "said": words.write_said, "years": write_years,
    }  # fmt: skip
    templates.tests["web_address"] = is_web_address
    templates.globals |= {
        "site_name": SITE_NAME, "states_words": words.STATES, "changes_words": words.CHANGES,
        "checks_words": words.CHECKS, "issues_words": words.ISSUES,
    }  # fmt: skip
    return templates


def _show(value: object) -> object:
    """What a template writes of a value: safe text, or markup of ours. Most are texts: they are asked first."""
    if type(value) is str:
        return escape(value)
    return value if hasattr(value, "__html__") else format_value(value)


def write_years(row: Mapping[str, Any]) -> str:
    """From when to when a project runs, in years.

    >>> [write_years({"start_year": a, "end_year": b}) for a, b in ((2006, 2007), (2006, None), (None, 2007))]
    ['2006 to 2007', 'from 2006, end not stated', 'to 2007, start not stated']
    """
    start, end = row["start_year"], row["end_year"]
    if start is None and end is None:
        return "not stated"
    if start is None or end is None:
        return f"from {start}, end not stated" if end is None else f"to {end}, start not stated"
    return f"{start}" if start == end else f"{start} to {end}"


def break_at_slashes(url: str) -> Markup:
    """An address, or words with addresses, that may be broken at its slashes too."""
    return Markup("/<wbr>").join(escape(part) for part in url.split("/"))


def cut(value: object, longest: int = 300) -> str:
    """The value as safe text, at most so long: the whole text is one query away."""
    text = " ".join(format_value(value).split())
    return text if len(text) <= longest else text[:longest].rstrip() + "…"


def _name_countries(codes: list[str] | None) -> str:
    return words.join_words([words.name_country(code) for code in codes or ()]) or "not stated"


def _write_iso(instant: datetime | None) -> str:
    return write_instant(instant, timespec="seconds") if instant else ""


def _write_stamp(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _keep_lines(text: str) -> Markup:
    return escape_markup(escape(text, keep_lines=True))


def _mark_change(change: Change) -> tuple[list[Stretch], list[Stretch]]:
    before, after = write_sides(change)
    if before is None or after is None:
        old, new = ([Stretch(cut(side, 3_000), differs=True)] if side else [] for side in (before, after))
        return old, new
    return mark_differences(before, after)
