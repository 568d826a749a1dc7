"""What the server costs, measured: `./dev bench`.

Of a server as a whole, whichever revision it is of:

    turns          CPU from socket to socket: a turn, each further chunk
    waiting        how long robots wait, over what they would wait for the model; saturation
    reading        robots and readers of a page, side by side
    memory         of sessions, idle and parked
    growth         how a turn's cost grows with robots and with what was said before
    starting       until the first answer, memory then, and the install

Of the code that is checked out here:

    stages         a chunk's way put together stage by stage, each stage in its place
    packets        a brain that reads packets and understands nothing
    parts          a chunk's code part by part, each part alone

With what they do so:

    plan           how much is measured
    measurements   the table of all there is to measure
    runs           runs of one revision, or of two in turn
    revisions      what is measured: the files that are here, or those of another revision
    site           a server with its surroundings, robots that come, talk and go
    clock          the CPU time that another process has taken
    programs       the server and what is outside of it, each a process of its own
    outside        the program outside: the model, the robots and the readers
    model          the model, as light as it can be
    robots, link   the robots, as light as they can be; they check what they hear
    readers, posting   the readers, so too
    sink           the program at the far end of a socket whose near end is measured
    answers        pure: what the model says, and how a question tells it what to say
    orders         pure: what the program outside is told, and what it answers

And what comes of it:

    figures        pure: medians and spreads, as JSON
    limits         pure: the table of what must hold
    carrying       pure: what one core carries, worked out from figures
    comparison     pure: ratios of two revisions
    tables         pure: figures for a terminal and for a page
    machine        what it was measured on
    progress       what a person sees meanwhile
    main           puts them together

A new measurement opens a place to measure, gives what does a run there, and is a row in
`measurements`.
"""
