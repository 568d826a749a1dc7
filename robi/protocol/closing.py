"""The close codes of a link (protocol.md §1), by name.

Owns the numbers; who closes when is said where it happens.
"""

from typing import Final

NORMAL_CLOSURE: Final = 1000
"""The robot has left for good."""
NO_CLOSE_FRAME: Final = 1006
"""The link ended without a close frame (RFC 6455 §7.1.5); never sent."""
POLICY_VIOLATION: Final = 1008
"""Authentication was refused, or did not come in time."""
INTERNAL_ERROR: Final = 1011
"""A session has crashed: come back and resume."""
SERVICE_RESTART: Final = 1012
"""The server is going away."""
TRY_AGAIN_LATER: Final = 1013
"""The server is full, or going away."""
TAKEN_OVER: Final = 4409
"""The same device has connected again elsewhere."""
