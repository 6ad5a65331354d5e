"""Clusters: the documents that are one work, and what each is to the others.

Nothing is merged or deleted; a cluster is a label.

Belongs here: which pairs go together, ids and roles. Does not belong here: finding pairs.
"""

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from itertools import product

import msgspec

from pipeline.relations.documents import RelatedDocument, find_facts
from pipeline.relations.pairs import GLOBAL_HOST, DocumentPair, is_one_page
from pipeline.relations.similar import are_contradicting


class Member(msgspec.Struct, frozen=True):
    """One line of ``clusters.ndjson``. ``linked_to``, ``method`` and ``evidence`` are None for the original."""

    cluster_id: str
    document_id: str
    kind: str
    role: str
    linked_to: str | None
    method: str | None
    score: float
    evidence: str | None


@dataclass(frozen=True)
class _Wording:
    """What one text states: the numbers and months of title and body, and the countries."""

    facts: Counter[str]
    countries: frozenset[str]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal for wordings that state the same."""
        return (frozenset(self.facts.items()), self.countries)

    def contradicts(self, other: "_Wording") -> bool:
        """Whether each states something that the other does not."""
        if are_contradicting(self.facts, other.facts):
            return True
        return bool(self.countries - other.countries) and bool(other.countries - self.countries)


@dataclass(frozen=True)
class _Claim:
    """What a document states that another text of the same work must not contradict.

    ``wordings`` are those of its page on all its sites: a number corrected on one of them is still the page's.
    """

    document: RelatedDocument
    wordings: tuple[_Wording, ...]

    @cached_property
    def key(self) -> tuple[object, ...]:
        """Equal for documents that no third one can contradict differently."""
        wordings = frozenset(wording.key for wording in self.wordings)
        return (self.document.kind, self.document.lang, self.identity, self.fields, wordings)

    def contradicts(self, other: "_Claim") -> bool:
        """True for two kinds or two project ids, and, in one language, other numbers, countries or project fields.

        Texts of several wordings are contradicted only by one that contradicts each of them.
        """
        if self.document.kind != other.document.kind or _differ(self.identity, other.identity):
            return True
        if self.document.lang != other.document.lang:
            # Language versions of a page disagree in the years (v1.disagreements); that does not make them two works.
            return False
        if _differ(self.fields, other.fields):
            return True
        return all(mine.contradicts(theirs) for mine, theirs in product(self.wordings, other.wordings))

    @property
    def identity(self) -> tuple[object, ...]:
        return (self.document.projects_id, self.document.prima_id)

    @property
    def fields(self) -> tuple[object, ...]:
        return (self.document.start_year, self.document.end_year, self.document.budget_amount)


def build_clusters(documents: Iterable[RelatedDocument], pairs: Iterable[DocumentPair]) -> list[Member]:
    """The members of all clusters of two or more, ordered by cluster, original first, then by ``document_id``.

    A pair is left out where any two documents of the joined cluster would contradict each other: a page that is alike
    to both of two differing grants joins the first only.
    """
    by_id = {document.document_id: document for document in documents}
    pairs = list(pairs)
    groups = _Groups(by_id, _read_wordings(by_id, pairs))
    standing = [pair for pair in pairs if groups.join(pair)]
    neighbours: dict[str, list[DocumentPair]] = {}
    for pair in standing:
        neighbours.setdefault(pair.left, []).append(pair)
        neighbours.setdefault(pair.right, []).append(pair)
    clusters = [_describe(original, neighbours, by_id) for original in _find_originals(groups, by_id)]
    return [member for members in sorted(clusters, key=lambda members: members[0].cluster_id) for member in members]


def _read_wordings(
    documents: dict[str, RelatedDocument], pairs: Iterable[DocumentPair]
) -> dict[str, tuple[_Wording, ...]]:
    """The wordings of each document's page, for documents that are one page on several sites."""
    pages: dict[str, list[str]] = {}
    for pair in pairs:
        if not is_one_page(pair, documents[pair.left], documents[pair.right]):
            continue
        left, right = (pages.setdefault(one, [one]) for one in (pair.left, pair.right))
        if left is not right:
            left += right
            pages.update(dict.fromkeys(right, left))
    read: dict[int, tuple[_Wording, ...]] = {}
    for page in pages.values():
        if id(page) not in read:
            distinct = {wording.key: wording for wording in (_read_wording(documents[one]) for one in sorted(page))}
            read[id(page)] = tuple(distinct.values())
    return {one: read[id(page)] for one, page in pages.items()}


