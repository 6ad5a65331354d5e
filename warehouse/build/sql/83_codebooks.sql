-- Step 83, codebooks. In: the staged countries, project types and site files, ledger.
-- Out: built.internal.country_code, .project_type, .site: what codes and sites stand for, one row each.
-- A site is described by the newest site file that a run has recorded; one that was only handed over has its hosts alone.

CREATE TABLE built.internal.country_code AS
SELECT * FROM read_json(getvariable('countries_file'), format = 'newline_delimited', columns = {
    country_code: 'VARCHAR', iso3: 'VARCHAR', name_en: 'VARCHAR', name_fr: 'VARCHAR', name_es: 'VARCHAR', name_ar: 'VARCHAR',
    region: 'VARCHAR', subregion: 'VARCHAR'})
ORDER BY country_code;

CREATE TABLE built.internal.project_type AS
SELECT * FROM read_json(getvariable('project_types_file'), format = 'newline_delimited', columns = {
    type_code: 'VARCHAR', name: 'VARCHAR', wordings: 'VARCHAR[]'})
ORDER BY type_code;

CREATE TABLE built.internal.site AS
WITH recorded AS (
    FROM read_json(getvariable('site_files_file'), format = 'newline_delimited', columns = {
        site: 'VARCHAR', name: 'VARCHAR', hosts: 'VARCHAR[]', language: 'VARCHAR'})
),
met AS (
    SELECT site, list_sort(list(DISTINCT lower(regexp_extract(url, '^https?://([^/?#]+)', 1)))) AS hosts
    FROM ledger GROUP BY site
)
SELECT m.site, r.name, coalesce(r.hosts, m.hosts) AS hosts, r.language
FROM met AS m LEFT JOIN recorded AS r USING (site)
ORDER BY m.site;
