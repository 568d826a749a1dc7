"""`python -m tools.bench`."""

import signal
import sys

from tools.bench.main import main

# Whoever ends this ends it as Ctrl-C does: no program is left behind.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
sys.exit(main())
