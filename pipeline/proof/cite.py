"""A citation: words by which a published value can be found and proved again, years later, in any copy.

Belongs here: the words, and the forms that they are given in. Does not belong here: finding or proving the value
(:mod:`pipeline.proof.verify`), citations read back (:mod:`pipeline.proof.watch`).

Every form has the line ``iomdb verify CAPTURE FIELD`` and, where there is a value, ``FIELD = “VALUE”``: by these two it
is checked, and found again in a paper.
"""

import json
import re
from collections.abc import Callable
from typing import Literal, get_args

from pipeline.ground.errors import WrongUseError
from pipeline.ground.printable import escape, format_value
from pipeline.proof.verify import Proof, ProvedValue

CitationForm = Literal["footnote", "full", "bibtex", "csl", "wikipedia"]
FORMS: tuple[CitationForm, ...] = get_args(CitationForm)

AUTHOR = "International Organization for Migration"
LONGEST_VALUE = 120
LONGEST_FOOTNOTE = 300
"""Characters of a footnote beside the address."""


def cite(proof: Proof, form: CitationForm = "footnote", release_id: str | None = None) -> str:
    """The citation of the values of a proof (of one, or of the whole document) in one of the forms.

    ``release_id`` is the kept data release of the same tables, if there is one. The same for the same proof: no clock,
    no locale.

    Raises:
        WrongUseError: the gate rejected the capture's run, so that nothing is published from it.
    """
    refuse_rejected(proof)
    return _FORMS[form](proof, release_id)


def refuse_rejected(proof: Proof) -> None:
    """Refuse, by a :class:`WrongUseError`, what may not be cited: the gate rejected the capture's run."""
    if not proof.is_accepted:
        raise WrongUseError(f"the run of capture {proof.capture_id} is not accepted: nothing is published from it")


def describe_time(proof: Proof) -> str:
    """When the bytes were captured, and how they came to us; a hand-over is no capture and says so."""
    when = format_value(proof.observed_at)
    words = f"captured {when}" if proof.time_basis == "captured" else f"received {when} (capture time not known)"
    return f"{words}, {proof.origin}"


def describe_version(proof: Proof) -> str:
    """Which version, and its span of site time; a capture that no version is based on says so."""
    if proof.version is None:
        return "one capture of a page, no version of the record is based on it"
    until = f" until {format_value(proof.version.valid_to)}" if proof.version.valid_to else ""
    word = "the page gone, as it last was, from" if proof.version.is_gone else "valid from"
    return f"version {proof.version.version_no}, {word} {format_value(proof.version.valid_from)}{until}"


def shorten(text: str, longest: int) -> str:
    """The text, cut with … where it is longer."""
    return text if len(text) <= longest else text[: max(longest, 1) - 1] + "…"


def _cite_in_full(proof: Proof, release_id: str | None) -> str:
    tables = f"tables sha256:{proof.tables_sha256}" + (f" (data release {release_id})" if release_id else "")
    bytes_read = (
        f"{proof.archive_file} at {proof.archive_offset}, payload sha256:{proof.payload_sha256}, "
        f"capture {proof.capture_id}, read by iomdb extractor release {proof.published_release} "
        f"as content sha256:{proof.content_sha256}"
    )
    parts = [
        *([proof.notice] if proof.notice else []),
        f"{AUTHOR}, “{proof.title}”, {proof.document_id}, {proof.url}, " + describe_time(proof),
        *(_state(value) for value in proof.values),
        describe_version(proof),
        *([f"gone from the site since {format_value(proof.gone_from)}"] if proof.gone_from else []),
        bytes_read,
        tables,
        f"to check: {_make_mark(proof)}",
    ]
    return escape("; ".join(parts) + ".")


