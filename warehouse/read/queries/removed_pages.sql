-- question: What was removed, and when was it last seen?
-- asked by: a journalist
-- counting: One row a removal; a page that came back and went again has two. An outage or a block page is no removal.
-- may be empty: where nothing is gone
SELECT kind, document_id, title, last_seen_at, gone_from, confirmed_at, restored_at, url
FROM v1.removals WHERE restored_at IS NULL ORDER BY gone_from DESC, kind, document_id;
