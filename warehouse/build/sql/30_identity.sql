-- Step 30, identity. In: page, observation, belief, reading, ledger, run, the extraction files.
-- Out: page_fact, page_edge, page_work (pages of an ID that two works bear), identity (page -> document).
-- A project is its Projects ID, else its Prima ID (linked to a Projects ID when exactly one is ever shown with it, on one
-- page or on pages joined), else its page. A news document is its page. Pages joined by a redirect or a canonical link are
-- one document, under guards: the target was itself read as a page of the same kind, no two IDs of one sort meet, and no
-- crowd leads to one target. Of two works under one Projects ID the first keeps it, and the other is its page.

-- What each page says now, by its newest reading in the newest release that read it.
CREATE TABLE newest_belief AS
SELECT capture_no, arg_max(content_no, release) AS content_no, arg_max(kind, release) AS kind,
       arg_max(reading_release, release) AS release
FROM belief GROUP BY capture_no;

CREATE TABLE page_sighting AS
SELECT o.page_no, min(o.observed_at) AS first_read_at, max(o.observed_at) AS last_read_at,
       arg_max(o.capture_no, (o.observed_at, o.capture_no)) AS capture_no
FROM observation AS o WHERE o.says = 'read' GROUP BY o.page_no;

CREATE TABLE page_id AS
SELECT o.page_no,
       arg_max(r.projects_id, (o.observed_at, r.projects_id)) FILTER (r.projects_id IS NOT NULL) AS projects_id,
       arg_max(r.prima_id, (o.observed_at, r.prima_id)) FILTER (r.prima_id IS NOT NULL) AS prima_id,
       list(DISTINCT r.projects_id ORDER BY r.projects_id) FILTER (r.projects_id IS NOT NULL) AS all_projects_ids
FROM (SELECT DISTINCT page_no, capture_no, min(observed_at) AS observed_at
      FROM observation WHERE says = 'read' GROUP BY page_no, capture_no) AS o
JOIN newest_belief AS b USING (capture_no)
JOIN read_capture AS c USING (capture_no)
JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = b.release
GROUP BY o.page_no;

-- The address under which each page was last read.
CREATE TABLE page_address AS
SELECT p.page_no, max(f.site) AS site, max(f.url) AS url
FROM page_sighting AS s
JOIN page AS p USING (page_no)
JOIN accepted_fetch AS f ON f.page_key = p.page_key AND f.fetched_at = s.last_read_at
WHERE f.effect = 'seen'
GROUP BY p.page_no;

CREATE TABLE page_fact AS
SELECT p.page_no, p.page_key, p.host, s.first_read_at, s.last_read_at, b.kind, r.lang, r.title, r.capture_id, r.release,
       f.site, f.url, i.projects_id, i.prima_id, i.all_projects_ids, r.canonical_url, r.alternates, r.content_sha256, r.unread_fields
FROM page_sighting AS s
JOIN page AS p USING (page_no)
JOIN newest_belief AS b USING (capture_no)
JOIN read_capture AS c USING (capture_no)
JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = b.release
JOIN page_id AS i USING (page_no)
JOIN page_address AS f USING (page_no);

-- Where a redirect or a canonical link leads. An address is looked up as it was scheduled, else by its normal form.
CREATE TABLE address AS
SELECT url, min(page_key) AS page_key FROM ledger GROUP BY url;

CREATE TABLE lead AS
WITH pointed AS (
    SELECT page_key, final_url AS target_url, 'redirect' AS reason
    FROM accepted_fetch WHERE effect = 'moved' AND final_url IS NOT NULL
    UNION ALL
    SELECT page_key, canonical_url, 'canonical' FROM page_fact WHERE canonical_url IS NOT NULL
)
SELECT DISTINCT p.page_key AS source_key, coalesce(a.page_key, built.internal.address_key(p.target_url)) AS target_key, p.reason
FROM pointed AS p
LEFT JOIN address AS a ON a.url = p.target_url
WHERE coalesce(a.page_key, built.internal.address_key(p.target_url)) <> p.page_key;

-- Reasons to doubt a lead: a crowd at one target (a hub, or a soft "not found"), two IDs, two languages. Pages that were
-- never read only lend their address, so more of them may lead to one page: a node, and a prefix for each language.
CREATE TABLE crowd AS
SELECT l.target_key, count(DISTINCT s.title) AS n_titles, count(DISTINCT l.source_key) AS n_pages
FROM lead AS l LEFT JOIN page_fact AS s ON s.page_key = l.source_key
GROUP BY l.target_key;

