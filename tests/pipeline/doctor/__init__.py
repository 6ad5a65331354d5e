"""Tests of pipeline.doctor."""
