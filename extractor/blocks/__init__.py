"""From bytes to blocks: the charset, the markup or the lines, and text that knows where in the payload it stands.

Belongs here: the model of a page that every later room reads. Does not belong here: what a block is for (``roles``).
"""
