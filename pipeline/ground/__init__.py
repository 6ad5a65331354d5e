"""What every stage and command is built on: clock, folders, lock, process, printable text, errors, findings.

Belongs here: small things without knowledge of any stage. Does not belong here: anything that reads the archive or the
tables.
"""
