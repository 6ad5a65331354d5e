"""The benchmark: `make bench`. Generators are deterministic; the tests run each stage at its tiny size."""
