-- question: How many pages of each site are watched, and how fresh is what is known of them?
-- asked by: an aid-transparency analyst
-- counting: Pages, not documents: a project on four addresses is four pages here. Unchecked is not unchanged.
SELECT site, kind, count(*) AS n_pages, count(*) FILTER (WHERE checked = 'new') AS new,
       count(*) FILTER (WHERE checked = 'changed') AS changed,
       count(*) FILTER (WHERE checked = 'unchanged') AS unchanged,
       count(*) FILTER (WHERE checked IN ('gone', 'absent', 'moved')) AS gone,
       count(*) FILTER (WHERE checked IN ('unread', 'unchecked', 'never_answered')) AS unknown,
       min(last_checked_at) AS oldest_check, max(last_checked_at) AS newest_check
FROM v1.coverage GROUP BY site, kind ORDER BY site, kind;
