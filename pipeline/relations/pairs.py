"""Pairs of documents that are one work: equal and similar texts, one slug on two sites, translations.

Belongs here: one function a kind of evidence; each yields pairs with method, score and words. Does not
belong here: whether a pair agrees with the others (:mod:`pipeline.relations.clusters`).
"""

import re
from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import combinations, pairwise, product

from pipeline.relations.documents import (
    RelatedDocument,
    compute_similarity,
    find_numbers,
    fold,
    make_shingles,
    split_words,
)
from pipeline.relations.similar import MAX_BUCKET, Kept, SimilarPairs, find_similar

GLOBAL_HOST = "iom.int"
METHODS = ("exact_text", "alternate", "slug", "similar_text", "node", "key_facts")
"""Strongest evidence first: where two pairs contradict each other, the earlier one counts."""
_MIN_MIRROR_SIMILARITY = 0.3
_MIN_KEY_NUMBERS = 5
_MIN_LARGE_NUMBERS = 3
_LANGUAGE_PREFIX = re.compile(r"^[a-z]{2}(?:-[a-z]{2,4})?/")
_NODE = re.compile(r"node/\d+")


@dataclass(frozen=True, slots=True)
class DocumentPair:
    """Two documents, the smaller id first, and why they are one work; ``score`` is the exact similarity, 0 to 1."""

    left: str
    right: str
    method: str
    score: float
    evidence: str


def find_pairs(documents: list[RelatedDocument], kept: Kept) -> tuple[list[DocumentPair], Kept]:
    """All pairs by every method, strongest first, and the sketches to keep."""
    digests = {document.document_id: _digest(document.text) for document in documents}
    texts = {digests[document.document_id]: document.text for document in documents}
    similar, kept = find_similar(texts, kept)
    pairs = [
        *_iter_similar_texts(documents, digests, similar),
        *_iter_equal_texts(documents, {name: kept.sketches.get(digest) for name, digest in digests.items()}),
    ]
    for find in (_iter_alternates, _iter_mirrors, _iter_nodes, _iter_key_facts):
        pairs += find(documents)
    return sorted(set(pairs), key=_rank), kept


def _rank(pair: DocumentPair) -> tuple[int, float, str, str, str]:
    """Strongest first, and total: two pages may name each other, and each gives its own evidence."""
    return METHODS.index(pair.method), -pair.score, pair.left, pair.right, pair.evidence


def _iter_similar_texts(
    documents: list[RelatedDocument], digests: dict[str, bytes], similar: SimilarPairs
) -> Iterator[DocumentPair]:
    """Each similar pair of texts, for the documents that hold them; of equal texts one document a claim is enough."""
    wanted = {digest for pair in similar for digest in pair}
    holders: dict[bytes, dict[Hashable, RelatedDocument]] = {}
    for document in documents:
        digest = digests[document.document_id]
        if digest in wanted:
            holders.setdefault(digest, {}).setdefault(_find_claim(document), document)
    for (left_digest, right_digest), score in similar.items():
        for left, right in product(holders[left_digest].values(), holders[right_digest].values()):
            yield _make_pair(left, right, "similar_text", score, f"runs of three words shared: {score:.4f}")


def _iter_equal_texts(documents: list[RelatedDocument], sketches: dict[str, bytes | None]) -> Iterator[DocumentPair]:
    """Equal words of title and body, whatever the case, accents and punctuation; equal words make equal sketches."""
    for alike in _group(documents, lambda document: sketches[document.document_id]):
        for copies in _group(alike, lambda document: tuple(split_words(document.text))):
            yield from _iter_chains(copies)


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()


def _iter_chains(copies: list[RelatedDocument]) -> Iterator[DocumentPair]:
    """DocumentPair each copy with the first that states the same fields, and those firsts with each other."""
    firsts: dict[Hashable, RelatedDocument] = {}
    for copy in copies:
        first = firsts.setdefault(_find_claim(copy), copy)
        if first is not copy:
            yield _make_pair(first, copy, "exact_text", 1.0, "the same words in title and body")
    distinct = list(firsts.values())
    # So many claims under one text contradict each other anyway; neighbours are enough, and time stays linear.
    for left, right in combinations(distinct, 2) if len(distinct) <= MAX_BUCKET else pairwise(distinct):
        yield _make_pair(left, right, "exact_text", 1.0, "the same words in title and body")


def _find_claim(document: RelatedDocument) -> Hashable:
    """What a document states beside its text."""
    fields = (document.start_year, document.end_year, document.budget_amount)
    return (document.lang, document.projects_id, document.prima_id, fields, tuple(document.countries))


def _iter_alternates(documents: list[RelatedDocument]) -> Iterator[DocumentPair]:
    """A page that names another as its canonical or hreflang address."""
    holders = {key: document for document in documents for key in document.page_keys}
    for document in documents:
        for key in sorted(set(document.alternates)):
            other = holders.get(key)
            if other is not None and other.document_id != document.document_id:
                yield _make_pair(document, other, "alternate", 1.0, f"the markup of {document.url} names {key}")


