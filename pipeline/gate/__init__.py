"""Whether a run may be published: each site's crawl judged against that site's own accepted crawls.

Belongs here: pure functions from what was read to verdicts. Does not belong here: reading files, SQL, Dagster.

A rejected run stays in the archive and is left out of the derivation; the last good state stays published. A page
that cannot be read publishes nothing by itself: the gate is for the other kind of damage, pages that still read but
say less or something else than they did. What a person hands in (a folder, imported WARCs) was chosen, so it is
accepted; the same rules say what is strange about it. It is never what a crawl is judged against.
"""
