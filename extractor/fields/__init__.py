"""Labels and their values on a project page, solved as one assignment: each line tried against every field's grammar.

Belongs here: the grammars, a page's parts, which labels are the page's own, which part is which field's value.
Does not belong here: the words of labels and lists (``codebooks``), what a value means (``meaning``).
"""
