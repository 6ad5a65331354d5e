SELECT page_key, site, last_checked_at, last_attempt_at, last_outcome,
       date_diff('day', last_checked_at, (SELECT max(started_at) FROM v1.runs)) AS days_unchecked
FROM v1.coverage
WHERE last_outcome IS DISTINCT FROM 'purged'
  AND (last_checked_at IS NULL
       OR last_checked_at < (SELECT max(started_at) FROM v1.runs) - to_days($days::INTEGER))
ORDER BY last_checked_at NULLS FIRST, page_key;
