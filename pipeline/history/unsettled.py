"""What the published file holds to be open: pages whose newest answer is no part of the record.

Belongs here: reading them for the next crawl of their site. Does not belong here: which they are (the build's step 84),
when they are asked again (``crawler.session.frontier``).
"""

from pathlib import Path

from warehouse.errors import WarehouseError
from warehouse.read.published import run_query


def find_unsettled(published: Path, site: str) -> frozenset[tuple[str, str]]:
    """Kind and key of each such page of a site; none where nothing is published, or the file cannot be read."""
    try:
        result = run_query(published, "SELECT kind, page_key FROM internal.unsettled WHERE site = ?", [site])
    except WarehouseError:
        return frozenset()
    return frozenset((str(kind), str(page_key)) for kind, page_key in result.rows)
