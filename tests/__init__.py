"""Tests mirror the packages; ``site/`` is a small IOM-like web site on loopback; ``golden/`` holds reviewed records."""
