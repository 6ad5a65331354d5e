-- Step 76, the ledgers as published. In: run, ledger, capture, release, verdict.
-- Out: built.internal.run, .ledger, .capture, .release, .verdict, .reading_count. Every run is listed, the rejected ones too.

CREATE TABLE built.internal.run AS SELECT * EXCLUDE (site_config, listed) FROM run ORDER BY run_id;
CREATE TABLE built.internal.verdict AS
SELECT v.*, coalesce(f.n_fetches, 0) AS n_fetches
FROM verdict AS v
LEFT JOIN (SELECT run_id, site, kind, count(*) AS n_fetches FROM ledger GROUP BY ALL) AS f USING (run_id, site, kind)
ORDER BY v.run_id, v.site, v.kind;
CREATE TABLE built.internal.release AS SELECT * FROM release ORDER BY release;
CREATE TABLE built.internal.capture AS
SELECT c.*, p.document_id
FROM capture AS c LEFT JOIN built.internal.page AS p ON p.page_key = c.page_key
ORDER BY c.capture_id;
CREATE TABLE built.internal.ledger AS
SELECT run_id, seq, site, url, page_key, kind, outcome, effect, fetched_at, time_basis, http_status, final_url,
       capture.capture_id AS capture_id, listing_date, discovered_by, etag, last_modified, attempts, bytes_received, detail
FROM ledger ORDER BY run_id, seq;

CREATE TABLE built.internal.reading_count AS
SELECT release, count(*) AS n_captures FROM reading GROUP BY release ORDER BY release;
