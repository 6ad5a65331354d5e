-- Step 70, the published versions. In: version, document, and the page text in the extraction files.
-- Out: built.internal.project_version, built.internal.news_version: one row a version, with all that it says.

CREATE TABLE version_reading AS
SELECT v.version_row, c.capture_id, r.release AS reading_release, r.run_id
FROM version AS v
JOIN read_capture AS c USING (capture_no)
JOIN belief AS b ON b.capture_no = v.capture_no AND b.release = v.release
JOIN reading AS r ON r.capture_id = c.capture_id AND r.release = b.reading_release;

CREATE TABLE built.internal.project_version AS
SELECT d.document_id AS project_id, v.version_no::INTEGER AS version_no, v.valid_from, v.valid_to, v.known_from, v.known_to,
       v.changed_after, v.change_kind, v.site_change, v.site_change = 'removed' AS is_gone, v.version_row, v.before_row, v.site_before_row,
       x.project.projects_id AS projects_id, x.project.projects_id_scheme AS projects_id_scheme,
       x.project.prima_id AS prima_id, x.site, x.page_key, x.lang, x.title,
       x.project.start_date AS start_date, x.project.start_date_raw AS start_date_raw, x.project.start_year AS start_year,
       x.project.end_date AS end_date, x.project.end_date_raw AS end_date_raw, x.project.end_year AS end_year,
       x.project.status AS status, x.project.status_raw AS status_raw,
       x.project.type_code AS type_code, x.project.type_name AS type_name, x.project.type_raw AS type_raw,
       x.project.budget_amount AS budget_amount, x.project.budget_currency AS budget_currency,
       x.project.budget_raw AS budget_raw, x.project.coverage AS coverage, x.project.coverage_raw AS coverage_raw,
       x.project.funding_year AS funding_year, x.project.funding_year_raw AS funding_year_raw,
       x.project.idf_region AS idf_region, x.project.idf_region_raw AS idf_region_raw,
       x.project.countries AS countries, x.project.countries_raw AS countries_raw,
       x.project.other_countries AS other_countries, x.project.other_countries_raw AS other_countries_raw,
       x.project.description AS description, x.content_sha256, x.layout, x.capture_id, x.release AS extractor
FROM version AS v
JOIN document AS d USING (document_no)
JOIN version_reading AS w USING (version_row)
JOIN read_parquet(getvariable('extraction_files')) AS x
  ON x.capture_id = w.capture_id AND x.release = w.reading_release AND x.run_id = w.run_id
WHERE d.kind = 'project' AND x.kind = 'project'
ORDER BY project_id, known_from, valid_from;

CREATE TABLE built.internal.news_version AS
SELECT d.document_id AS news_id, v.version_no::INTEGER AS version_no, v.valid_from, v.valid_to, v.known_from, v.known_to,
       v.changed_after, v.change_kind, v.site_change, v.site_change = 'removed' AS is_gone, v.version_row, v.before_row, v.site_before_row,
       x.site, x.page_key, x.lang, x.title,
       x.news.published_date AS published_date, x.news.published_source AS published_source,
       x.news.published_raw AS published_raw, x.news.dateline_raw AS dateline_raw,
       x.news.dateline_place AS dateline_place, x.news.dateline_place_kind AS dateline_place_kind,
       x.news.dateline_country AS dateline_country, x.news.event_start AS event_start, x.news.event_end AS event_end,
       x.news.event_raw AS event_raw, x.news.event_place AS event_place, x.news.event_country AS event_country,
       x.news.event_duration AS event_duration, x.news.relative_date AS relative_date,
       x.news.sdg_targets AS sdg_targets, x.news.body AS body, x.news.word_count AS word_count,
       x.content_sha256, x.layout, x.capture_id, x.release AS extractor
FROM version AS v
JOIN document AS d USING (document_no)
JOIN version_reading AS w USING (version_row)
JOIN read_parquet(getvariable('extraction_files')) AS x
  ON x.capture_id = w.capture_id AND x.release = w.reading_release AND x.run_id = w.run_id
WHERE d.kind = 'news' AND x.kind = 'news'
ORDER BY news_id, known_from, valid_from;
