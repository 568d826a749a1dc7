"""The goodbye of a link to its session: it is told, whatever ends the link.

Owns that moment: shielded, since what ends a link may be a cancellation, and bounded. A session
that was not told would wait for a link that is gone, and keep its place for good.
"""

import structlog
import trio

from robi.actors.address import Address
from robi.actors.attachment import Attachment
from robi.actors.errors import ActorDied
from robi.actors.mail import LinkLost, SessionMessage

log = structlog.get_logger()

FAREWELL_TIMEOUT = 1.0
"""Seconds in which a session must take note that its link is gone, at a shutdown too."""


async def let_go(
    mailbox: Address[SessionMessage], attachment: Attachment, *, left: bool = False
) -> None:
    """Let go of a session, and have it know; `left`: its client said goodbye."""
    attachment.drop()
    with trio.move_on_after(FAREWELL_TIMEOUT, shield=True):
        try:
            await mailbox.put(LinkLost(attachment, left))
        except ActorDied:
            log.info("link_outlived_session")
