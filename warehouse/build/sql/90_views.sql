-- Step 90, the public views. In: internal.*. Out: schema v1, a contract: change it only with the changelog.
-- Run inside the built file, so that no view names a file or an alias. Comments: warehouse/build/sql/comments.toml.

-- What versions of all kinds have in common.
CREATE VIEW internal.any_version AS
SELECT 'project' AS kind, project_id AS document_id, version_no, valid_from, valid_to, time_basis, known_from, known_to,
       change_kind, site_change, changed_fields, site_changed_fields, title, lang, is_gone, content_sha256, capture_id, content_capture_id,
       extractor, page_key
FROM internal.project_version
UNION ALL
SELECT 'news', news_id, version_no, valid_from, valid_to, time_basis, known_from, known_to,
       change_kind, site_change, changed_fields, site_changed_fields, title, lang, is_gone, content_sha256, capture_id, content_capture_id,
       extractor, page_key
FROM internal.news_version;

CREATE VIEW v1.projects AS
SELECT v.project_id, <<project.keys | v.NAME>>, d.url, d.urls, v.site, v.lang, v.title,
       <<project.fields | v.NAME>>, v.start_on, v.end_on, d.unread_fields, d.state, v.version_no, d.n_versions::INTEGER AS n_versions,
       v.valid_from, v.time_basis, d.first_seen_at, d.last_seen_at, d.last_checked_at, v.content_sha256, v.capture_id,
       v.content_capture_id, v.extractor
FROM internal.project_version AS v
JOIN internal.document AS d ON d.kind = 'project' AND d.document_id = v.project_id
WHERE v.valid_to IS NULL AND v.known_to IS NULL;

CREATE VIEW v1.news AS
SELECT v.news_id, d.url, d.urls, v.site, v.lang, v.title,
       <<news.fields | v.NAME>>, v.published_on, v.published_year,
       d.unread_fields, c.cluster_id, coalesce(c.cluster_id, v.news_id) AS work_id, d.state, v.version_no, d.n_versions::INTEGER AS n_versions, v.valid_from, v.time_basis,
       d.first_seen_at, d.last_seen_at, d.last_checked_at, v.content_sha256, v.capture_id, v.content_capture_id, v.extractor
FROM internal.news_version AS v
JOIN internal.document AS d ON d.kind = 'news' AND d.document_id = v.news_id
LEFT JOIN internal.cluster AS c ON c.kind = 'news' AND c.document_id = v.news_id
WHERE v.valid_to IS NULL AND v.known_to IS NULL;

-- Believed now, and what happened on the site; and beside it all that was ever believed, where a row may come from another
-- reading alone: there counting change_kind counts readings too.
-- each KIND
CREATE VIEW v1.KIND_versions AS
SELECT * EXCLUDE (version_row, before_row, site_before_row, site_change, site_changed_fields)
       REPLACE (site_change AS change_kind, site_changed_fields AS changed_fields)
FROM internal.KIND_version WHERE known_to IS NULL;

CREATE VIEW v1.KIND_versions_bitemporal AS
SELECT * EXCLUDE (version_row, before_row, site_before_row, site_changed_fields) FROM internal.KIND_version;

CREATE VIEW v1.KIND_countries AS
SELECT document_id AS KIND_id, country_code, role, position, raw, rule, certainty, start_byte, end_byte, capture_id, extractor
FROM internal.country WHERE kind = 'KIND';
-- to here

CREATE VIEW v1.mentions AS
SELECT CASE WHEN kind = 'project' THEN document_id END AS project_id, CASE WHEN kind = 'news' THEN document_id END AS news_id, position,
       mention_kind AS kind, name, value, raw, rule, certainty, start_byte, end_byte, capture_id, extractor
FROM internal.mention;

CREATE VIEW v1.project_country_money AS SELECT * FROM internal.country_money;

-- Significance is of the field, not of the change: what an analyst of grants would have to correct.
CREATE VIEW v1.changes_bitemporal AS
SELECT kind, document_id, field, old, new,
       CASE WHEN (kind, field) IN (<<project.high | ('project', 'NAME')>>, <<news.high | ('news', 'NAME')>>) THEN 'high'
            WHEN (kind, field) IN (<<project.medium | ('project', 'NAME')>>, <<news.medium | ('news', 'NAME')>>) THEN 'medium'
            ELSE 'low' END AS significance,
       change_kind, valid_from AS changed_at, time_basis, changed_after, known_from, known_to, version_no, before_capture_id, capture_id,
       source
