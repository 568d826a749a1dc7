"""Where mailboxes end to which others put from another process.

Owns the order: what comes by a line is put in the mailbox in the order in which it was sent, and
nothing more is read while the mailbox has no room. To the actor it is as if the other process were
a task of this one.
"""

from collections.abc import Callable
from typing import Any

import structlog
import trio
from attrs import define

from robi.actors.ask import Ask
from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.line import Line
from robi.actors.mailbox import Mailbox
from robi.actors.remote import Flush

log = structlog.get_logger()


def _never(_message: object) -> bool:
    return False


@define(eq=False)
class Lane:
    """The near end of a mailbox that another process puts into.

    Args:
        mailbox: of the actor.
        is_urgent: which messages are put before all others, as they were there.
    """

    _mailbox: Mailbox[Any]
    _is_urgent: Callable[[Any], bool] = _never

    async def serve(self, stream: trio.abc.Stream) -> None:
        """Put what comes, until the line is lost. Raises as `Line.run`."""
        await Line(self._mailbox.name, stream, self._take).run()

    async def _take(self, message: Any) -> None:
        if isinstance(message, Ask) and isinstance(message.question, Flush):
            message.reply(None)
            return
        try:
            if not (self._is_urgent(message) and self._put_urgent(message)):
                await self._mailbox.put(message)
        except ActorDied as died:
            if isinstance(message, Ask):
                message.fail(died)
            else:
                log.warning("not_taken", actor=died.details, message=type(message).__name__)

    def _put_urgent(self, message: object) -> bool:
        """Return whether there was room among the urgent ones; behind the others there will be."""
        try:
            self._mailbox.put_urgent(message)
        except MailboxFull:
            return False
        return True
