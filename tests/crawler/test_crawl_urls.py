"""The short way through a plain URL gives what the long way gives."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from crawler.site.urls import find_language, host_of, normal_url, page_key, path_of

SEGMENT = st.text("abcXYZ019-_~.", min_size=1, max_size=8)
HOST = st.lists(st.text("abc0-", min_size=1, max_size=4), min_size=1, max_size=3).map(".".join)
PORT = st.sampled_from(["", ":80", ":443", ":8080", ":65535", ":9"])


@given(st.sampled_from(["http", "https"]), HOST, PORT, st.lists(SEGMENT, max_size=4), st.sampled_from(["", "/"]))
def test_a_plain_url_has_the_names_it_would_have_with_a_query(
    scheme: str, host: str, port: str, segments: list[str], end: str
) -> None:
    url = f"{scheme}://{host}{port}/{'/'.join(segments)}{end}"
    longer = f"{url}#x"  # a fragment takes the long way, and names nothing
    assert normal_url(url) == normal_url(longer)
    assert host_of(url) == host_of(longer)
    assert page_key(url) == page_key(longer)
    assert path_of(url) == path_of(longer)
    assert find_language(url) == find_language(longer)
