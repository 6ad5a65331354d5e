"""Which documents are one work, and which must stay apart."""

from __future__ import annotations

import random

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from pipeline.relations.clusters import build_clusters
from pipeline.relations.documents import RelatedDocument
from pipeline.relations.pairs import find_pairs
from pipeline.relations.similar import NOTHING_KEPT
from tests.examples import examples
from tests.pipeline.relations.documents import cluster, make_body, make_news, make_project, replace_words


def test_a_copy_in_other_case_accents_and_punctuation_is_an_exact_copy() -> None:
    body = make_body(1) + " Évaluation"
    members = cluster(
        make_news("a", "iom.int/news/a", title="New Post", body=body),
        make_news("b", "niger.iom.int/news/b", title="NEW POST!", body=body.upper().replace("É", "E") + " "),
    )
    assert members["a"].role == "original"
    assert (members["b"].role, members["b"].method, members["b"].score) == ("copy", "exact_text", 1.0)
    assert members["b"].linked_to == "a"
    assert members["a"].cluster_id == members["b"].cluster_id


def test_a_copy_with_a_few_words_changed_is_a_near_copy_with_its_exact_similarity() -> None:
    body = make_body(2)
    members = cluster(
        make_news("a", "iom.int/news/a", title="Same title", body=body),
        make_news("b", "niger.iom.int/news/b", title="Same title", body=replace_words(body, 1, 2)),
    )
    assert (members["b"].role, members["b"].method) == ("near_copy", "similar_text")
    assert 0.7 <= members["b"].score < 1


def test_the_same_text_with_another_number_year_or_country_stays_apart() -> None:
    body = make_body(3) + " The fund gave 120,000 dollars in May 2016."
    base = make_news("a", "iom.int/news/a", title="Same title", body=body, countries=["NE"])
    for field, other in {
        "number": make_news("b", "iom.int/news/b", title="Same title", body=body.replace("120,000", "130,000")),
        "year": make_news("b", "iom.int/news/b", title="Same title", body=body.replace("2016", "2017")),
        "month": make_news("b", "iom.int/news/b", title="Same title", body=body.replace("May", "June")),
        "country": make_news("b", "iom.int/news/b", title="Same title", body=body, countries=["TD"]),
    }.items():
        assert cluster(base, other) == {}, field


def test_a_number_written_in_another_way_is_the_same_number() -> None:
    body = make_body(4)
    members = cluster(
        make_news("a", "iom.int/news/a", title="T", body=body + " It cost 120,000.00 dollars in three years."),
        make_news(
            "b",
            "chad.iom.int/news/b",
            title="T",
            body=body + " It cost 120 000 dollars in 3 years.".replace(" 000", "\u202f000"),
        ),
    )
    assert members["b"].role == "near_copy"


def test_a_shortened_copy_contradicts_nothing() -> None:
    body = make_body(5, 200)
    members = cluster(
        make_news("a", "iom.int/news/a", title="T", body=body + " Call 12 or 13."),
        make_news("b", "chad.iom.int/news/b", title="T", body=body),
    )
    assert members["b"].role == "near_copy"


def test_two_project_ids_are_never_one_cluster_even_with_one_text_and_one_title() -> None:
    body = make_body(6)
    assert (
        cluster(
            make_project("QU8-805", projects_id="QU8-805", title="One title", body=body),
            make_project("PR.0157", projects_id="PR.0157", title="One title", body=body),
        )
        == {}
    )


def test_a_page_alike_to_two_grants_joins_one_and_never_bridges_them() -> None:
    body = make_body(7)
    members = cluster(
        make_project("QU8-805", projects_id="QU8-805", title="One title", body=body),
        make_project("PR.0157", projects_id="PR.0157", title="One title", body=body),
        make_project("iom.int/project/one", title="One title", body=body),
    )
    assert "iom.int/project/one" in members
    assert len(members) == 2


def test_twins_with_one_title_and_other_texts_are_not_clustered() -> None:
    assert (
        cluster(
            make_project("QU8-805", projects_id="QU8-805", title="One title", body=make_body(8)),
            make_project("PR.0157", projects_id="PR.0157", title="One title", body=make_body(9)),
        )
        == {}
    )


