-- question: On which days was each site looked at, and what came of it?
-- asked by: a journalist
-- counting: One row a site and day with a look. A day without a row was not looked at, which is not the same as unchanged; nor is a
--   day on which nothing was seen.
-- may be empty: where nothing was asked for
WITH changed AS (
    SELECT site, valid_from::DATE AS day, count(*) AS n FROM (
        SELECT site, valid_from, change_kind FROM v1.project_versions
        UNION ALL SELECT site, valid_from, change_kind FROM v1.news_versions)
    WHERE change_kind NOT IN ('created', 'reparsed') GROUP BY ALL
)
SELECT f.site, f.fetched_at::DATE AS day, count(*) AS n_asked, count(*) FILTER (f.effect = 'seen') AS n_seen,
       count(*) FILTER (f.effect = 'absent') AS n_absent, count(*) FILTER (f.effect = 'unknown') AS n_without_answer,
       coalesce(any_value(c.n), 0) AS n_changed
FROM v1.fetches AS f LEFT JOIN changed AS c ON c.site = f.site AND c.day = f.fetched_at::DATE
WHERE f.kind IN ('project', 'news', 'other') GROUP BY ALL ORDER BY day DESC, f.site;
