SELECT kind, field, label, "value", n_pages, first_seen_at, example_url
FROM v1.unmapped ORDER BY n_pages DESC, kind, field, label, "value";
