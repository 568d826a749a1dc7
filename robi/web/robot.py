"""The door for robots: who may come in, and what is read from a link.

Owns authentication (protocol.md §2, `auth`), the reader of each link and its keep-alive; what is
written to it is `delivery`'s. It decides nothing about a conversation: what a robot says goes into
the mailbox of its session, what the session says comes out of its outbox.

    reader: link ──decode──▶ session mailbox          outbox ──delivery──▶ link

Nothing leaves `receive` but cancellation: one bad robot ends its own link and no other.
"""

import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

import structlog
import trio
from attrs import define, field, frozen

from robi.actors.address import Address
from robi.actors.attachment import Attachment, Detached
from robi.actors.errors import ActorDied
from robi.actors.farewell import let_go
from robi.actors.keyring import Pass
from robi.actors.link import Link, LinkClosed
from robi.actors.mail import Attached, FromRobot, Refused, SessionMessage
from robi.actors.meters import NOBODY, Meters
from robi.actors.turn import report
from robi.errors import (
    InvalidMessage,
    Language,
    RobiError,
    ServerBusy,
    WsAuthFailed,
)
from robi.protocol.closing import INTERNAL_ERROR, NORMAL_CLOSURE, POLICY_VIOLATION, TRY_AGAIN_LATER
from robi.protocol.codec import decode_text, encode, request_id_of
from robi.protocol.dialects import Dialect
from robi.protocol.messages import Audio, Auth, AuthOk, ClientSettings, Interrupt
from robi.web.delivery import Delivery, untraced

log = structlog.get_logger()


@frozen
class DoorSettings:
    """What the door needs of the settings; times in seconds, sizes in bytes."""

    auth_timeout: float
    ping_interval: float
    ping_timeout: float
    tick: float
    """How late the one clock may be."""
    language: Language
    server: str
    client: ClientSettings
    skills: tuple[str, ...]


@define(eq=False)
class _Guest:
    """Whoever an authenticated link belongs to."""

    shown: Pass
    ping_at: float
    end: Callable[[Detached], None] | None = None
    """Ends the link, once it is in use."""
    trouble: RobiError | None = None
    """Why it was let go of."""

    def leave(self, trouble: RobiError) -> None:
        """End the link; if it is not in use yet, the next beat of the clock will."""
        if self.end is not None and self.trouble is None:
            self.trouble = trouble
            self.end(Detached(POLICY_VIOLATION, trouble.error_code))


