-- Step 11, nobody's text. In: run, ledger, the extraction files. Out: nobodys_answer (page_key, capture_id, n_addresses),
-- meeting_place.
-- What repeats is no page's own: a wall, a challenge, a maintenance page, an error page with status 200, whatever its words.
-- 1. A title and text that three addresses of one site with different slugs answered with in one crawl (of what was handed
--    in: on one day) is the content of none of them, in any run, before or after.
-- 2. A page that was read with another text before, and now says what another address of the site said in an earlier run,
--    does not say it of itself.
-- 3. An address of no kind to which one crawl was led from three pages with different slugs (a front page, a consent wall,
--    a log-in) is the new place of none of them, and what it says is no document.
-- These answers are unknown: no content, no edit, no sighting, no removal. It is asked of every run, whatever its verdict,
-- so it depends on the archive alone. Node addresses, languages, mirrors and copies of one slug are one address; a page that
-- states a project's id, or has a title and no text, shares nothing; pages that shared another text before are one page.

CREATE MACRO last_step(path) AS
    nullif(regexp_replace(regexp_extract(lower(path), '([^/?#]*)/?([?#].*)?$', 1), '[.](html?|php|aspx?)$', ''), '');

-- The words of a text without what differs from answer to answer: its own address, instants, and numbers of requests.
CREATE MACRO bare_words(said, slug) AS regexp_replace(regexp_replace(
    CASE WHEN len(slug) > 5 THEN replace(lower(said), slug, '') ELSE lower(said) END,
    'https?://\S+|\d{1,2}:\d\d:\d\d([.]\d+)?|\b[0-9a-f.-]*[0-9][0-9a-f.-]{11,}', '', 'g'), '[^\pL\pN]+', '', 'g');

CREATE TABLE read_answer AS
WITH newest AS (
    SELECT capture_id, coalesce(lower(title), '') AS title, last_step(canonical_url) AS canonical_slug
    FROM read_parquet(getvariable('extraction_files'))
    WHERE status = 'read'
    QUALIFY row_number() OVER (PARTITION BY capture_id ORDER BY release DESC, run_id) = 1
)
SELECT f.site, f.page_key, f.run_id, CASE WHEN r.source = 'crawl' THEN f.run_id ELSE f.run_id || f.fetched_at::DATE END AS visit,
       f.fetched_at, n.capture_id, n.title, n.canonical_slug,
       CASE WHEN NOT regexp_matches(f.page_key, '/node/\d+$') THEN last_step(f.page_key) END AS slug
FROM ledger AS f
JOIN run AS r USING (run_id)
JOIN newest AS n ON n.capture_id = f.capture.content_capture_id
WHERE f.kind IN (<<page kinds>>) AND f.effect = 'seen';

-- Only the texts below a title that two pages of a site have are looked at.
CREATE TABLE shared_answer AS
WITH shared_title AS (
    SELECT site, title FROM read_answer GROUP BY site, title HAVING count(DISTINCT page_key) > 1
),
candidate AS (
    SELECT a.capture_id, min(a.slug) AS slug FROM read_answer AS a SEMI JOIN shared_title AS t USING (site, title) GROUP BY a.capture_id
),
worded AS (
    SELECT x.capture_id, CASE WHEN x.kind = 'project' THEN x.content_sha256
                              ELSE nullif(bare_words(coalesce(x.news.body, ''), c.slug), '') || ' '
                                   || bare_words(coalesce(x.title, ''), c.slug) END AS words
    FROM read_parquet(getvariable('extraction_files')) AS x JOIN candidate AS c USING (capture_id)
    WHERE x.status = 'read' AND coalesce(x.project.projects_id, x.project.prima_id) IS NULL
    QUALIFY row_number() OVER (PARTITION BY x.capture_id ORDER BY x.release DESC, x.run_id) = 1
)
SELECT a.* EXCLUDE (title), md5(w.words) AS text_md5
FROM read_answer AS a JOIN worded AS w USING (capture_id)
WHERE w.words IS NOT NULL;

