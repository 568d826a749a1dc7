"""What is kept: a port, SQLite, and its twin in RAM."""
