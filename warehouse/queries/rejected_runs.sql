-- question: Which runs did the gate keep out of the tables, and why?
-- asked by: an aid-transparency analyst
-- counting: One row a run, site and kind. What a rejected run saw is archived and in no other table.
SELECT run_id, site, kind, verdict, judged_by, reasons
FROM v1.runs WHERE verdict = 'rejected' ORDER BY run_id, site, kind;
