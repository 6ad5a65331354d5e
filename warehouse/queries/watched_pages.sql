-- question: How many pages of each site are watched, and how fresh is what is known of them?
-- asked by: an aid-transparency analyst
-- counting: Pages, not documents: a project on four addresses is four pages here.
SELECT site, kind, count(*) AS n_pages, count(*) FILTER (WHERE checked = 'changed') AS changed,
       count(*) FILTER (WHERE checked = 'unchanged') AS unchanged,
       count(*) FILTER (WHERE checked IN ('gone', 'absent')) AS gone,
       count(*) FILTER (WHERE checked IN ('unchecked', 'never_answered')) AS unchecked,
       min(last_checked_at) AS oldest_check, max(last_checked_at) AS newest_check
FROM v1.coverage GROUP BY site, kind ORDER BY site, kind;
