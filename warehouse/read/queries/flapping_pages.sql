SELECT kind, document_id, any_value(title) AS title, count(*) AS n_removals, count(restored_at) AS n_returns,
       min(gone_from) AS first_gone, max(coalesce(restored_at, gone_from)) AS last_turn, any_value(url) AS url
FROM v1.removals GROUP BY kind, document_id HAVING count(*) > 1 ORDER BY n_removals DESC, kind, document_id;
