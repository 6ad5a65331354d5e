SELECT s.name AS site_name, c.site, c.kind, c.lang, count(*) AS n_pages
FROM v1.coverage AS c LEFT JOIN v1.sites AS s USING (site)
WHERE c.lang IS NOT NULL GROUP BY ALL ORDER BY c.site, c.kind, n_pages DESC, c.lang;
