"""Figures for machines: what actors tell and what the tree shows, in Prometheus' words; traces.

Only `robi.tree` knows this room. Labels never hold a person, a session or a device.
"""

from robi.metrics.exposition import Metrics, merge

__all__ = ["Metrics", "merge"]
