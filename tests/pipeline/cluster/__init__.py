"""Several machines: data folders and processes of their own, one object store, one PostgreSQL."""
