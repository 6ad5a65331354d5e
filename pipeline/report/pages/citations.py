"""The citations that the page of a document prints: those of ``iomdb cite``, of what the tables say.

Belongs here: what such a citation states. Does not belong here: its words (``pipeline.proof.cite``), proving anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.proof.cite import CitationForm, cite
from pipeline.proof.verify import state_title
from warehouse.read.claims import Claim, VersionMark
from warehouse.read.documents import Named

if TYPE_CHECKING:
    from pipeline.report.edition import DocumentEntry, Edition
    from warehouse.read.captures import Capture

NAMES: dict[CitationForm, str] = {
    "footnote": "Footnote", "bibtex": "BibTeX", "csl": "CSL-JSON", "wikipedia": "Wikipedia"
}  # fmt: skip


def cite_document(edition: Edition, entry: DocumentEntry, capture: Capture) -> list[tuple[str, str]]:
    """The name and the text of each form in which a document is cited by the capture that its version rests on."""
    row, run = entry.row, edition.runs[capture.content_run_id]
    version = VersionMark(row["version_no"], row["valid_from"], row["valid_to"], row["is_gone"])
    unread, tables = tuple(row["unread_fields"] or ()), edition.content_sha256
    claim = Claim(Named(entry.kind, entry.id), capture, row, version, entry.gone_from, (), unread, tables)
    proof = state_title(edition.notice, claim, row["site"], run["source"], run["notes"] or ())
    return [(name, cite(proof, form)) for form, name in NAMES.items()]
