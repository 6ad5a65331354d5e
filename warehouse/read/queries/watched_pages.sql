SELECT site, kind, count(*) AS n_pages, count(*) FILTER (WHERE checked = 'new') AS new,
       count(*) FILTER (WHERE checked = 'changed') AS changed,
       count(*) FILTER (WHERE checked = 'unchanged') AS unchanged,
       count(*) FILTER (WHERE checked = 'moved') AS moved,
       count(*) FILTER (WHERE state = 'gone') AS gone,
       count(*) FILTER (WHERE state <> 'gone' AND checked IN ('absent', 'unread', 'unchecked', 'never_answered')) AS unknown,
       min(last_checked_at) AS oldest_check, max(last_checked_at) AS newest_check
FROM v1.coverage GROUP BY site, kind ORDER BY site, kind;
