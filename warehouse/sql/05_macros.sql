-- Step 05, macros of the derivation itself (those that readers call are in 80_macros.sql).

-- The normal form of an address, as the ledger's page_key has it where a site file keeps no part of the query.
CREATE MACRO address_key(address) AS
    rtrim(regexp_replace(
        lower(regexp_extract(address, '^(?i:https?)://([^/?#]*)', 1)), '^www\.', '')
        || regexp_extract(address, '^(?i:https?)://[^/?#]*([^?#]*)', 1), '/');
