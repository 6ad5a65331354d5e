-- Step 60, versions. In: sighting, primary_period, belief, known, document_gone. Out: version (narrow).
-- Gaps and islands over the sightings of each document's record: a version is a run of equal content. Done once for
-- each epoch of a document: each instant of the known clock at which some capture of it began to read differently.
-- Two captures are compared within one release that read both, so that a better reader never looks like an edit.

-- For each capture, from which release on which content was believed.
CREATE TABLE belief_change AS
SELECT capture_no, release, content_no,
       lag(content_no) OVER (PARTITION BY capture_no ORDER BY release) AS before_no
FROM belief
QUALIFY content_no IS DISTINCT FROM before_no;

CREATE TABLE epoch AS
WITH starts AS (
    SELECT DISTINCT s.document_no, b.release
    FROM (SELECT DISTINCT document_no, capture_no FROM sighting) AS s
    JOIN belief_change AS b USING (capture_no)
    WHERE b.before_no IS NOT NULL
    UNION
    SELECT s.document_no, min(b.release) FROM sighting AS s JOIN belief_change AS b USING (capture_no)
    GROUP BY s.document_no
)
SELECT s.document_no, s.release AS epoch, k.known_from,
       row_number() OVER (PARTITION BY s.document_no ORDER BY s.release) AS epoch_no,
       lead(k.known_from) OVER (PARTITION BY s.document_no ORDER BY s.release) AS known_to
FROM starts AS s JOIN known AS k USING (release);

-- What each capture is believed to say in each epoch: by the newest release up to it, else by the oldest after it.
CREATE TABLE believed AS
SELECT c.capture_no, e.epoch,
       coalesce(max_by(b.content_no, b.release) FILTER (b.release <= e.epoch), min_by(b.content_no, b.release)) AS content_no,
       coalesce(max(b.release) FILTER (b.release <= e.epoch), min(b.release)) AS release
FROM (SELECT DISTINCT document_no, capture_no FROM sighting) AS c
JOIN epoch AS e USING (document_no)
JOIN belief AS b USING (capture_no)
GROUP BY c.capture_no, e.epoch;

CREATE TABLE content_change AS
WITH seen AS (
    SELECT s.document_no, e.epoch, s.observed_at, s.period_no, s.capture_no, b.content_no, b.release,
           lag(b.content_no) OVER w AS before_content_no, lag(b.release) OVER w AS before_release,
           lag(s.capture_no) OVER w AS before_capture_no, lag(s.observed_at) OVER w AS changed_after, lag(s.period_no) OVER w AS before_period_no,
           CASE WHEN before_release <> b.release THEN before_capture_no END AS compared_capture_no
    FROM sighting AS s
    JOIN epoch AS e USING (document_no)
    JOIN believed AS b ON b.capture_no = s.capture_no AND b.epoch = e.epoch
    WINDOW w AS (PARTITION BY s.document_no, e.epoch ORDER BY s.observed_at)
    QUALIFY b.content_no IS DISTINCT FROM before_content_no
)
SELECT s.* EXCLUDE (compared_capture_no, period_no, before_period_no),
       CASE WHEN s.before_capture_no IS NULL THEN 'created'
                 WHEN s.period_no > s.before_period_no AND NOT t.goes_on THEN 'relocated'
                 WHEN s.before_release = s.release OR b.content_no IS NOT NULL THEN 'edited'
                 ELSE 'reparsed' END AS site_change
FROM seen AS s
JOIN primary_period AS t USING (document_no, period_no)
LEFT JOIN belief AS b ON b.capture_no = s.compared_capture_no AND b.release = s.release
WHERE b.content_no IS DISTINCT FROM s.content_no;

