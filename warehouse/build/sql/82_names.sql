-- Step 82, names. In: internal.document, .alias, .page, .project_version. Out: built.internal.document_id_alias (ids that a
-- document had or could have had), built.internal.document_name (whatever finds a document, in the form it is looked up in).
-- An id gives way when a later capture states a better one: a Projects ID that was not known, or another one. Whoever has
-- quoted the old one must find the document still, so no id is ever forgotten that the archive can give.

CREATE TABLE built.internal.document_id_alias AS
WITH stated AS (
    SELECT 'project' AS kind, project_id AS document_id, upper(projects_id) AS id,
           CASE WHEN valid_to IS NULL AND known_to IS NULL THEN 'a projects_id' ELSE 'former_id' END AS reason, valid_from
    FROM built.internal.project_version WHERE projects_id IS NOT NULL
    UNION ALL
    SELECT 'project', project_id, upper(prima_id), 'prima_id', valid_from
    FROM built.internal.project_version WHERE prima_id IS NOT NULL
    UNION ALL
    SELECT kind, document_id, page_key, 'page_key', first_seen_at FROM built.internal.page WHERE document_id IS NOT NULL
)
SELECT kind, document_id, id, replace(min(reason), 'a ', '') AS reason, min(valid_from) AS first_seen_at
FROM stated WHERE id <> document_id AND id <> upper(document_id)
GROUP BY kind, document_id, id
ORDER BY kind, document_id, id;

-- A name is looked up as it is, in capitals (ids), and as the normal form of an address.
CREATE TABLE built.internal.document_name AS
WITH named AS (
    SELECT kind, document_id, document_id AS name FROM built.internal.document
    UNION SELECT kind, document_id, upper(document_id) FROM built.internal.document
    UNION SELECT kind, document_id, unnest(page_keys) FROM built.internal.document
    UNION SELECT kind, document_id, id FROM built.internal.document_id_alias
    UNION SELECT kind, document_id, url FROM built.internal.alias
    UNION SELECT kind, document_id, page_key FROM built.internal.alias
)
FROM named ORDER BY name, kind, document_id;
