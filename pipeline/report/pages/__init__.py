"""The pages of the report by kind: documents, lists, what was watched, the data.

Belongs here: what each page says. Does not belong here: reading tables (``edition``, ``dossier``), markup.
"""
