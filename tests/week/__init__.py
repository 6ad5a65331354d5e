"""A week of the real daemon on a clock that runs ahead, with what it takes: the clock, the sites, the person told."""