def _cite_in_footnote(proof: Proof, _release_id: str | None) -> str:
    """At most :data:`LONGEST_FOOTNOTE` characters beside the address: the title, then the value, give way."""
    day = f"{proof.observed_at:%Y-%m-%d}"
    when = f"captured {day}" if proof.time_basis == "captured" else f"received {day}"
    when += "" if proof.source == "crawl" or proof.time_basis == "received" else ", by others"
    state = [f"gone since {proof.gone_from:%Y-%m-%d}"] if proof.gone_from else []
    # Its first words say what it is; there is no room for all.
    state += [proof.notice.partition(";")[0]] if proof.notice else []
    # An id that is an address says no more than the address.
    known = [proof.document_id] if "/" not in proof.document_id and len(proof.document_id) <= 30 else []
    mark = _make_mark(proof)

    def make(title: str, longest: int, url: str) -> str:
        stated = [_state(value, longest, brief=True) for value in proof.values if not _is_title(value, proof)]
        words = ", ".join([f"IOM, “{title}”", *known, *stated, when, *state])
        return escape(f"{words}. {url} [{mark}]")

    room = LONGEST_FOOTNOTE - len(make("", 1, ""))
    value = max((len(escape(one.published or one.raw or "")) for one in proof.values), default=0)
    title = len(escape(proof.title))
    for_title = max(min(title, room - min(value, LONGEST_VALUE)), min(title, room // 2))
    for attempt in range(for_title, 0, -1):
        longest = min(LONGEST_VALUE, max(room - attempt, 1))
        if len(make(shorten(proof.title, attempt), longest, "")) <= LONGEST_FOOTNOTE:
            return make(shorten(proof.title, attempt), longest, proof.url)
    return make("…", 1, proof.url)


def _cite_in_bibtex(proof: Proof, release_id: str | None) -> str:
    key = re.sub(r"[^A-Za-z0-9-]+", "-", f"iom-{proof.document_id}-{proof.capture_id[:8]}").strip("-")
    fields = {
        "author": f"{{{AUTHOR}}}",
        "title": f"{{{_escape_tex(escape(proof.title))}}}",
        "howpublished": f"\\url{{{_escape_tex_url(proof.url)}}}",
        "urldate": f"{proof.observed_at:%Y-%m-%d}",
        "note": _escape_tex(_make_note(proof, release_id)),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items()]
    return "\n".join([f"@misc{{{key},", *lines, "}"])


def _cite_in_csl(proof: Proof, release_id: str | None) -> str:
    day = proof.observed_at
    item = {
        "id": f"iom-{proof.document_id}-{proof.capture_id[:8]}",
        "type": "webpage",
        "author": [{"literal": AUTHOR}],
        "title": escape(proof.title),
        "URL": escape(proof.url),
        "accessed": {"date-parts": [[day.year, day.month, day.day]]},
        "archive": "iomdb",
        "archive_location": f"{proof.archive_file} at {proof.archive_offset}",
        "note": _make_note(proof, release_id),
    }
    return json.dumps([item], indent=1, ensure_ascii=False)


def _cite_in_wikipedia(proof: Proof, release_id: str | None) -> str:
    parts = {
        "url": re.sub(r"[|{}\[\]<>\s]", lambda found: "".join(f"%{byte:02X}" for byte in found[0].encode()), proof.url),
        "title": escape(proof.title),
        "publisher": f"[[{AUTHOR}]]",
        "access-date": f"{proof.observed_at:%Y-%m-%d}",
        **({"url-status": "dead"} if proof.gone_from else {}),
        "id": _make_note(proof, release_id),
    }
    plain = {"url", "publisher"}
    told = [f"|{name}={text if name in plain else _escape_wiki(text)}" for name, text in parts.items()]
    return "{{cite web " + " ".join(told) + "}}"


_FORMS: dict[CitationForm, Callable[[Proof, str | None], str]] = {
    "footnote": _cite_in_footnote,
    "full": _cite_in_full,
    "bibtex": _cite_in_bibtex,
    "csl": _cite_in_csl,
    "wikipedia": _cite_in_wikipedia,
}


def _make_note(proof: Proof, release_id: str | None) -> str:
    """What no field of a reference manager has a place for, in one line."""
    parts = [
        *([proof.notice] if proof.notice else []),
        proof.document_id,
        *(_state(value, brief=True) for value in proof.values if not _is_title(value, proof)),
        describe_time(proof),
        *([f"gone since {proof.gone_from:%Y-%m-%d}"] if proof.gone_from else []),
        f"payload sha256:{proof.payload_sha256}",
        *([f"data release {release_id}"] if release_id else []),
        f"to check: {_make_mark(proof)}",
    ]
    return escape("; ".join(parts))


def _make_mark(proof: Proof) -> str:
    """The command that checks the citation, by which it is also found again."""
    fields = " ".join(value.field for value in proof.values if len(proof.values) == 1)
    return f"iomdb verify {proof.capture_id} {fields}".rstrip()


def _is_title(value: ProvedValue, proof: Proof) -> bool:
    """Whether the value is said already, as the title of what is cited."""
    return value.field == "title" and value.published == proof.title and not value.is_unread


def _state(value: ProvedValue, longest: int = LONGEST_VALUE, *, brief: bool = False) -> str:
    if value.published is None and value.is_unread:
        return f"{value.field}: unread, the page states it in a way that no rule reads"
    if value.published is None:
        words = f"not understood, the page says {_quote(value.raw, longest)}" if value.raw else "not stated"
        return f"{value.field}: {words}"
    stated = f"{value.field} = {_quote(value.published, longest)}"
    if value.is_unread:
        return f"{stated} as last read (unread: the page states it otherwise now)"
    ranges = [f"{one.start}-{one.end}" for one in value.evidence if one.start is not None and not brief]
    return stated + (f" (bytes {', '.join(ranges)})" if ranges else "")


def _quote(text: str, longest: int) -> str:
    return f"“{shorten(text, longest)}”"


def _escape_tex(text: str) -> str:
    r"""The text without power in TeX.

    >>> _escape_tex("a_b {50 %}")
    'a\\_b \\{50 \\%\\}'
    """
    named = {"\\": "\\textbackslash{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}"}
    return re.sub(r"[\\~^{}$&#_%]", lambda found: named.get(found[0], "\\" + found[0]), text)


def _escape_tex_url(url: str) -> str:
    return re.sub(r"[\\{}\s%#]", lambda found: f"\\{found[0]}" if found[0] in "%#" else f"%{ord(found[0]):02X}", url)


def _escape_wiki(text: str) -> str:
    """The text without power in a template of MediaWiki."""
    named = {"|": "{{!}}", "{": "&#123;", "}": "&#125;", "[": "&#91;", "]": "&#93;", "<": "&lt;", ">": "&gt;"}
    named["&"] = "&amp;"
    return "".join(named.get(one, one) for one in text)
