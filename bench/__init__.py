"""The benchmark: `make bench`. Generators are deterministic; nothing here runs in the tests."""
