SELECT run_id, site, kind, verdict, judged_by, reasons
FROM v1.verdicts WHERE verdict = 'rejected' ORDER BY run_id, site, kind;
