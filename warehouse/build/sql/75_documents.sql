-- Step 75, documents and their pages. In: ledger, page_fact, page_answer, standing_page, document, document_page, version.
-- Out: built.internal.newest_run, .page (coverage of each page), .alias (why an address is a document's), .document (its state).

CREATE TABLE page_attempt AS
SELECT f.page_key, arg_max(f.site, (f.fetched_at, f.run_id, f.seq)) AS site,
       arg_max(f.kind, (f.fetched_at, f.run_id, f.seq)) AS kind,
       arg_max(f.url, (f.fetched_at, f.run_id, f.seq)) AS url,
       count(*) AS n_attempts, min(f.fetched_at) AS first_attempt_at, max(f.fetched_at) AS last_attempt_at,
       arg_max(f.outcome, (f.fetched_at, f.run_id, f.seq)) AS last_outcome
FROM ledger AS f WHERE f.kind IN (<<page kinds>>) GROUP BY f.page_key;

-- The preferred address of each page: of those it was seen under https before http, the plain spelling (nothing beside
-- the page's key but the scheme and www) before any other, then the newest.
CREATE TABLE page_url AS
WITH seen AS (
    SELECT page_key, url, max(fetched_at) AS seen_at FROM accepted_fetch WHERE effect = 'seen' GROUP BY page_key, url
)
SELECT p.page_no,
       arg_max(s.url, (starts_with(s.url, 'https:'), regexp_replace(s.url, '^https?://(www[.])?', '') = s.page_key,
                       s.seen_at, s.url)) AS url
FROM seen AS s JOIN page_fact AS p USING (page_key) GROUP BY p.page_no;

-- The newest run of each site and kind, accepted or not, and what it learned of each page: a page that it got no answer
-- from is unchecked, not unchanged.
CREATE TABLE built.internal.newest_run AS
SELECT f.site, f.kind, arg_max(r.run_id, (r.started_at, r.run_id)) AS run_id
FROM (SELECT DISTINCT run_id, site, kind FROM ledger) AS f JOIN run AS r USING (run_id)
GROUP BY f.site, f.kind ORDER BY f.site, f.kind;

CREATE TABLE newest_answer AS
SELECT f.page_key, min(f.fetched_at) AS answered_at, arg_max(f.effect, (f.fetched_at, f.seq)) AS effect,
       bool_or(c.capture_no IS NOT NULL) AS is_read
FROM accepted_fetch AS f
JOIN built.internal.newest_run AS r USING (run_id, site, kind)
LEFT JOIN read_capture AS c ON c.capture_id = f.content_capture_id
GROUP BY f.page_key;

-- When the reading of each page last changed, whichever page represents its document.
CREATE TABLE page_change AS
SELECT page_no, max(observed_at) AS last_changed_at
FROM (SELECT o.page_no, o.observed_at, b.content_no,
             lag(b.content_no) OVER (PARTITION BY o.page_no ORDER BY o.observed_at, o.capture_no) AS before_no
      FROM observation AS o JOIN newest_belief AS b USING (capture_no) WHERE o.says = 'read')
WHERE content_no IS DISTINCT FROM before_no GROUP BY page_no;

CREATE TABLE page_alias AS
SELECT m.page_no, CASE
           WHEN m.page_no = d.page_no THEN 'preferred'
           WHEN EXISTS (SELECT 1 FROM page_edge AS e WHERE e.reason = 'redirect' AND e.source_no = m.page_no) THEN 'redirect'
           WHEN EXISTS (SELECT 1 FROM page_edge AS e WHERE e.reason = 'canonical' AND e.source_no = m.page_no) THEN 'canonical'
           WHEN p.lang IS DISTINCT FROM r.lang THEN 'language'
           WHEN regexp_matches(p.page_key, '/node/[0-9]+$') THEN 'node'
           ELSE 'mirror' END AS reason
FROM document_page AS m
JOIN document AS d USING (document_no)
JOIN page_fact AS p ON p.page_no = m.page_no
JOIN page_fact AS r ON r.page_no = d.page_no;

CREATE TABLE built.internal.page AS
SELECT a.page_key, a.site, coalesce(m.kind, a.kind) AS kind, a.kind AS ledger_kind, coalesce(u.url, a.url) AS url, m.document_id, l.reason AS alias_reason,
       m.period_no IS NOT NULL AS is_representative, p.lang, p.title, p.capture_id,
       p.first_read_at AS first_seen_at, w.last_seen_at, w.last_checked_at, c.last_changed_at,
       a.first_attempt_at, a.last_attempt_at, a.last_outcome, a.n_attempts,
       CASE WHEN n.page_no IS NULL THEN 'never_answered'
            WHEN e.page_key IS NULL THEN 'unchecked'
            WHEN g.gone_from IS NOT NULL THEN 'gone'
            WHEN e.effect <> 'seen' THEN e.effect
            WHEN NOT e.is_read THEN 'unread'
            WHEN p.first_read_at >= e.answered_at THEN 'new'
            WHEN c.last_changed_at >= e.answered_at THEN 'changed'
            ELSE 'unchanged' END AS checked,
       CASE WHEN g.gone_from IS NOT NULL THEN 'gone'
            WHEN w.last_says = 'read' THEN 'live' ELSE 'unknown' END AS state,
       g.gone_from, g.confirmed_at
FROM page_attempt AS a
LEFT JOIN page AS n ON n.page_key = a.page_key
LEFT JOIN page_fact AS p ON p.page_no = n.page_no
LEFT JOIN document_page AS m ON m.page_no = n.page_no
LEFT JOIN page_alias AS l ON l.page_no = n.page_no
LEFT JOIN page_url AS u ON u.page_no = n.page_no
LEFT JOIN page_answer AS w ON w.page_no = n.page_no
LEFT JOIN newest_answer AS e ON e.page_key = a.page_key
LEFT JOIN page_change AS c ON c.page_no = n.page_no
LEFT JOIN page_gone AS g ON g.page_no = n.page_no AND g.gone_to IS NULL
ORDER BY a.page_key;

-- Every address under which a page of a document was ever asked for, and why it is an address of that document.
CREATE TABLE built.internal.alias AS
WITH addressed AS (
    SELECT m.kind, m.document_id, f.url, m.page_no, l.reason, u.url AS page_url, f.page_key, f.fetched_at
    FROM ledger AS f
    JOIN page AS n ON n.page_key = f.page_key
    JOIN document_page AS m ON m.page_no = n.page_no
    JOIN page_alias AS l ON l.page_no = m.page_no
    JOIN page_url AS u ON u.page_no = m.page_no
    UNION ALL
    SELECT m.kind, m.document_id, f.url, m.page_no, 'redirect', u.url, f.page_key, f.fetched_at
    FROM page_edge AS e
    JOIN ledger AS f ON f.page_key = e.source_key
    JOIN document_page AS m ON m.page_no = e.target_no
    JOIN page_url AS u ON u.page_no = m.page_no
    WHERE e.source_no IS NULL
)
SELECT kind, document_id, url, min(page_key) AS page_key,
       min(CASE WHEN reason <> 'preferred' OR url = page_url THEN reason
                WHEN starts_with(url, 'http:') <> starts_with(page_url, 'http:') THEN 'scheme'
                WHEN contains(url, '://www.') <> contains(page_url, '://www.') THEN 'www'
                ELSE 'spelling' END) AS reason,
       min(fetched_at) AS first_seen_at, max(fetched_at) AS last_seen_at
FROM addressed GROUP BY kind, document_id, url
ORDER BY kind, document_id, url;

CREATE TABLE built.internal.document AS
WITH address AS (
    SELECT kind, document_id, list_transform(
               list_sort(list({is_other: reason <> 'preferred', url: url})), lambda address: address.url) AS urls
    FROM built.internal.alias GROUP BY kind, document_id
),
pages AS (
    SELECT kind, document_id, count(*) AS n_pages, min(first_seen_at) AS first_seen_at,
           max(last_changed_at) AS last_changed_at, list(page_key ORDER BY page_key) AS page_keys
    FROM built.internal.page WHERE document_id IS NOT NULL GROUP BY kind, document_id
),
standing AS (
    SELECT DISTINCT document_no FROM document_page JOIN standing_page USING (page_no)
),
counted AS (
    SELECT document_no, count(*) FILTER (known_to IS NULL) AS n_versions,
           count(*) FILTER (known_to IS NULL AND site_change = 'edited') AS n_edits
    FROM version GROUP BY document_no
)
SELECT d.kind, d.document_id, u.url, a.urls, p.unread_fields, g.page_keys, g.n_pages, g.first_seen_at, w.last_seen_at, w.last_checked_at,
       g.last_changed_at, c.n_versions, c.n_edits,
       CASE WHEN o.document_no IS NOT NULL THEN 'gone' WHEN s.document_no IS NOT NULL THEN 'live' ELSE 'unknown' END AS state,
       o.gone_from
FROM document AS d
JOIN page_url AS u ON u.page_no = d.page_no
JOIN page_fact AS p ON p.page_no = d.page_no
JOIN page_answer AS w ON w.page_no = d.page_no
JOIN address AS a ON a.kind = d.kind AND a.document_id = d.document_id
JOIN pages AS g ON g.kind = d.kind AND g.document_id = d.document_id
JOIN counted AS c ON c.document_no = d.document_no
LEFT JOIN standing AS s ON s.document_no = d.document_no
LEFT JOIN document_gone AS o ON o.document_no = d.document_no AND o.gone_to IS NULL
ORDER BY d.kind, d.document_id;
