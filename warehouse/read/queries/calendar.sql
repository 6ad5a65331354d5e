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
