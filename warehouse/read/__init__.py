"""Reading the published file: opening it safely, and what analysts ask of it, one function a question.

Belongs here: questions over an open connection, each giving rows; the cookbook. Does not belong here: writing anything.
"""
