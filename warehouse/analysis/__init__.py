"""What analysts ask of the published file: one function a question, each over an open connection, each giving rows.

Belongs here: reading ``v1`` and turning an analyst's words (an address, an id, an instant, search words) into rows.
Does not belong here: printing, files, building.
"""
