WITH total AS (
    SELECT count(*) AS n_projects, sum(budget_amount) FILTER (WHERE budget_currency = 'USD') AS usd_total,
           count(*) FILTER (WHERE state = 'gone') AS n_gone,
           coalesce(sum(budget_amount) FILTER (WHERE state = 'gone' AND budget_currency = 'USD'), 0) AS gone_usd,
           count(*) FILTER (WHERE budget_amount IS NULL) AS n_without_budget,
           (SELECT count(*) FROM v1.quarantine AS u WHERE u.kind = 'project') AS n_pages_unread,
           (SELECT count(DISTINCT country_code) FROM v1.project_countries WHERE role = 'benefiting') AS n_countries
    FROM v1.projects
),
claim AS (
    SELECT n.news_id, n.valid_from, n.valid_to,
           unnest(regexp_extract_all(n.body, concat(
               '[^.!?\n]*(?:[Ff]und|[Ff]onds|[Ff]ondo)[^.!?\n]*[0-9][0-9,.]* ',
               '(?:projects|projets|proyectos)(?:[^.!?\n]|[.,][0-9])*'))) AS claim
    FROM v1.news_versions AS n WHERE n.change_kind <> 'removed'
)
SELECT trim(c.claim) AS claim, c.news_id, c.valid_from AS said_from, c.valid_to AS said_to, t.*
FROM claim AS c CROSS JOIN total AS t ORDER BY c.news_id, c.valid_from, claim;
