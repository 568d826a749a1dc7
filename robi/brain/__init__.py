"""The model: its port, and what stands behind it."""
