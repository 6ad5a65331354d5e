"""Proofs: verified, cited, handed on, watched."""
