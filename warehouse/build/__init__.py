"""Building the database: the inputs, the SQL steps in their order, the dictionary.

Belongs here: everything between the files of the archive and one private database file.
Does not belong here: putting it in place (``publish``), asking it (``read``).
"""