def test_a_project_and_a_news_page_are_never_one_work() -> None:
    body = make_body(10)
    assert (
        cluster(make_project("QU8-805", title="T", body=body), make_news("b", "iom.int/news/b", title="T", body=body))
        == {}
    )


def test_one_slug_on_the_global_and_a_country_site_is_a_mirror() -> None:
    body = make_body(11)
    members = cluster(
        make_news("a", "iom.int/news/post-opens", title="Post opens", body=body),
        make_news("b", "niger.iom.int/news/post-opens", title="Post Opens", body=replace_words(body, 3, 18)),
    )
    assert (members["b"].role, members["b"].method) == ("mirror", "slug")
    assert "post-opens on iom.int and niger.iom.int" in (members["b"].evidence or "")


def test_one_slug_over_unlike_texts_under_unlike_titles_is_no_mirror() -> None:
    assert (
        cluster(
            make_news("a", "iom.int/news/monthly-report", title="Report of spring", body=make_body(12)),
            make_news("b", "niger.iom.int/news/monthly-report", title="Report of autumn", body=make_body(13)),
        )
        == {}
    )


def make_sites(*numbers: str, **fields: object) -> list[RelatedDocument]:
    """One page on the global site and on others, each with its own number in the text."""
    hosts = ("iom.int", "liberia.iom.int", "niger.iom.int", "chad.iom.int")
    stated = {"title": "Counter opens", "published_date": "2019-03-05"} | fields
    return [
        make_news(host[0], f"{host}/news/counter-opens", body=f"{make_body(40)} It had {number} trucks.", **stated)
        for host, number in zip(hosts, numbers, strict=False)
    ]


def test_a_number_corrected_on_one_of_two_sites_makes_no_second_work() -> None:
    members = cluster(*make_sites("1,240", "1,420"))
    assert {name: (member.role, member.method) for name, member in members.items()} == {
        "i": ("original", None),
        "l": ("mirror", "slug"),
    }


def test_a_number_corrected_on_one_of_many_sites_leaves_copies_of_either_wording_in_the_work() -> None:
    copy = make_news("z", "iom.int/news/z", title="Counter opens", body=f"{make_body(40)} It had 1,240 trucks.")
    for numbers in (("1,240", "1,420", "1,240"), ("1,420", "1,240", "1,240"), ("1,240", "1,240", "1,420")):
        members = cluster(*make_sites(*numbers), copy)
        assert members.keys() == {"i", "l", "n", "z"}, numbers
        assert len({member.cluster_id for member in members.values()}) == 1


def test_a_page_that_contradicts_every_wording_of_a_work_stays_apart() -> None:
    other = make_news("z", "iom.int/news/z", title="Counter opens", body=f"{make_body(40)} It had 1,111 trucks.")
    assert cluster(*make_sites("1,240", "1,420"), other).keys() == {"i", "l"}


def test_one_slug_with_other_numbers_is_one_work_only_under_one_title_and_date_and_with_a_shared_text() -> None:
    here, there = make_sites("1,240", "1,420")
    for field, other in {
        "title": msgspec.structs.replace(there, title="Counter opens again"),
        "date": msgspec.structs.replace(there, published_date="2020-03-05"),
        "text": msgspec.structs.replace(there, body=f"{make_body(41)} It had 1,420 trucks."),
    }.items():
        assert cluster(here, other) == {}, field


def test_one_node_number_on_two_hosts_says_nothing() -> None:
    assert (
        cluster(
            make_news("a", "iom.int/node/77", title="T", body=make_body(14)),
            make_news("b", "niger.iom.int/node/77", title="T", body=make_body(15)),
        )
        == {}
    )


def test_a_declared_alternate_in_another_language_is_a_translation() -> None:
    members = cluster(
        make_news("a", "iom.int/news/a", lang="en", body=make_body(16), alternates=["iom.int/fr/news/b"]),
        make_news("b", "iom.int/fr/news/b", lang="fr", body=make_body(17)),
    )
    assert (members["b"].role, members["b"].method, members["b"].score) == ("translation", "alternate", 1.0)


