"""The documents that relations are judged between, and what is compared of a text.

Belongs here: the shape of one line of ``documents.ndjson``, as the warehouse writes it (docs/contracts.md, section 7),
and reading it; of one or two texts the words, the runs of three words, the numbers they state. Does not belong here:
which texts are compared, any judgement.
"""

import re
import tomllib
import unicodedata
from collections import Counter
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


MIN_WORDS = 20
"""Shorter texts are never called similar: three words in a row say too little about them."""

# Chinese and Japanese are written without blanks: there each character is taken as a word.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_ASCII_BREAKS = {code: " " for code in range(128) if not chr(code).isalnum()}
NUMBER = re.compile(r"\d+(?:[.,\u00a0\u202f'’]\d{3})*(?:[.,]\d+)?")
_DECIMALS = re.compile(r"(.*\d)[.,](\d{1,2})", re.DOTALL)

_WORDS = tomllib.loads((Path(__file__).parent / "facts.toml").read_text("utf-8"))
FACT_WORDS = {word: number for number, words in _WORDS["numbers"].items() for word in words.split()} | {
    word: f"month {number}" for number, words in _WORDS["months"].items() for word in words.split()
}
"""Words that state a number or a month, folded."""


def fold(text: str) -> str:
    """Lower case without accents, so that two texts never differ by case and diacritics alone.

    >>> fold("Évaluation À Port-au-Prince")
    'evaluation a port-au-prince'
    """
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def split_words(text: str) -> list[str]:
    """The folded words of a text in order; punctuation and markup signs are no words."""
    folded = fold(text)
    # Plain ASCII needs no pattern: five times as fast, the same words.
    return folded.translate(_ASCII_BREAKS).split() if folded.isascii() else WORD.findall(folded)


def make_shingles(words: list[str]) -> set[str]:
    """All runs of three words.

    >>> sorted(make_shingles("the border post was opened".split()))
    ['border post was', 'post was opened', 'the border post']
    """
    return {f"{a} {b} {c}" for a, b, c in zip(words, words[1:], words[2:], strict=False)}


def compute_similarity(left: set[str], right: set[str]) -> float:
    """The exact Jaccard similarity of two sets of shingles, 0 to 1; 0 where either is empty."""
    if not left or not right:
        return 0.0
    shared = len(left & right)
    return shared / (len(left) + len(right) - shared)


def parse_number(raw: str) -> str:
    """One printed number in a form that grouping and empty decimals do not change.

    >>> [parse_number(raw) for raw in ("100,000.00", "100.000,00", "2006", "3.5", "007")]
    ['100000', '100000', '2006', '3.5', '7']
    """
    if raw.isdecimal():
        return str(int(raw))
    whole, decimals = raw, ""
    match = _DECIMALS.fullmatch(raw)
    if match:
        whole, decimals = match[1], match[2].rstrip("0")
    digits = str(int("".join(filter(str.isdecimal, whole))))
    return f"{digits}.{int(decimals):0{len(decimals)}d}" if decimals else digits


def find_numbers(text: str) -> Counter[str]:
    """The numbers that a text prints in digits, each as often as it occurs."""
    return Counter(parse_number(raw) for raw in NUMBER.findall(text))


def find_facts(text: str) -> Counter[str]:
    """The numbers (in digits or words) and the months that a text states, each as often as it occurs.

    >>> sorted(find_facts("Two posts opened on 5 May 2006 for USD 100,000.00").elements())
    ['100000', '2', '2006', '5', 'month 5']
    """
    facts = find_numbers(text)
    facts.update(FACT_WORDS[word] for word in split_words(text) if word in FACT_WORDS)
    return facts
