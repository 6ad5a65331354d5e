"""Labels and their values on a project page, whatever holds them: boxes, columns, lines, or position alone.

Belongs here: finding the pairs, whose they are, and one answer a field. Does not belong here: the wording of labels
(``codebooks``), the meaning of a value (``values``, ``meaning``).
"""
