-- Step 82, names. In: internal.document, .alias, .page, .project_version. Out: built.internal.former_id (ids that a document
-- had before), built.internal.document_name (whatever finds a document, in the form in which it is looked up).
-- An id gives way when a later capture states a better one: a Projects ID that was not known, or another one. Whoever has
-- quoted the old one must find the document still, so no id is forgotten that the archive can give.

CREATE TABLE built.internal.former_id AS
WITH had AS (
    SELECT project_id AS document_id, upper(coalesce(projects_id, prima_id)) AS id, page_key, valid_from
    FROM built.internal.project_version
)
SELECT 'project' AS kind, document_id, coalesce(id, page_key) AS id, min(valid_from) AS first_seen_at
FROM had
WHERE coalesce(id, page_key) NOT IN (document_id, upper(document_id))
  -- Of two works under one Projects ID one is named by its page: the ID it states is no former one.
  AND NOT (id IS NOT NULL AND document_id IN (SELECT page_key FROM built.internal.page))
GROUP BY ALL
ORDER BY kind, document_id, id;

-- A name is looked up as it is, in capitals (ids), and as the normal form of an address.
CREATE TABLE built.internal.document_name AS
WITH named AS (
    SELECT kind, document_id, document_id AS name FROM built.internal.document
    UNION SELECT kind, document_id, upper(document_id) FROM built.internal.document
    UNION SELECT kind, document_id, unnest(page_keys) FROM built.internal.document
    UNION SELECT kind, document_id, id FROM built.internal.former_id
    UNION SELECT 'project', project_id, upper(projects_id) FROM built.internal.project_version WHERE projects_id IS NOT NULL
    UNION SELECT 'project', project_id, upper(prima_id) FROM built.internal.project_version WHERE prima_id IS NOT NULL
    UNION SELECT kind, document_id, url FROM built.internal.alias
    UNION SELECT kind, document_id, page_key FROM built.internal.alias
)
FROM named ORDER BY name, kind, document_id;
