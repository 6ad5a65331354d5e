"""From a raw reading to a record: each field by its own rule, with its evidence, and the hash of the content.

Belongs here: the entry :func:`~extractor.meaning.interpret.interpret_page` and what it puts together.
Does not belong here: finding texts on a page (``layouts``), the meaning of one value (``values``).
"""