-- Contents and disappearances in one line of time; a removed document keeps its last content.
CREATE TABLE timeline AS
WITH mark AS (
    SELECT document_no, epoch, observed_at AS happened_at, capture_no, content_no, release, changed_after, site_change
    FROM content_change
    UNION ALL
    SELECT g.document_no, e.epoch, g.gone_from, NULL, NULL, NULL, g.last_seen_at, 'removed'
    FROM document_gone AS g JOIN epoch AS e USING (document_no)
    UNION ALL
    SELECT g.document_no, e.epoch, g.gone_to, NULL, NULL, NULL, g.last_absent_at, 'restored'
    FROM document_gone AS g JOIN epoch AS e USING (document_no) WHERE g.gone_to IS NOT NULL
),
merged AS (
    SELECT document_no, epoch, happened_at, max(capture_no) AS capture_no, max(content_no) AS content_no, max(release) AS release,
           max(changed_after) AS changed_after,
           CASE WHEN bool_or(site_change = 'removed') THEN 'removed' WHEN bool_or(site_change = 'restored') THEN 'restored'
                ELSE min(site_change) END AS site_change
    FROM mark GROUP BY document_no, epoch, happened_at
),
carried AS (
    SELECT document_no, epoch, happened_at AS valid_from, lead(happened_at) OVER w AS valid_to, changed_after, site_change,
           last_value(capture_no IGNORE NULLS) OVER w AS capture_no,
           last_value(content_no IGNORE NULLS) OVER w AS content_no,
           last_value(release IGNORE NULLS) OVER w AS release
    FROM merged WINDOW w AS (PARTITION BY document_no, epoch ORDER BY happened_at)
)
SELECT * REPLACE (CASE WHEN version_no = 1 THEN 'created' ELSE site_change END AS site_change)
FROM (SELECT *, row_number() OVER (PARTITION BY document_no, epoch ORDER BY valid_from) AS version_no
      FROM carried WHERE content_no IS NOT NULL);

-- One row for as long as it was believed: equal rows of neighbouring epochs are one.
CREATE TABLE believed_version AS
WITH run_of_epochs AS (
    SELECT t.*, e.known_from, e.known_to,
           e.epoch_no - row_number() OVER (
               PARTITION BY t.document_no, t.valid_from, t.valid_to, t.content_no, t.site_change ORDER BY e.epoch_no) AS run_no,
           e.epoch_no
    FROM timeline AS t JOIN epoch AS e USING (document_no, epoch)
),
joined AS (
    SELECT document_no, valid_from, valid_to, content_no, site_change, min(known_from) AS known_from,
           nullif(max(coalesce(known_to, TIMESTAMP 'infinity')), TIMESTAMP 'infinity') AS known_to,
           max(changed_after) AS changed_after,
           max_by(version_no, epoch_no) AS version_no, max_by(capture_no, epoch_no) AS capture_no,
           min_by(release, epoch_no) AS release, min(epoch_no) AS epoch_no, max(epoch) AS epoch
    FROM run_of_epochs GROUP BY document_no, valid_from, valid_to, content_no, site_change, run_no
)
SELECT row_number() OVER (ORDER BY document_no, known_from, valid_from)::INTEGER AS version_row, * FROM joined;

-- Which row each row came from: on the known clock the row that was believed before it (a new reading of the same
-- captures), else on the site's clock the row before it.
CREATE TABLE version AS
WITH superseded AS (
    SELECT v.version_row, max_by(older.version_row, (older.known_to, older.valid_from)) AS before_row
    FROM believed_version AS v
    JOIN believed_version AS older
      ON older.document_no = v.document_no AND older.known_to <= v.known_from
     AND older.valid_from <= v.valid_from AND v.valid_from < coalesce(older.valid_to, TIMESTAMP 'infinity')
    WHERE v.epoch_no > 1
      AND (v.site_change IN ('removed', 'restored') AND older.valid_from = v.valid_from
           OR v.capture_no IN (SELECT b.capture_no FROM belief_change AS b JOIN known AS k USING (release)
                               WHERE k.known_from < v.known_from))
    GROUP BY v.version_row
),
preceding AS (
    SELECT v.version_row, max_by(older.version_row, older.known_from) AS before_row
    FROM believed_version AS v
    JOIN believed_version AS older
      ON older.document_no = v.document_no AND older.valid_to = v.valid_from AND older.known_from <= v.known_from
     AND v.known_from < coalesce(older.known_to, TIMESTAMP 'infinity')
    GROUP BY v.version_row
)
SELECT v.*, p.before_row AS site_before_row, coalesce(s.before_row, p.before_row) AS before_row,
       CASE WHEN s.before_row IS NOT NULL THEN 'reparsed' ELSE v.site_change END AS change_kind
FROM believed_version AS v
LEFT JOIN superseded AS s USING (version_row)
LEFT JOIN preceding AS p USING (version_row);