CREATE TABLE page_edge AS
SELECT l.source_key, l.target_key, l.reason, s.page_no AS source_no, t.page_no AS target_no
FROM lead AS l
JOIN crowd AS c USING (target_key)
JOIN page_fact AS t ON t.page_key = l.target_key
LEFT JOIN page_fact AS s ON s.page_key = l.source_key
WHERE c.n_titles <= 3 AND c.n_pages <= 20
  AND (s.page_no IS NULL OR (s.kind = t.kind AND s.lang IS NOT DISTINCT FROM t.lang))
  AND NOT coalesce(s.projects_id <> t.projects_id, false)
  AND NOT coalesce(s.prima_id <> t.prima_id, false);

CREATE TABLE page_component AS
WITH RECURSIVE
edge AS (
    SELECT source_no AS a, target_no AS b FROM page_edge WHERE source_no IS NOT NULL
    UNION
    SELECT target_no, source_no FROM page_edge WHERE source_no IS NOT NULL
),
reach(a, b) AS (
    SELECT a, b FROM edge
    UNION
    SELECT r.a, e.b FROM reach AS r JOIN edge AS e ON e.a = r.b
)
SELECT p.page_no, least(p.page_no, coalesce(min(r.b), p.page_no)) AS component
FROM page_fact AS p LEFT JOIN reach AS r ON r.a = p.page_no
GROUP BY p.page_no;

-- What each page states of itself. A Prima ID replaces the one Projects ID that pages show with it; shown with two, it
-- links nothing.
CREATE TABLE shown_with AS
SELECT DISTINCT prima_id, projects_id FROM page_fact
WHERE kind = 'project' AND prima_id IS NOT NULL AND projects_id IS NOT NULL;

CREATE TABLE page_stated AS
SELECT p.page_no, p.page_key, p.kind, p.first_read_at, c.component, p.prima_id,
       CASE WHEN p.kind = 'project' THEN coalesce(p.projects_id, k.projects_id) END AS projects_id
FROM page_fact AS p
JOIN page_component AS c USING (page_no)
LEFT JOIN (SELECT prima_id, min(projects_id) AS projects_id FROM shown_with GROUP BY prima_id HAVING count(*) = 1) AS k
  ON k.prima_id = p.prima_id;

-- Joined pages that state one Projects ID, and at most one Prima ID, are one project: an old page shows the one, the page
-- it leads to the other. That proves the pair, also for pages elsewhere that show the Prima ID alone.
CREATE TABLE joined_with AS
SELECT component, min(prima_id) AS prima_id, min(projects_id) AS projects_id
FROM page_stated WHERE kind = 'project' GROUP BY component
HAVING count(DISTINCT projects_id) = 1 AND count(DISTINCT prima_id) <= 1;

CREATE TABLE prima_link AS
SELECT prima_id, min(projects_id) AS projects_id
FROM (FROM shown_with UNION SELECT prima_id, projects_id FROM joined_with WHERE prima_id IS NOT NULL)
GROUP BY prima_id HAVING count(*) = 1;

-- Where a page comes among those of its document: by when we first asked for it ourselves. An import may bring older captures
-- and addresses that nobody asked for; it must not change what a document is called.
CREATE TABLE page_order AS
SELECT p.page_no, row_number() OVER (
           ORDER BY min(f.fetched_at) FILTER (r.source <> 'warc') NULLS LAST, regexp_matches(p.page_key, '/node/[0-9]+$'), p.page_key
       ) AS place
FROM page_fact AS p
JOIN accepted_fetch AS f ON f.page_key = p.page_key AND f.effect = 'seen'
JOIN run AS r USING (run_id)
GROUP BY p.page_no, p.page_key;

-- One Projects ID on two works: pages of one language that state another title, other years, another budget and other countries.
-- What the first page of a work says leads it; pages of other languages go to the work that they share most facts with.
CREATE TABLE work_fact AS
SELECT p.page_no, p.projects_id, p.lang, c.component, o.place, built.internal.plain_title(p.title) AS title,
       x.project.budget_amount AS budget, x.project.start_year AS start_year, x.project.end_year AS end_year,
       x.project.funding_year AS funding_year, list_sort(x.project.countries) AS countries
FROM page_fact AS p
JOIN page_component AS c USING (page_no)
JOIN page_order AS o USING (page_no)
JOIN reading AS r ON r.capture_id = p.capture_id AND r.release = p.release
JOIN read_parquet(getvariable('extraction_files')) AS x
  ON x.capture_id = r.capture_id AND x.release = r.release AND x.run_id = r.run_id
