"""Texts that readers ask about: from a file to passages.

Pure and deterministic but for `apart`, which runs the rest in a process of its own: what strangers
have written is read by C code and old formats, and a file that harms its reader harms nobody else.
"""
