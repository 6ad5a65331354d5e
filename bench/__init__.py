"""What is measured of the project: `make bench`, `make figures`, `make rules`.

The benchmark's generators are deterministic; the tests run each stage at its tiny size. They hold the figures of the
house to their bounds, and the record of the reader's rules to the code.
"""
