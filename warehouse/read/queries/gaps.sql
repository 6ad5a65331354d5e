-- question: Which pages have not been checked for more than some days, and why?
-- asked by: a migration researcher
-- counting: One row a page. An unchecked page is not an unchanged one: nothing is known of it since last_checked_at.
-- parameters: days = 14
-- may be empty: where every page was checked in time
SELECT page_key, site, last_checked_at, last_attempt_at, last_outcome,
       date_diff('day', last_checked_at, (SELECT max(started_at) FROM v1.runs)) AS days_unchecked
FROM v1.coverage
WHERE last_outcome IS DISTINCT FROM 'purged'
  AND (last_checked_at IS NULL
       OR last_checked_at < (SELECT max(started_at) FROM v1.runs) - to_days($days::INTEGER))
ORDER BY last_checked_at NULLS FIRST, page_key;