def _read_wording(document: RelatedDocument) -> _Wording:
    return _Wording(find_facts(document.text), frozenset(document.countries))


class _Groups:
    """Union of documents under the rule that no two of a group contradict each other."""

    def __init__(self, documents: dict[str, RelatedDocument], wordings: dict[str, tuple[_Wording, ...]]) -> None:
        self._documents = documents
        self._wordings = wordings
        self._root: dict[str, str] = {}
        self.members: dict[str, list[str]] = {}
        self._claims: dict[str, dict[tuple[object, ...], _Claim]] = {}

    def join(self, pair: DocumentPair) -> bool:
        """Join the two groups of a pair; False, and nothing changed, where they contradict each other."""
        left, right = self._find(pair.left), self._find(pair.right)
        if left == right:
            return True
        if any(a.contradicts(b) for a in self._claims[left].values() for b in self._claims[right].values()):
            return False
        if len(self.members[left]) < len(self.members[right]):
            left, right = right, left
        for document_id in self.members.pop(right):
            self._root[document_id] = left
            self.members[left].append(document_id)
        self._claims[left] |= self._claims.pop(right)
        return True

    def _find(self, document_id: str) -> str:
        if document_id not in self._root:
            document = self._documents[document_id]
            claim = _Claim(document, self._wordings.get(document_id) or (_read_wording(document),))
            self._root[document_id] = document_id
            self.members[document_id] = [document_id]
            self._claims[document_id] = {claim.key: claim}
        return self._root[document_id]


def _find_originals(groups: _Groups, documents: dict[str, RelatedDocument]) -> list[RelatedDocument]:
    """The original of each cluster: seen first; among equals English, then the global site, then by id."""

    def precedence(document: RelatedDocument) -> tuple[object, ...]:
        is_global = any(key.startswith(GLOBAL_HOST + "/") for key in document.page_keys)
        seen = document.first_seen_at or "9999"
        return (seen, document.lang != "en", not is_global, document.document_id)

    clusters = (members for members in groups.members.values() if len(members) > 1)
    return [min((documents[member] for member in members), key=precedence) for members in clusters]


def _describe(
    original: RelatedDocument, neighbours: dict[str, list[DocumentPair]], documents: dict[str, RelatedDocument]
) -> list[Member]:
    """The original, then each member with the pair that leads to it on the shortest way from the original."""
    cluster_id = f"c-{sha256(original.document_id.encode()).hexdigest()[:12]}"
    first = Member(cluster_id, original.document_id, original.kind, "original", None, None, 1.0, None)
    members = {original.document_id: first}
    queue = deque([original.document_id])
    while queue:
        here = queue.popleft()
        for pair in neighbours[here]:
            there = pair.right if pair.left == here else pair.left
            if there in members:
                continue
            role = _find_role(documents[here], documents[there], pair)
            members[there] = Member(
                cluster_id, there, original.kind, role, here, pair.method, pair.score, pair.evidence
            )
            queue.append(there)
    return [first, *(members[key] for key in sorted(members) if key != original.document_id)]


def _find_role(source: RelatedDocument, target: RelatedDocument, pair: DocumentPair) -> str:
    """What the second document is to the first, from strongest meaning to weakest."""
    if source.lang is not None and target.lang is not None and source.lang != target.lang:
        return "translation"
    if pair.method in {"slug", "alternate"} or _share_slug(source, target):
        return "mirror"
    if _differ((source.published_date,), (target.published_date,)):
        return "republication"
    return "copy" if pair.method == "exact_text" else "near_copy"


def _share_slug(one: RelatedDocument, other: RelatedDocument) -> bool:
    """The same path on two hosts."""
    paths = {key.partition("/")[2] for key in one.page_keys} & {key.partition("/")[2] for key in other.page_keys}
    return bool(paths - {""}) and not any(path.startswith("node/") for path in paths)


def _differ(left: tuple[object, ...], right: tuple[object, ...]) -> bool:
    """True where two stated values differ; an unknown value contradicts nothing."""
    return any(a is not None and b is not None and a != b for a, b in zip(left, right, strict=True))