WHERE p.kind = 'project' AND p.projects_id IN (
    SELECT projects_id FROM page_fact WHERE kind = 'project' AND projects_id IS NOT NULL GROUP BY projects_id HAVING count(*) > 1);

CREATE TABLE other_work AS
SELECT a.page_no AS page_no, b.page_no AS other_no
FROM work_fact AS a JOIN work_fact AS b
  ON b.projects_id = a.projects_id AND b.lang IS NOT DISTINCT FROM a.lang AND b.component <> a.component
WHERE a.title <> b.title AND a.budget <> b.budget AND len(a.countries) > 0 AND len(b.countries) > 0 AND a.countries <> b.countries
  AND coalesce(a.start_year <> b.start_year, true) AND coalesce(a.end_year <> b.end_year, true)
  AND coalesce(a.funding_year <> b.funding_year, true)
  AND coalesce(a.start_year <> b.start_year, a.end_year <> b.end_year, a.funding_year <> b.funding_year) IS NOT NULL;

CREATE TABLE page_work AS
WITH divided AS (
    -- The language that tells the works of an ID apart: English, else the first that can.
    SELECT projects_id, min_by(lang, (lang IS DISTINCT FROM 'en', lang)) AS lang
    FROM work_fact WHERE page_no IN (SELECT page_no FROM other_work) GROUP BY projects_id
),
led AS (
    SELECT a.projects_id, a.page_no, min_by(b.page_no, b.place) AS leader_no
    FROM work_fact AS a
    JOIN divided AS d ON d.projects_id = a.projects_id AND d.lang IS NOT DISTINCT FROM a.lang
    JOIN work_fact AS b ON b.projects_id = a.projects_id AND b.lang IS NOT DISTINCT FROM a.lang
    WHERE NOT EXISTS (SELECT 1 FROM other_work AS o WHERE o.page_no = a.page_no AND o.other_no = b.page_no)
    GROUP BY a.projects_id, a.page_no
),
chosen AS (
    SELECT a.projects_id, a.page_no,
           max_by(l.leader_no, (coalesce(a.budget = f.budget, false)::INTEGER + (a.countries = f.countries)::INTEGER
                                + coalesce(a.start_year = f.start_year, false)::INTEGER
                                + coalesce(a.funding_year = f.funding_year, false)::INTEGER, -f.place)) AS leader_no
    FROM work_fact AS a
    JOIN divided AS d ON d.projects_id = a.projects_id AND d.lang IS DISTINCT FROM a.lang
    JOIN (SELECT DISTINCT projects_id, leader_no FROM led) AS l ON l.projects_id = a.projects_id
    JOIN work_fact AS f ON f.page_no = l.leader_no
    GROUP BY a.projects_id, a.page_no
)
SELECT w.page_no, w.projects_id, w.leader_no, p.page_key AS leader_key,
       o.place = min(o.place) OVER (PARTITION BY w.projects_id) AS keeps_id
FROM (FROM led UNION ALL FROM chosen) AS w
JOIN page_order AS o ON o.page_no = w.leader_no
JOIN page_fact AS p ON p.page_no = w.leader_no;

CREATE TABLE identity AS
WITH named AS (
    SELECT s.page_no, s.page_key, s.kind, s.component,
           CASE WHEN s.kind = 'project' THEN coalesce(
               CASE WHEN NOT w.keeps_id THEN w.leader_key END, s.projects_id, j.projects_id, k.projects_id, s.prima_id
           ) END AS stated_id, o.place
    FROM page_stated AS s
    JOIN page_order AS o USING (page_no)
    LEFT JOIN page_work AS w USING (page_no)
    LEFT JOIN joined_with AS j ON j.component = s.component
    LEFT JOIN prima_link AS k ON k.prima_id = s.prima_id
),
joined AS (
    SELECT component, kind, min(stated_id) AS stated_id, count(DISTINCT stated_id) AS n_ids,
           arg_min(page_key, place) AS first_page_key
    FROM named GROUP BY component, kind
)
SELECT s.page_no, s.page_key, s.kind, s.stated_id,
       CASE WHEN s.stated_id IS NOT NULL THEN s.stated_id
            WHEN j.n_ids = 1 THEN j.stated_id
            WHEN j.n_ids = 0 THEN j.first_page_key
            ELSE s.page_key END AS document_id
FROM named AS s JOIN joined AS j USING (component, kind);
