"""A robot without a body: what `tools/sim_client.py` is made of.

    options    what was asked for on the command line, and where the key is
    exits      the exit codes
    link       one WebSocket, by trio-websocket: an implementation independent of the server's
    reading    pure: a frame as JSON and as a message
    ledger     pure: turns as a client sees them, their order checked, their latencies
    witness    whom a robot tells what happens
    robot      one robot: authenticates, reads, reconnects and resumes; prints nothing
    screen     the only place that writes to a terminal
    views      what a person sees, and what a machine reads (`--json`)
    drawing    pure: emoji, movements and lights in words
    words      the tool's own sentences, in English and Spanish
    files      pure: what a file becomes when it is played or shown
    keyboard   lines typed or piped
    talk       a script or a conversation, from first hello to exit code
    main       puts the parts together

`robot` and everything it stands on know no terminal, so that many of them can share a process.
"""
