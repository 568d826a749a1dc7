"""The files that only the janitor touches: pictures, films and sound, and old logs."""