@define(eq=False)
class RobotDoor:
    """Receives each robot's link and serves it to its end."""

    _admit: Callable[[Auth], Awaitable[tuple[Address[SessionMessage], Attached]]]
    _check_key: Callable[[str | None, str | None, str], Pass]
    """Takes a key, the device that shows it and its address; raises if it opens nothing."""
    _settings: DoorSettings
    _meters: Meters = NOBODY
    _hand_over: Callable[[Auth, Link], Awaitable[bool]] | None = None
    """Hands a link over to the process that it belongs to, if that is another; returns whether."""
    _trouble_with: Callable[[Pass], RobiError | None] = lambda _shown: None
    """Says why whoever came in by that key must leave now."""
    _links: dict[Link, _Guest] = field(factory=dict, init=False)
    """Every authenticated link."""

    async def receive(
        self, link: Link, header_key: str | None, authenticated: Callable[[], None]
    ) -> None:
        """Serve `link` until it ends. `authenticated` is called once its key has proved good."""
        link.farewell = self._last_words
        structlog.contextvars.bind_contextvars(link_id=link.id)  # the task is this link's
        try:
            auth, shown = await self._authenticate(link, header_key)
            if self._hand_over is not None and await self._hand_over(auth, link):
                return
            authenticated()
            mailbox, attached = await self._admit(auth)
        except ServerBusy as error:
            await self._refuse(link, error, TRY_AGAIN_LATER)
        except RobiError as error:
            await self._refuse(link, error, POLICY_VIOLATION)
        except LinkClosed as closed:
            log.info("link_closed_early", code=closed.code)
        else:
            await self._serve(link, mailbox, attached, shown)

    def keep_alive(self, now: float) -> None:
        """Ping whoever is due, drop whoever has not answered, let go of whose key is good no more.

        Called by the one ticker.
        """
        for link, guest in list(self._links.items()):
            if (trouble := self._trouble_with(guest.shown)) is not None:
                guest.leave(trouble)
            elif (silent_s := link.unanswered_s(now)) >= self._settings.ping_timeout:
                log.info("link_dead", link_id=link.id)
                self._meters.silent(silent_s)
                link.abort()
            elif now >= guest.ping_at:
                guest.ping_at = now + self._next_ping()
                link.ping()

    def _next_ping(self) -> float:
        """Return the seconds to the next ping: earlier by what the clock may be late, twice.

        So a link that fell silent right after a pong is found within interval plus time-out.
        """
        settings = self._settings
        return max(settings.ping_interval - 2 * settings.tick, settings.tick)

    # ── coming in ─────────────────────────────────────────────────────────────────────────

    async def _authenticate(self, link: Link, header_key: str | None) -> tuple[Auth, Pass]:
        auth: Auth | None = None
        with trio.move_on_after(self._settings.auth_timeout):
            first = await link.receive()
            if isinstance(first, bytes):
                raise WsAuthFailed("$: the first message must be auth, got binary")
            message = decode_text(first).message
            if not isinstance(message, Auth):
                raise WsAuthFailed("$.type: the first message must be auth")
            auth = message
        if auth is None:
            raise WsAuthFailed(f"no auth within {self._settings.auth_timeout:g} s")
        shown = self._check_key(auth.api_key or header_key, auth.device_id, link.peer)
        if shown.key_id is not None:
            structlog.contextvars.bind_contextvars(key_id=shown.key_id)
        return auth, shown

    async def _refuse(self, link: Link, error: RobiError, code: int) -> None:
        log.info("link_refused", error_code=error.error_code, code=code)
        self._meters.refused(error.error_code)
        message = report(error, self._settings.language, None)
        try:
            await link.send([encode(message, Dialect.USER, None)])
        except LinkClosed as closed:
            log.info("link_closed_early", code=closed.code)
        else:
            await link.close(code, error.error_code)

    def _last_words(self, error: RobiError, attachment: Attachment | None = None) -> bytes:
        log.warning("link_broke_rule", error_code=error.error_code, details=error.details)
        message = report(error, self._settings.language, None)
        if attachment is not None:
            return attachment.last_words(message)
        return encode(message, Dialect.USER, None)

    # ── a link in use ─────────────────────────────────────────────────────────────────────

    async def _serve(
        self, link: Link, mailbox: Address[SessionMessage], attached: Attached, shown: Pass
    ) -> None:
        attachment = attached.attachment
        ended: LinkClosed | Detached | None = None
        structlog.contextvars.bind_contextvars(session_id=attached.session_id)
        link.farewell = partial(self._last_words, attachment=attachment)
        guest = self._links[link] = _Guest(shown, trio.current_time() + self._next_ping())
        try:
            await link.send([self._auth_ok(attached)])
            log.info("link_attached", resumed=attached.resumed)
            async with trio.open_nursery() as nursery:
                delivery = Delivery(link, attachment, nursery)
                guest.end = delivery.end
                delivery.begin()
                try:
                    await self._read(link, mailbox, attachment)
                except LinkClosed as how:
                    delivery.end(how)
                finally:
                    delivery.stop()
            ended = delivery.ended
        except LinkClosed as how:
            ended = untraced(how)
        finally:
            del self._links[link]
            self._meters.hung_up(INTERNAL_ERROR if ended is None else ended.code)
            await let_go(mailbox, attachment, left=_said_goodbye(ended))
        if guest.trouble is not None:
            await self._refuse(link, guest.trouble, POLICY_VIOLATION)
        await self._hang_up(link, ended)

    async def _read(
        self, link: Link, mailbox: Address[SessionMessage], attachment: Attachment
    ) -> None:
        while True:
            raw = await link.receive()
            event: FromRobot | Refused
            if isinstance(raw, bytes):
                event = FromRobot(attachment, Audio(raw), None)
            else:
                try:
                    decoded = decode_text(raw)
                    event = FromRobot(attachment, decoded.message, decoded.dialect)
                except InvalidMessage as error:
                    event = Refused(attachment, error, request_id_of(raw))
            if not (isinstance(event, FromRobot) and isinstance(event.message, Audio | Interrupt)):
                await attachment.wait_room()
            with contextlib.suppress(ActorDied):  # its last words are still being written
                await mailbox.put(event)

    async def _hang_up(self, link: Link, ended: LinkClosed | Detached | None) -> None:
        match ended:
            case Detached(code=code, reason=reason):
                await link.close(code, reason)
            case LinkClosed(code=code):
                log.info("link_closed", code=code)
                link.abort()
            case None:
                await link.close(INTERNAL_ERROR, "")

    def _auth_ok(self, attached: Attached) -> bytes:
        settings = self._settings
        message = AuthOk(
            attached.session_id, attached.resumed, settings.server, settings.client, settings.skills
        )
        return encode(message, Dialect.USER, None)


def _said_goodbye(ended: LinkClosed | Detached | None) -> bool:
    return isinstance(ended, LinkClosed) and ended.by_peer and ended.code == NORMAL_CLOSURE
