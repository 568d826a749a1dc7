"""What the server costs, measured: `./dev bench`.

    plan           how much is measured
    answers        pure: what the model says in every measurement, and how it is told to the stub
    clock          the CPU time that another process has taken
    programs       the server, the stub and the robots, each a process of its own
    robots         the program that is the robots; checks what it hears
    turns          CPU of the server from socket to socket: a turn, each further chunk
    stages         a chunk's way put together stage by stage, each stage in its place
    packets        a brain that reads packets and understands nothing
    parts          a chunk's code part by part, each part alone
    sink           the program at the far end of a socket whose near end is measured
    measurements   the table of all there is to measure, and how much of it
    figures        pure: medians and spreads, as JSON and as tables
    machine        what it was measured on
    progress       what a person sees meanwhile
    main           puts them together

A new measurement is a function that returns figures, and a row in `measurements`.
"""
