SELECT project_id, title, status, start_date, end_date, budget_amount, budget_currency, countries, version_no
FROM v1.projects_asof($on::TIMESTAMP) WHERE state = 'live' ORDER BY project_id;
