"""A small IOM-like web site, in our own words, for tests and the benchmark."""
