"""Running text: its sentences, and what they say of countries, datelines, events, durations.

Belongs here: rules that need the words around. Does not belong here: named things (``mentions``), labels (``fields``).
"""
