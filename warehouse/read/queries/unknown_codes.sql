-- question: Which labels, codes and values does no rule know yet?
-- asked by: an aid-transparency analyst
-- counting: One row a label and value, with the number of pages that show it; the raw text is kept in the records meanwhile.
-- may be empty: where every word is known
SELECT kind, field, label, "value", n_pages, first_seen_at, example_url
FROM v1.unmapped ORDER BY n_pages DESC, kind, field, label, "value";