-- A copy (slug-0 beside slug) and a page that names another of the same text as its own address are that one's address.
CREATE TABLE shared_address AS
WITH slugs AS (SELECT DISTINCT site, text_md5, slug FROM shared_answer WHERE slug IS NOT NULL)
SELECT a.* EXCLUDE (slug, canonical_slug), coalesce(c.slug, b.slug, a.slug) AS slug
FROM shared_answer AS a
LEFT JOIN slugs AS c ON c.site = a.site AND c.text_md5 = a.text_md5 AND c.slug = a.canonical_slug
LEFT JOIN slugs AS b ON b.site = a.site AND b.text_md5 = a.text_md5 AND b.slug = regexp_replace(a.slug, '-\d{1,2}$', '');

CREATE TABLE meeting_place AS
SELECT m.run_id, m.site, coalesce(t.page_key, m.final_url) AS place, list(DISTINCT m.page_key) AS led,
       count(DISTINCT last_step(m.page_key)) FILTER (NOT regexp_matches(m.page_key, '/node/\d+$')) AS n_addresses
FROM ledger AS m
LEFT JOIN ledger AS t ON t.run_id = m.run_id AND t.url = m.final_url
WHERE m.effect = 'moved' AND m.kind IN (<<page kinds>>) AND coalesce(t.kind, 'other') = 'other'
GROUP BY ALL HAVING n_addresses >= 3;

CREATE TABLE nobodys_answer AS
WITH wall AS (
    SELECT site, text_md5, max(n_addresses) AS n_addresses
    FROM (SELECT site, text_md5, visit, count(DISTINCT slug) AS n_addresses FROM shared_address GROUP BY ALL)
    GROUP BY site, text_md5 HAVING max(n_addresses) >= 3
),
first_said AS (
    SELECT site, text_md5, page_key, slug, min(fetched_at) AS said_at, arg_min(run_id, (fetched_at, run_id)) AS run_id
    FROM shared_address ANTI JOIN wall USING (site, text_md5) WHERE slug IS NOT NULL GROUP BY site, text_md5, page_key, slug
),
-- Pages that say more than one text together are addresses of one page: an edit of it is seen on one of them first.
twin AS (
    SELECT p.site, p.page_key, q.page_key AS other_key
    FROM first_said AS p JOIN first_said AS q ON q.site = p.site AND q.text_md5 = p.text_md5 AND q.slug <> p.slug
    GROUP BY ALL HAVING count(*) > 1
),
borrowed AS (
    SELECT DISTINCT p.site, p.text_md5, p.page_key
    FROM first_said AS p
    JOIN first_said AS q ON q.site = p.site AND q.text_md5 = p.text_md5 AND q.slug <> p.slug
                        AND q.said_at < p.said_at AND q.run_id <> p.run_id
    JOIN read_answer AS own ON own.site = p.site AND own.page_key = p.page_key AND own.fetched_at < p.said_at
    ANTI JOIN twin AS t ON t.site = p.site AND t.page_key = p.page_key AND t.other_key = q.page_key
)
SELECT page_key, capture_id, max(n_addresses) AS n_addresses
FROM (
    SELECT a.page_key, a.capture_id, w.n_addresses
    FROM shared_address AS a
    LEFT JOIN wall AS w USING (site, text_md5)
    LEFT JOIN borrowed AS b USING (site, text_md5, page_key)
    WHERE w.n_addresses IS NOT NULL OR b.page_key IS NOT NULL
    UNION ALL
    SELECT f.page_key, f.capture.content_capture_id, p.n_addresses
    FROM ledger AS f JOIN meeting_place AS p ON p.site = f.site AND p.place = f.page_key
    WHERE f.kind = 'other' AND f.effect = 'seen'
)
GROUP BY page_key, capture_id;
