"""The robot protocol (docs/protocol.md) as pure code: no socket, no clock, no task."""
