"""What is measured of the project: `make bench`, `make figures`, `make rules`.

The benchmark's generators are deterministic, and it does not run in the tests. The figures of the house and the record
of the reader's rules do: the suite holds them to their bounds.
"""