FROM internal.field_change;

CREATE VIEW v1.changes AS
SELECT * FROM v1.changes_bitemporal WHERE known_to IS NULL AND change_kind <> 'reparsed';

CREATE VIEW v1.removals AS
SELECT r.kind, r.document_id, v.title, d.url, r.last_seen_at, r.gone_from, r.confirmed_at, r.restored_at
FROM internal.removal AS r
JOIN internal.document AS d ON d.kind = r.kind AND d.document_id = r.document_id
LEFT JOIN internal.any_version AS v
  ON v.kind = r.kind AND v.document_id = r.document_id AND v.valid_from = r.gone_from AND v.known_to IS NULL AND v.is_gone;

CREATE VIEW v1.disagreements AS SELECT * FROM internal.disagreement;

CREATE VIEW v1.data_issues AS SELECT * FROM internal.data_issue;

CREATE VIEW v1.unmapped AS SELECT * FROM internal.unmapped;

-- Addresses, and ids that it had before.
CREATE VIEW v1.aliases AS
SELECT kind, document_id, url AS alias, url, page_key, reason, first_seen_at, last_seen_at FROM internal.alias
UNION ALL
SELECT kind, document_id, id, NULL, NULL, 'former_id', first_seen_at, NULL FROM internal.former_id;

CREATE VIEW v1.evidence AS
SELECT kind, document_id, position, field, value, raw, rule, certainty, start_byte, end_byte, capture_id, extractor
FROM internal.evidence;

CREATE VIEW v1.coverage AS
SELECT p.page_key, p.site, p.kind, p.url, p.document_id, p.alias_reason, p.is_representative, p.lang, p.state, p.checked,
       s.run_id AS newest_run_id, p.first_seen_at, p.last_seen_at, p.last_checked_at, p.last_changed_at,
       p.last_attempt_at, p.last_outcome, p.n_attempts, p.gone_from, p.confirmed_at
FROM internal.page AS p
LEFT JOIN internal.newest_run AS s ON s.site = p.site AND s.kind = p.ledger_kind;

CREATE VIEW v1.clusters AS
SELECT cluster_id, kind, document_id, role, linked_to, method, score, evidence FROM internal.cluster;

CREATE VIEW v1.project_news AS
SELECT project_id, news_id, method, certainty, evidence FROM internal.link;

CREATE VIEW v1.captures AS
SELECT capture_id, run_id, site, kind, url, page_key, captured_at, time_basis, http_status, warc_type,
       'archive/' || run_id || '/' || file AS archive_file, "offset" AS archive_offset, length AS archive_length,
       payload_sha256, media_type, reader, content_capture_id, document_id
FROM internal.capture;

CREATE VIEW v1.fetches AS SELECT * FROM internal.ledger;

CREATE VIEW v1.verdicts AS
SELECT run_id, site, kind, CASE WHEN is_accepted THEN 'accepted' ELSE 'rejected' END AS verdict, judged_by, reasons, n_fetches
FROM internal.verdict;

CREATE VIEW v1.runs AS
SELECT r.run_id, r.source, r.started_at, r.ended_at, r.sealed_at, r.complete AS is_complete, r.resumed AS n_resumed,
       v.site, v.verdict, v.reasons, r.n_fetches, r.site_config_sha256, r.notes
FROM internal.run AS r LEFT JOIN (
    SELECT run_id, CASE WHEN min(site) = max(site) THEN min(site) END AS site, max(verdict) AS verdict,
           flatten(list(coalesce(reasons, []) ORDER BY site, kind)) AS reasons
    FROM v1.verdicts GROUP BY run_id
) AS v USING (run_id);

CREATE VIEW v1.releases AS
SELECT r.release, r.released_on, r.summary, coalesce(e.n_captures, 0) AS n_captures
FROM internal.release AS r LEFT JOIN internal.reading_count AS e USING (release);

CREATE VIEW v1.countries AS SELECT * FROM internal.country_code;

CREATE VIEW v1.project_types AS SELECT * FROM internal.project_type;

CREATE VIEW v1.sites AS SELECT * FROM internal.site;

CREATE VIEW v1.data_dictionary AS SELECT * FROM internal.data_dictionary;
