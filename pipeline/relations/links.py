"""Links from news to the projects they speak of, each with the words that prove it.

Belongs here: the three rules and their certainty. Does not belong here: finding mentions in a page (that is reading),
clusters.

==========  ================================================================  ===========
rule        what must be there                                                certainty
==========  ================================================================  ===========
id          a Projects ID or Prima ID of a known project, as printed          stated
title       the title of one project between quotation marks                  stated
title       the title of one project, six words or more, no quotation marks,  interpreted
            and a country in common
acronym     a name that occurs in one project's title, a country in common,   inferred
            and a funder in common
==========  ================================================================  ===========

A name or title that fits two projects is no link: nothing says which one is meant.
"""

import re
from collections.abc import Iterable, Iterator

import msgspec

from pipeline.relations.documents import RelatedDocument, fold, split_words

METHODS = ("id", "title", "acronym")
"""Strongest first: a pair found in several ways is published once, with the strongest."""
MIN_QUOTED_WORDS = 3
MIN_PLAIN_WORDS = 6
_KEY_WORDS = 3
_ID = re.compile(r"(?<![A-Za-z0-9.])(?:[A-Z]{2}\.\d{4}|[A-Z0-9]{3}-80[05]|[A-Z]{2}(?:10|99)P\d{4})(?![A-Za-z0-9])")
_QUOTED = re.compile(r'"([^"]{8,300})"|“([^”]{8,300})”|„([^“”]{8,300})[“”]|«\s*([^»]{8,300}?)\s*»|‘([^’]{8,300})’')
_FUND_NAMES = frozenset({"iom development fund", "idf", "1035 facility", "fonds de l oim pour le developpement"})
"""The fund that pays for every project on the project pages, under its names; the 1035 Facility is its former one."""
_COMMON_ACRONYMS = frozenset({"iom", "oim", "idf", "un", "onu", "usd", "eu", "ue", "gcm", "sdg", "ngo", "who", "unhcr"})


class Link(msgspec.Struct, frozen=True):
    """One line of ``links.ndjson``."""

    news_id: str
    project_id: str
    method: str
    certainty: str
    evidence: str


def find_links(documents: Iterable[RelatedDocument]) -> list[Link]:
    """The links of all news, ordered by news, then project; one a pair."""
    news: list[RelatedDocument] = []
    projects: list[RelatedDocument] = []
    for document in documents:
        (projects if document.kind == "project" else news).append(document)
    index = _Projects(projects)
    links: dict[tuple[str, str], Link] = {}
    for document in news:
        for link in index.iter_links(document):
            links.setdefault((link.news_id, link.project_id), link)
    return [links[pair] for pair in sorted(links)]


class _Projects:
    """The known projects by id, by title and by the words of their titles."""

    def __init__(self, projects: list[RelatedDocument]) -> None:
        self._by_id = {key: project for project in projects for key in (project.projects_id, project.prima_id) if key}
        self._by_title: dict[tuple[str, ...], list[RelatedDocument]] = {}
        for project in projects:
            self._by_title.setdefault(tuple(split_words(project.title or "")), []).append(project)
        self._by_title.pop((), None)
        self._long_titles: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for title in self._by_title:
            if len(title) >= MIN_PLAIN_WORDS:
                self._long_titles.setdefault(title[:_KEY_WORDS], []).append(title)
        self._by_word: dict[str, list[RelatedDocument]] = {}
        for title, holders in self._by_title.items():
            for word in set(title):
                self._by_word.setdefault(word, []).extend(holders)

    def iter_links(self, news: RelatedDocument) -> Iterator[Link]:
        """Strongest rule first."""
        yield from self._iter_by_id(news)
        yield from self._iter_by_quoted_title(news)
        yield from self._iter_by_plain_title(news)
        yield from self._iter_by_acronym(news)

    def _iter_by_id(self, news: RelatedDocument) -> Iterator[Link]:
        for match in _ID.finditer(news.text):
            project = self._by_id.get(match[0])
            if project is not None:
                yield Link(news.document_id, project.document_id, "id", "stated", match[0])

    def _iter_by_quoted_title(self, news: RelatedDocument) -> Iterator[Link]:
        for match in _QUOTED.finditer(news.text):
            quoted = next(group for group in match.groups() if group)
            title = tuple(split_words(quoted))
            holders = self._by_title.get(title, [])
            if len(title) >= MIN_QUOTED_WORDS and len(holders) == 1:
                yield Link(news.document_id, holders[0].document_id, "title", "stated", " ".join(match[0].split()))

    def _iter_by_plain_title(self, news: RelatedDocument) -> Iterator[Link]:
        words = split_words(news.text)
        starts = list(zip(words, words[1:], words[2:], strict=False))
        if self._long_titles.keys().isdisjoint(starts):
            return
        for position, start in enumerate(starts):
            for title in self._long_titles.get(start, ()):
                holders = self._by_title[title]
                if len(holders) != 1 or tuple(words[position : position + len(title)]) != title:
                    continue
                if set(news.countries) & set(holders[0].countries):
                    yield Link(news.document_id, holders[0].document_id, "title", "interpreted", holders[0].title or "")

    def _iter_by_acronym(self, news: RelatedDocument) -> Iterator[Link]:
        for name in news.acronyms:
            words = split_words(name)
            if not words or (len(words) == 1 and (len(name) < 3 or words[0] in _COMMON_ACRONYMS)):
                continue
            fits = [project for project in self._by_word.get(words[0], ()) if _contains(project, words)]
            if len(fits) != 1:
                continue
            countries = set(news.countries) & set(fits[0].countries)
            funders = _name_funders(news) & (_name_funders(fits[0]) | {"IOM Development Fund"})
            if countries and funders:
                words_found = f"{name}; {', '.join(sorted(countries))}; {', '.join(sorted(funders))}"
                yield Link(news.document_id, fits[0].document_id, "acronym", "inferred", words_found)


def _contains(project: RelatedDocument, words: list[str]) -> bool:
    """True where the title holds these words in a row."""
    title = split_words(project.title or "")
    return any(title[start : start + len(words)] == words for start in range(len(title) - len(words) + 1))


def _name_funders(document: RelatedDocument) -> set[str]:
    """The funders a document states, with the fund's own names brought to one."""
    return {
        "IOM Development Fund" if " ".join(split_words(name)) in _FUND_NAMES or fold(name) in _FUND_NAMES else name
        for name in document.funders
    }