def _iter_mirrors(documents: list[RelatedDocument]) -> Iterator[DocumentPair]:
    """One slug on the global and a country or regional site, in one language, with the same title or a shared text."""
    slugs: dict[tuple[str, str | None, str], list[tuple[str, RelatedDocument]]] = {}
    for document in documents:
        for key in document.page_keys:
            host, slug = _split_page_key(key)
            if slug is not None:
                slugs.setdefault((document.kind, document.lang, slug), []).append((host, document))
    for (_, _, slug), holders in slugs.items():
        for host, document in holders:
            for other_host, other in holders:
                if host == GLOBAL_HOST and other_host.endswith("." + GLOBAL_HOST) and document is not other:
                    score = _compare(document, other)
                    if score >= _MIN_MIRROR_SIMILARITY or _have_equal_titles(document, other):
                        words = f"the slug {slug} on {host} and {other_host}; runs of three words shared: {score:.4f}"
                        yield _make_pair(document, other, "slug", score, words)


def is_one_page(pair: DocumentPair, left: RelatedDocument, right: RelatedDocument) -> bool:
    """Whether a pair is one page on two sites: one slug, one title, a shared text, and no two publication dates.

    Such a page may be corrected on one site and not yet on the other.
    """
    dates = {left.published_date, right.published_date} - {None}
    is_shared = pair.method == "slug" and pair.score >= _MIN_MIRROR_SIMILARITY
    return is_shared and len(dates) < 2 and _have_equal_titles(left, right)


def _iter_nodes(documents: list[RelatedDocument]) -> Iterator[DocumentPair]:
    """One Drupal node under two language prefixes of a host is one node in two translations."""
    nodes: dict[str, dict[str, RelatedDocument]] = {}
    for document in documents:
        for key in document.page_keys:
            host, _, path = key.partition("/")
            node = _strip_language(path)
            if _NODE.fullmatch(node):
                nodes.setdefault(f"{host}/{node}", {})[document.document_id] = document
    for node, holders in nodes.items():
        for left, right in combinations(holders.values(), 2):
            if _are_in_two_languages(left, right):
                yield _make_pair(left, right, "node", 1.0, f"both are {node} under a language prefix")


def _iter_key_facts(documents: list[RelatedDocument]) -> Iterator[DocumentPair]:
    """Two languages, one dateline country, and the same five or more numbers, where no third page says the same.

    Counter-examples: two pages that share a date and a country only; three pages with the same numbers, of which
    nothing says which two belong together.
    """

    def find_key(document: RelatedDocument) -> Hashable:
        if document.kind != "news" or document.dateline_country is None:
            return None
        numbers = frozenset(find_numbers(document.text))
        large = sum(1 for number in numbers if float(number) > 31)
        if len(numbers) < _MIN_KEY_NUMBERS or large < _MIN_LARGE_NUMBERS:
            return None
        return (document.dateline_country, numbers)

    for group in _group(documents, find_key):
        by_language = {document.lang: document for document in group}
        if None in by_language or len(by_language) != len(group):
            continue
        for left, right in combinations(group, 2):
            if left.published_date is None or right.published_date in (None, left.published_date):
                numbers = sorted(find_numbers(left.text), key=lambda number: (float(number), number))
                words = f"both are datelined in {left.dateline_country} and state exactly {', '.join(numbers)}"
                yield _make_pair(left, right, "key_facts", _compare(left, right), words)


def _make_pair(one: RelatedDocument, other: RelatedDocument, method: str, score: float, evidence: str) -> DocumentPair:
    left, right = sorted((one.document_id, other.document_id))
    return DocumentPair(left, right, method, round(score, 4), evidence)


def _group(
    documents: Iterable[RelatedDocument], find_key: Callable[[RelatedDocument], Hashable]
) -> list[list[RelatedDocument]]:
    """The documents with equal keys, where there are two or more; those with the key None are left out."""
    groups: dict[Hashable, list[RelatedDocument]] = {}
    for document in documents:
        key = find_key(document)
        if key is not None:
            groups.setdefault((document.kind, key), []).append(document)
    return [group for group in groups.values() if len(group) > 1]


def _split_page_key(page_key: str) -> tuple[str, str | None]:
    """Host and slug of a page key; the slug is what follows language and section, None for a node number.

    >>> _split_page_key("haiti.iom.int/fr/news/iom-opens-post")
    ('haiti.iom.int', 'iom-opens-post')
    >>> _split_page_key("iom.int/node/17")
    ('iom.int', None)
    """
    host, _, path = page_key.partition("/")
    path = _strip_language(path)
    _, _, slug = path.partition("/")
    return host, None if _NODE.fullmatch(path) or not slug else slug


def _strip_language(path: str) -> str:
    return _LANGUAGE_PREFIX.sub("", path, count=1) if path[2:3] in {"/", "-"} else path


def _compare(left: RelatedDocument, right: RelatedDocument) -> float:
    return compute_similarity(make_shingles(split_words(left.text)), make_shingles(split_words(right.text)))


def _have_equal_titles(left: RelatedDocument, right: RelatedDocument) -> bool:
    return bool(left.title and right.title) and fold(left.title or "") == fold(right.title or "")


def _are_in_two_languages(left: RelatedDocument, right: RelatedDocument) -> bool:
    return left.lang is not None and right.lang is not None and left.lang != right.lang
