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

And what a robot is that plays a scenario (docs/scenarios.md):

    steps         pure: what a scenario may say
    scenario      a file of steps, read and refused with all that is wrong with it
    samples       pure: what is measured of it
    parts         pure: who plays, and that no two are crossed
    answers       pure: what was heard, by name
    expectations  pure: whether that is as a step expects it
    recorder      pure: what was heard, as samples
    utterances    what a step says, as messages
    player        one robot plays one scenario
    run           `./dev chat run`: some, one after the other, each step shown
    reference     the tables of docs/scenarios.md

And what makes a fleet of them (docs/load.md):

    measuring     `./dev chat load`, `soak` and `report`
    campaign      a run: processes, counting, watching the server
    worker        one process of robots
    fleet         who plays when, in one process
    trouble       a stream that goes wrong
    here          a server of one's own with a stub, for as long as a run
    vitals        the server: /proc, tree, metrics
    histogram     pure: times as an HdrHistogram
    tally         pure: the counting
    slopes        pure: whether a figure grows
    verdict       pure: what must hold
    result        pure: what was found, and its JSON
    board         what a person sees meanwhile
    summary       pure: the result in a terminal
    page          pure: the result as HTML, with `figures`, `plots`, `scales`, `page.css`, `page.js`

`robot` and everything it stands on know no terminal, so that many of them can share a process.
"""
