-- Step 81, findings. In: page_fact (the newest reading of each page), standing_page, page_url, document_page, the
-- extraction files. Out: built.internal.disagreement, .data_issue, .unmapped. Only pages that say something now are
-- looked at: what a page said before it moved, vanished or was left for another is history.

CREATE TABLE page_part AS
SELECT p.page_no, p.page_key, u.url, p.host, p.lang, p.title, p.kind, p.capture_id, p.release, p.first_read_at, p.last_read_at,
       m.document_id, m.document_no, m.page_no = d.page_no AS is_published, x.run_id, x.issues, x.unmapped,
       x.project.prima_id AS prima_id, x.project.budget_amount AS budget_amount
FROM standing_page
JOIN page_fact AS p USING (page_no)
JOIN page_url AS u USING (page_no)
JOIN document_page AS m USING (page_no)
JOIN document AS d USING (document_no)
JOIN reading AS r ON r.capture_id = p.capture_id AND r.release = p.release
JOIN read_parquet(getvariable('extraction_files')) AS x
  ON x.capture_id = r.capture_id AND x.release = r.release AND x.run_id = r.run_id;

-- Pages of one project that state different values. A page that states nothing disagrees with nobody; a coarser date does
-- not disagree with a finer one. Titles are compared within a language: a translation is no disagreement.
CREATE TABLE built.internal.disagreement AS
WITH several AS (
    SELECT document_no FROM page_part WHERE kind = 'project' GROUP BY document_no HAVING count(*) > 1
),
stated AS (
    SELECT p.document_id, p.page_key, p.url, p.lang, p.is_published, p.capture_id,
           unnest([
               <<project.shared | {field: 'NAME', value: ATOM(x.project), family: ''}>>,
               {field: 'title', value: p.title, family: coalesce(p.lang, '')}
           ], recursive := true)
    FROM page_part AS p JOIN several USING (document_no)
    JOIN read_parquet(getvariable('extraction_files')) AS x
      ON x.capture_id = p.capture_id AND x.release = p.release AND x.run_id = p.run_id
    WHERE p.kind = 'project'
),
told AS (
    SELECT s.*, EXISTS (
               SELECT 1 FROM stated AS finer
               WHERE s.field IN ('start_date', 'end_date') AND finer.document_id = s.document_id AND finer.field = s.field
                 AND starts_with(finer.value, s.value || '-')) AS is_coarser
    FROM stated AS s WHERE s.value IS NOT NULL
),
conflict AS (
    SELECT document_id, field, family FROM told GROUP BY ALL
    HAVING count(DISTINCT value) FILTER (NOT is_coarser) > 1
)
SELECT t.document_id AS project_id, t.field,
       CASE WHEN t.family <> '' THEN t.family END AS within_lang,
       max(t.value) FILTER (t.is_published) AS published_value,
       count(DISTINCT t.value)::INTEGER AS n_values, count(DISTINCT t.page_key)::INTEGER AS n_pages,
       list({lang: t.lang, page_key: t.page_key, url: t.url, value: t.value, capture_id: t.capture_id}
            ORDER BY t.is_published DESC, t.lang, t.page_key) AS "values"
FROM told AS t JOIN conflict USING (document_id, field, family)
GROUP BY t.document_id, t.field, t.family
ORDER BY project_id, field, within_lang;

-- What the publisher's own pages get wrong: seen on one page (by the reader), or only when pages are put side by side.
CREATE TABLE built.internal.data_issue AS
WITH on_page AS (
    SELECT kind, document_id, page_key, url, capture_id, release AS extractor, unnest(issues, recursive := true) FROM page_part
),
across AS (
    SELECT p.kind, p.document_id, p.page_key, p.url, p.capture_id, p.release AS extractor, 'id-changed' AS code,
           'projects_id' AS field, 'shown over time: ' || array_to_string(f.all_projects_ids, ', ') AS detail
    FROM page_part AS p JOIN page_fact AS f USING (page_no) WHERE len(f.all_projects_ids) > 1
    UNION ALL
    SELECT p.kind, p.document_id, p.page_key, p.url, p.capture_id, p.release, 'prima-id-with-several-projects', 'prima_id',
           p.prima_id || ' is shown with ' || o.ids
    FROM page_part AS p
    JOIN (SELECT prima_id, string_agg(DISTINCT projects_id, ', ' ORDER BY projects_id) AS ids FROM page_fact
          WHERE kind = 'project' AND prima_id IS NOT NULL AND projects_id IS NOT NULL
          GROUP BY prima_id HAVING count(DISTINCT projects_id) > 1) AS o ON o.prima_id = p.prima_id
    UNION ALL
    SELECT p.kind, p.document_id, p.page_key, p.url, p.capture_id, p.release, 'one-id-on-two-works', 'projects_id',
           w.projects_id || ' is also on ' || o.urls
    FROM page_part AS p
    JOIN page_work AS w USING (page_no)
    JOIN (SELECT a.page_no, string_agg(DISTINCT u.url, ', ' ORDER BY u.url) AS urls
          FROM page_work AS a JOIN page_work AS b ON b.projects_id = a.projects_id AND b.leader_no <> a.leader_no
          JOIN page_url AS u ON u.page_no = b.leader_no GROUP BY a.page_no) AS o USING (page_no)
    UNION ALL
    SELECT p.kind, p.document_id, p.page_key, p.url, p.capture_id, p.release, 'budget-not-positive', 'budget_amount',
           p.budget_amount::VARCHAR
    FROM page_part AS p WHERE p.budget_amount <= 0
    UNION ALL
    SELECT t.kind, t.document_id, t.page_key, t.url, t.capture_id, t.release, 'many-pages-lead-here', NULL,
           c.n_pages || ' pages lead to this one; none was taken for it'
    FROM page_part AS t
    JOIN crowd AS c ON c.target_key = t.page_key
    WHERE c.n_titles > 3 OR c.n_pages > 20
    UNION ALL
    SELECT s.kind, si.document_id, s.page_key, s.url, s.capture_id, s.release, 'redirects-to-another-project', 'projects_id',
           'leads to ' || ti.document_id || ' at ' || t.url
    FROM lead AS l
    JOIN page_fact AS s ON s.page_key = l.source_key
    JOIN page_fact AS t ON t.page_key = l.target_key
    JOIN identity AS si ON si.page_no = s.page_no
    JOIN identity AS ti ON ti.page_no = t.page_no
    WHERE l.reason = 'redirect' AND s.kind = 'project' AND t.kind = 'project' AND si.document_id <> ti.document_id
      AND s.last_read_at < (SELECT max(o.observed_at) FROM observation AS o WHERE o.page_no = s.page_no AND o.says = 'moved')
)
SELECT kind, document_id, page_key, url, code, field, detail, 'page' AS seen_on, capture_id, extractor FROM on_page
UNION
SELECT kind, document_id, page_key, url, code, field, detail, 'pages', capture_id, extractor FROM across
ORDER BY kind, document_id, page_key, code, field, detail;

-- Labels and values that no rule knows, each once, with where to look.
CREATE TABLE built.internal.unmapped AS
SELECT kind, u.field AS field, u.label AS label, u.value AS value, count(DISTINCT page_key)::INTEGER AS n_pages,
       min(first_read_at) AS first_seen_at, max(last_read_at) AS last_seen_at, min(url) AS example_url,
       arg_min(capture_id, url) AS example_capture_id
FROM (SELECT kind, page_key, url, capture_id, first_read_at, last_read_at, unnest(unmapped) AS u FROM page_part)
GROUP BY ALL
ORDER BY kind, field, label, value;
