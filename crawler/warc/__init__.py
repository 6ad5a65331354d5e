"""WARC records and the HTTP messages in them, as bytes: writing one, reading them back, digests, codings.

Belongs here: the formats. Does not belong here: runs, ledgers and manifests (``archive``).
"""
