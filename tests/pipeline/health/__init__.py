"""Tests of pipeline.health."""
