"""What running text names, found by rules that each show where they fire and where they must not.

Belongs here: the rules and their register. Does not belong here: identifiers, budgets and countries of the record.
"""
