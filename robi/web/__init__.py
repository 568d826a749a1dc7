"""The network edge: the port, links, HTTP."""
