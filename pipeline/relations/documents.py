"""The documents that relations are judged between, as the warehouse writes them (docs/contracts.md, section 7).

Belongs here: the shape of one line of ``documents.ndjson`` and reading it. Does not belong here: any judgement.
"""

from pathlib import Path

import msgspec

from pipeline.ground.errors import PipelineError


class RelationsError(PipelineError):
    """Raised when the documents written by the build cannot be read; the text names file and line."""


class RelatedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """One current document after identity: a news page or a project, with all its addresses.

    Empty lists mean that nothing is stated; None means unknown. ``first_seen_at`` is UTC, ``published_date`` EDTF.
    """

    document_id: str
    kind: str
    site: str
    lang: str | None
    title: str | None
    url: str
    page_keys: list[str] = []
    body: str | None = None
    published_date: str | None = None
    first_seen_at: str | None = None
    dateline_country: str | None = None
    countries: list[str] = []
    funders: list[str] = []
    acronyms: list[str] = []
    alternates: list[str] = []
    projects_id: str | None = None
    prima_id: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    budget_amount: str | None = None

    @property
    def text(self) -> str:
        """Title and body, the text that is compared."""
        return f"{self.title or ''}\n{self.body or ''}"


def read_documents(path: Path) -> list[RelatedDocument]:
    """All documents of a file, ordered by ``document_id``, so that no later step depends on the file's order.

    Raises:
        RelationsError: a line is not a document, or one ``document_id`` is on two lines.
    """
    decoder = msgspec.json.Decoder(RelatedDocument)
    documents: dict[str, RelatedDocument] = {}
    with path.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                document = decoder.decode(line)
            except msgspec.MsgspecError as error:
                raise RelationsError(f"{path}, line {number}: not a document ({error}); build again") from error
            if document.document_id in documents:
                raise RelationsError(f"{path}, line {number}: {document.document_id} occurs twice; build again")
            documents[document.document_id] = document
    return [documents[key] for key in sorted(documents)]
