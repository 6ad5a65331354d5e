-- question: How many pages of each site are watched, and how fresh is what is known of them?
-- asked by: an aid-transparency analyst
-- counting: Pages, not documents: a project on four addresses is four pages here. Each page is counted once. Gone is
--   confirmed by the site's rule, whenever it was last asked; unknown is a page that gave no answer one can read, or one 404.
SELECT site, kind, count(*) AS n_pages, count(*) FILTER (WHERE checked = 'new') AS new,
       count(*) FILTER (WHERE checked = 'changed') AS changed,
       count(*) FILTER (WHERE checked = 'unchanged') AS unchanged,
       count(*) FILTER (WHERE checked = 'moved') AS moved,
       count(*) FILTER (WHERE state = 'gone') AS gone,
       count(*) FILTER (WHERE state <> 'gone' AND checked IN ('absent', 'unread', 'unchecked', 'never_answered')) AS unknown,
       min(last_checked_at) AS oldest_check, max(last_checked_at) AS newest_check
FROM v1.coverage GROUP BY site, kind ORDER BY site, kind;
