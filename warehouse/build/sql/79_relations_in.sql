-- Step 79, the clusters and links that were found (docs/contracts.md, section 7). In: the two files it wrote.
-- Out: built.internal.cluster, built.internal.link. Nothing is deleted by a cluster: it is a claim with its evidence.

CREATE TABLE built.internal.cluster AS
SELECT * FROM read_json(getvariable('clusters_file'), format = 'newline_delimited', columns = {
    cluster_id: 'VARCHAR', document_id: 'VARCHAR', kind: 'VARCHAR', role: 'VARCHAR', linked_to: 'VARCHAR',
    method: 'VARCHAR', score: 'DECIMAL(5,4)', evidence: 'VARCHAR'})
ORDER BY kind, cluster_id, document_id;

CREATE TABLE built.internal.link AS
SELECT * FROM read_json(getvariable('links_file'), format = 'newline_delimited', columns = {
    project_id: 'VARCHAR', news_id: 'VARCHAR', method: 'VARCHAR', certainty: 'VARCHAR', evidence: 'VARCHAR'})
ORDER BY project_id, news_id, method;
