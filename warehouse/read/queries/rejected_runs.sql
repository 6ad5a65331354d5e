-- question: Which runs did the gate keep out of the tables, and why?
-- asked by: an aid-transparency analyst
-- counting: One row a run, site and kind. No version, change or removal comes of a rejected run; its fetches and captures
--   are in v1.fetches, v1.captures, v1.timemap, and v1.coverage counts its attempts.
-- may be empty: where the gate rejected nothing
SELECT run_id, site, kind, verdict, judged_by, reasons
FROM v1.verdicts WHERE verdict = 'rejected' ORDER BY run_id, site, kind;
