"""Robi: the mind of a companion robot. See docs/architecture.md for the house."""