def test_one_node_under_two_language_prefixes_is_a_translation() -> None:
    members = cluster(
        make_news("a", "iom.int/es/node/5", lang="es", body=make_body(18)),
        make_news("b", "iom.int/fr/node/5", lang="fr", body=make_body(19)),
    )
    assert members["b"].method == "node"


def test_equal_key_facts_make_a_translation_and_a_third_page_with_them_makes_none() -> None:
    facts = " 1,250 2024 340 57 26"
    english = make_news("a", "iom.int/news/a", lang="en", dateline_country="NE", body=make_body(20) + facts)
    french = make_news("b", "niger.iom.int/fr/news/b", lang="fr", dateline_country="NE", body=make_body(21) + facts)
    other = make_news("c", "niger.iom.int/fr/news/c", lang="fr", dateline_country="NE", body=make_body(22) + facts)
    members = cluster(english, french)
    assert (members["b"].role, members["b"].method) == ("translation", "key_facts")
    assert "1250" in (members["b"].evidence or "")
    assert cluster(english, french, other) == {}


def test_a_shared_date_and_country_make_no_translation() -> None:
    assert (
        cluster(
            make_news(
                "a", "iom.int/news/a", lang="en", dateline_country="NE", published_date="2024-05-01", body=make_body(23)
            ),
            make_news(
                "b",
                "iom.int/fr/news/b",
                lang="fr",
                dateline_country="NE",
                published_date="2024-05-01",
                body=make_body(24),
            ),
        )
        == {}
    )


def test_the_same_text_under_a_later_date_is_a_republication() -> None:
    body = make_body(25)
    members = cluster(
        make_news("a", "iom.int/news/a", title="T", published_date="2024-05-01", body=body),
        make_news(
            "b",
            "iom.int/news/b",
            title="T",
            published_date="2025-05-01",
            first_seen_at="2026-02-01T00:00:00Z",
            body=body,
        ),
    )
    assert members["b"].role == "republication"


def test_the_original_is_the_one_seen_first_and_the_cluster_keeps_its_id_when_copies_arrive() -> None:
    body = make_body(26)
    first = make_news("z", "niger.iom.int/news/z", title="T", body=body, first_seen_at="2025-01-01T00:00:00Z")
    later = make_news("a", "iom.int/news/a", title="T", body=body, first_seen_at="2025-02-01T00:00:00Z")
    latest = make_news("b", "iom.int/news/b", title="T", body=body, first_seen_at="2025-03-01T00:00:00Z")
    assert cluster(first, later)["z"].role == "original"
    assert cluster(first, later)["z"].cluster_id == cluster(first, later, latest)["b"].cluster_id


def test_short_texts_are_not_called_copies() -> None:
    assert (
        cluster(
            make_news("a", "iom.int/news/a", title="Photo", body="See the photo."),
            make_news("b", "chad.iom.int/news/b", title="Photo", body="See the photo."),
        )
        == {}
    )


def _make_mixed_documents() -> list[RelatedDocument]:
    documents = []
    for number in range(12):
        body = make_body(number)
        documents += [
            make_news(f"n{number}", f"iom.int/news/slug-{number}", title=f"T{number}", body=body),
            make_news(
                f"m{number}",
                f"niger.iom.int/news/slug-{number}",
                title=f"T{number}",
                body=replace_words(body, number, 3),
            ),
            make_news(
                f"d{number}",
                f"chad.iom.int/news/d{number}",
                title=f"T{number}",
                body=body + f" {number} 7",
                countries=["TD"],
            ),
        ]
    return documents


@examples(15)
@given(st.integers(min_value=0))
def test_clusters_do_not_depend_on_the_order_of_documents(seed: int) -> None:
    documents = _make_mixed_documents()
    expected_pairs, _ = find_pairs(documents, NOTHING_KEPT)
    expected = build_clusters(documents, expected_pairs)
    assert expected
    shuffled = documents[:]
    random.Random(seed).shuffle(shuffled)
    pairs, _ = find_pairs(shuffled, NOTHING_KEPT)
    assert pairs == expected_pairs
    assert build_clusters(shuffled, pairs) == expected
