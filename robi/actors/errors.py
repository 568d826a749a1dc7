"""What can go wrong with an address or a child, as one tree.

    InternalError (robi.errors: 5001, "something went wrong inside me")
    └── ActorError
        ├── MailboxFull     no room, and the caller will not wait
        ├── ActorDied       nobody is, or ever will be, at this address
        ├── AskTimeout      no answer in time
        ├── ChildRefused    the supervisor will not take, or does not know, such a child
        ├── ChildNotStarted a dynamic child ended before it was ready
        ├── StartTimeout    a child was not ready in time
        ├── Ended           a child returned though it should not have
        ├── Killed          a child was killed on purpose
        └── Escalated       a supervisor gave up

`details` is the name of the actor, never what was said to it.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from robi.errors import DatabaseError, InternalError


class ActorError(InternalError):
    """Something between actors failed; to a person it is our own fault (5001)."""


class MailboxFull(ActorError):
    """A lane of the mailbox is at its bound."""


class ActorDied(ActorError):
    """The actor died with this question in hand, or is gone for good."""


class AskTimeout(ActorError):
    """The time for an answer is over; the answer, should it come, vanishes."""


class ChildRefused(ActorError):
    """The name is taken or unknown, or the supervisor is not running, or is stopping."""


class ChildNotStarted(ActorError):
    """A child of `start_child` ended before it was ready; the cause is chained."""


class StartTimeout(ActorError):
    """A child did not become ready within its `start_timeout`."""


class Ended(ActorError):
    """A child returned before it was ready; or unasked, though it is permanent."""


class Killed(ActorError):
    """A child was killed by `Supervisor.kill`."""


class Escalated(ActorError):
    """A child failed too often; all its siblings have been stopped in order. Cause chained."""


@contextmanager
def as_database() -> Iterator[None]:
    """To who asks for what is kept, an actor that does not answer is a database that does not."""
    try:
        yield
    except ActorError as failure:
        raise DatabaseError(type(failure).__name__) from failure
