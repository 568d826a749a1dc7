"""Prints the table of all metrics for docs/operating.md: `python -m robi.metrics`."""

import sys

from robi.metrics.catalogue import markdown

sys.stdout.write(markdown())
