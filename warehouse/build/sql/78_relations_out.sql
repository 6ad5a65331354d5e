-- Step 78, the input of clusters and links (docs/contracts.md, section 7). In: current versions, documents,
-- countries, mentions, pages. Out: related_document, one row a current document, ordered.

CREATE TABLE related_document AS
WITH said AS (
    SELECT 'project' AS kind, project_id AS document_id, site, lang, title, description AS body, NULL AS published_date,
           NULL AS dateline_country, projects_id, prima_id, start_year, end_year, budget_amount::VARCHAR AS budget_amount
    FROM built.internal.project_version WHERE known_to IS NULL AND valid_to IS NULL
    UNION ALL
    SELECT 'news', news_id, site, lang, title, body, published_date, dateline_country, NULL, NULL, NULL, NULL, NULL
    FROM built.internal.news_version WHERE known_to IS NULL AND valid_to IS NULL
),
country_list AS (
    SELECT kind, document_id,
           list_sort(list(DISTINCT country_code) FILTER (role <> 'funder')) AS countries,
           list(DISTINCT country_code) FILTER (role = 'funder') AS funders
    FROM built.internal.country GROUP BY kind, document_id
),
mention_list AS (
    SELECT kind, document_id, list(DISTINCT name) FILTER (mention_kind = 'funder') AS funders,
           list_sort(list_distinct(flatten([
               coalesce(list(name) FILTER (mention_kind IN ('acronym', 'programme', 'project')), []),
               coalesce(list(value) FILTER (mention_kind IN ('acronym', 'programme', 'project') AND value IS NOT NULL), [])
           ]))) AS acronyms
    FROM built.internal.mention GROUP BY kind, document_id
),
alternate_list AS (
    SELECT kind, document_id, list_sort(list(DISTINCT target_key)) AS alternates
    FROM (SELECT m.kind, m.document_id, coalesce(a.page_key, built.internal.address_key(t.target_url)) AS target_key
          FROM document_page AS m
          JOIN (SELECT page_no, canonical_url AS target_url FROM page_fact WHERE canonical_url IS NOT NULL
                UNION ALL SELECT page_no, unnest(alternates).url FROM page_fact) AS t USING (page_no)
          LEFT JOIN address AS a ON a.url = t.target_url)
    GROUP BY kind, document_id
)
SELECT s.document_id, s.kind, s.site, s.lang, s.title, d.url, d.page_keys, s.body, s.published_date,
       strftime(d.first_seen_at, '%Y-%m-%dT%H:%M:%SZ') AS first_seen_at, s.dateline_country,
       coalesce(c.countries, []) AS countries,
       list_sort(list_distinct(list_concat(coalesce(c.funders, []), coalesce(m.funders, [])))) AS funders,
       coalesce(m.acronyms, []) AS acronyms, coalesce(a.alternates, []) AS alternates,
       s.projects_id, s.prima_id, s.start_year, s.end_year, s.budget_amount
FROM said AS s
JOIN built.internal.document AS d USING (kind, document_id)
LEFT JOIN country_list AS c USING (kind, document_id)
LEFT JOIN mention_list AS m USING (kind, document_id)
LEFT JOIN alternate_list AS a USING (kind, document_id)
ORDER BY s.kind, s.document_id;
