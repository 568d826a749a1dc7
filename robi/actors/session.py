"""A session: one conversation, a robot's or a reader's, which outlives its links.

Owns what belongs to it and to nobody else: the floor, the ear, who is in front of it, and
which link it speaks through. What a message means now is decided by `robi.protocol.states` alone;
this actor only carries out the effects that the table names.

It waits for nothing: what takes time runs as a turn in its nursery, or at another actor. So its
mailbox is always soon empty, and an interruption never waits behind audio. It is one file because
each of its parts is a few lines that carry out one row of one table.
"""

from collections.abc import Awaitable, Callable, Mapping
from secrets import token_hex

import structlog
import trio
from attrs import define, evolve, field, frozen

from robi.actors.ask import Ask
from robi.actors.attachment import Attachment
from robi.actors.captures import Captures
from robi.actors.compaction import Compaction
from robi.actors.company import Company
from robi.actors.errors import ActorDied, MailboxFull
from robi.actors.floor import Conclusion, Floor
from robi.actors.history import Entry, History
from robi.actors.keeper import Keeper
from robi.actors.mail import (
    Attach,
    Attached,
    Delivered,
    Draining,
    Due,
    Forgot,
    FromReader,
    FromRobot,
    LinkLost,
    Origin,
    Refused,
    Reminded,
    SessionMessage,
    Summarised,
    Superseded,
    Tidings,
    Unkept,
)
from robi.actors.mailbox import Mailbox
from robi.actors.meters import Coming
from robi.actors.outbox import Outbox
from robi.actors.remembering import Remembering, SessionPorts
from robi.actors.reminding import Reminding
from robi.actors.snapshot import Detail
from robi.actors.tools import Clock
from robi.actors.turn import Met, Plan, TurnPorts, Utterance, report
from robi.actors.utterances import Ear, from_image, from_multimodal, from_text, from_video
from robi.errors import (
    EmptyAudio,
    FileTooLarge,
    InputError,
    InvalidMessage,
    Language,
    RobiError,
    ServerBusy,
)
from robi.protocol.closing import INTERNAL_ERROR, SERVICE_RESTART, TAKEN_OVER
from robi.protocol.messages import (
    Audio,
    AudioEnd,
    Auth,
    BatteryAlert,
    ClientMessage,
    FaceScanActions,
    FaceScanMode,
    Image,
    InteractionStart,
    Interrupt,
    LowBatteryAlert,
    Multimodal,
    PersonDetected,
    ServerMessage,
    Text,
    Video,
)
from robi.protocol.states import Effect, Event, Machine, Region
from robi.speech.gestures import scan
from robi.speech.scene import Said, Scene

log = structlog.get_logger()

EAR_LIMIT = "the audio of an utterance: 10 MB and 60 s at most"
RESTART_S = 5
"""Seconds after which a server that goes away is expected back."""


@frozen
class SessionSettings:
    """What a session needs of the settings."""

    keep_alive: float
    """Seconds that it stays without a link."""
    language: Language
    robot_name: str
    compaction_threshold: int
    """Messages of one person from which on the older ones are summed up."""
    newest: int | None = None
    """Messages that a turn sees at most, what is asked included; None: all that is not folded."""
    alone_s: float | None = None
    """Seconds without a link after which an answer is stopped, and a conversation of which all was
    taken ends, for the store has it; None: an answer goes on to its end, and both wait as long."""


@frozen
class Cue:
    """What an event brings along for the effects that it leads to."""

    audio: bytes = field(default=b"", repr=False)
    request_id: str | None = None
    spoken_chars: int | None = None
    person: InteractionStart | None = None
    utterance: Utterance | None = None
    last_seq: int | None = None
    error: RobiError | None = None


NOTHING = Cue()


@define(eq=False)
class Session:
    """One robot's conversation.

    `wake_at` sets the one deadline of this session; `ended` is called as its last word.
    """

    session_id: str
    _origin: Origin | None
    """None once a link has come."""
    _last_seq: int
    _history: History
    _keeper: Keeper
    _ports: TurnPorts
    _mind: SessionPorts
    _settings: SessionSettings
    _company: Company
    _wake_at: Callable[[str, float | None], None]
    _ended: Callable[[str], None]
    _machine: Machine = field(factory=Machine, init=False)
    _ear: Ear = field(factory=Ear, init=False)
    _attachment: Attachment | None = field(default=None, init=False)
    _parked_until: float | None = field(default=None, init=False)
    _alone_until: float | None = field(default=None, init=False)
    _payer: str = field(default="", init=False)
    _captures: Captures = field(factory=Captures, init=False)
    _unannounced: Met | None = field(default=None, init=False)
    _turns: int = field(default=0, init=False)
    _over: bool = field(default=False, init=False)
    _mailbox: Mailbox[SessionMessage] = field(init=False)
    _outbox: Outbox = field(init=False)
    _floor: Floor = field(init=False)
    _compaction: Compaction = field(init=False)
    _remembering: Remembering = field(init=False)
    _reminding: Reminding = field(init=False)

    # ── its life ──────────────────────────────────────────────────────────────────────────

    async def run(self, mailbox: Mailbox[SessionMessage], ready: Callable[[], None]) -> None:
        """Serve until asked to stop, reaped or drained."""
        self._mailbox = mailbox
        self._outbox = Outbox(self._on_taken, self._last_seq)
        try:
            structlog.contextvars.bind_contextvars(session_id=self.session_id)
            async with trio.open_nursery() as nursery:
                self._floor = Floor(self._ports, self._history, self._outbox, nursery)
                self._floor.dialect = self._keeper.dialect or self._floor.dialect
                put = mailbox.put  # one for all: a bound method takes 64 bytes
                self._compaction = self._make_compaction(put, nursery)
                self._remembering = Remembering(
                    self.session_id,
                    self._history,
                    self._keeper,
                    self._mind,
                    self._company,
                    self._captures,
                    put,
                    nursery,
                    self._on_forgot,
                )
                self._reminding = self._make_reminding(put, nursery)
                self._wait_for_link()
                self._keeper.keep_turn(self._company.speaker.person_id, [])
                ready()
                async for message in mailbox:
                    self._handle(message)
                    del message  # else what was said, or the link, stays until the next comes
                    self._speak_of_due()
                    if self._over:
                        break
                self._fire(Event.STOP)
                await self._keeper.flush()
                nursery.cancel_scope.cancel()
        finally:
            if self._attachment is not None:  # after a good end this changes nothing
                self._attachment.end(INTERNAL_ERROR)
            self._ended(self.session_id)

    def details(self) -> Mapping[str, Detail]:
        """How it stands: counts and states, nothing of what is said."""
        out = self._outbox.statistics()
        return {
            "turn": self._machine.state(Region.TURN).name.lower(),
            "link": self._machine.state(Region.LINK).name.lower(),
            "turns": self._turns,
            "history": len(self._history.entries),
            "compacting": self._compaction.under_way,
            "reminders": len(self._reminding),
            "audio_bytes": len(self._ear),
            "outbox": out.waiting,
            "kept": out.kept,
            "last_seq": out.last_seq,
            "shed": self._keeper.shed,
        }

    def _handle(self, message: SessionMessage) -> None:
        match message:
            case FromRobot() | FromReader() | Refused() | LinkLost() if (
                message.attachment is not self._attachment
            ):
                pass  # of a link that was replaced
            case FromRobot(_, said, dialect):
                if dialect is not None:
                    self._floor.dialect = self._keeper.dialect = dialect
                self._hear(said)
            case FromReader(_, utterance, payer):
                self._payer = payer
                self._utter(utterance.request_id, lambda: utterance)
            case Refused(_, error, request_id):
                self._report_apart(error, request_id)
            case Delivered(number):
                if self._floor.has(number):
                    self._fire(Event.DELIVERED)
            case LinkLost(_, left):
                self._attachment = None
                self._fire(Event.LOST)
                if left:
                    self._fire(Event.PERSON_LEFT)
                elif self._settings.alone_s is not None:
                    self._alone_until = trio.current_time() + self._settings.alone_s
                    self._schedule()
            case Ask(question=Attach(last_seq, device_id)) if not message.abandoned:
                self._attach(message, last_seq, device_id)
            case Due():
                self._on_due(trio.current_time())
            case Summarised(fold):
                if (summary := self._compaction.take(message)) is not None:
                    self._keeper.keep_fold(fold, summary)
            case Tidings(news):
                self._remembering.take(news)
                self._reminding.take(news)
                self._compaction.drop_moved()
            case Unkept(error):
                self._report_apart(error, None)
            case Reminded():
                self._reminding.on_read(message)
            case Superseded():
                self._give_way()
            case Draining(at_once):
                self._fire(Event.DRAIN)
                self._over = self._over or at_once

    def _give_way(self) -> None:
        """The same device goes on with another session."""
        self._reminding.leave()
        if self._attachment is not None:
            self._attachment.end(TAKEN_OVER)

    # ── what the robot says ───────────────────────────────────────────────────────────────

    def _hear(self, message: ClientMessage) -> None:
        match message:
            case Audio(data):
                now = trio.current_time()
                event = Event.AUDIO if self._ear.has_room(len(data), now) else Event.TOO_MUCH
                self._fire(event, Cue(audio=data))
            case AudioEnd(request_id):
                self._fire(Event.AUDIO_END, Cue(request_id=request_id))
            case InteractionStart():
                self._ear.audio_format = message.audio_format
                self._ear.request_id = message.request_id
                self._fire(Event.INTERACTION_START, Cue(person=message))
            case Text():
                before = self._company.speaker.person_id
                self._company.on_named(message.person_id)
                if self._company.speaker.person_id != before:
                    self._note_sight(None)
                self._utter(message.request_id, lambda: from_text(message))
            case Image():
                self._utter(message.request_id, lambda: from_image(message))
            case Video():
                self._utter(message.request_id, lambda: from_video(message))
            case Multimodal():
                self._utter(message.request_id, lambda: from_multimodal(message))
            case Interrupt(request_id, spoken_chars):
                late = self._floor.is_past(request_id)
                cue = Cue(request_id=request_id, spoken_chars=spoken_chars)
                self._fire(Event.LATE_INTERRUPT if late else Event.INTERRUPT, cue)
            case FaceScanMode(request_id):
                self._floor.say(FaceScanActions(request_id, scan()))
            case PersonDetected():
                self._see(message)
            case BatteryAlert(request_id, level, source):
                self._company.on_battery(level)
                self._floor.say(LowBatteryAlert(request_id, level, source))
            case Auth():
                self._report(InvalidMessage("$.type: auth was given already"), None)

    def _see(self, message: PersonDetected) -> None:
        """Someone is in view.

        While a person is being heard or answered that changes nothing, save who a stranger is:
        whoever passes by has not taken the word.
        """
        if len(self._ear) or (self._floor.turn is not None and self._company.speaker.known):
            return
        self._company.on_detected(message)
        self._reminding.come(self._company.speaker)
        self._note_sight(message.face_embedding)
        if self._company.to_be_greeted(trio.current_time()):
            self._fire(Event.OCCASION, Cue(utterance=Utterance(message.request_id, "sight")))

    def _speak_of_due(self) -> None:
        """Speak of what it is time for, if somebody is there to hear it, and nobody speaks."""
        heard = len(self._ear) and self._ear.has_room(0, trio.current_time())
        if self._attachment is None or self._floor.turn is not None or heard or self._over:
            return
        if self._reminding.is_due(self._company.speaker.person_id):
            utterance = Utterance(f"due_{token_hex(4)}", "due")
            self._fire(Event.OCCASION, Cue(utterance=utterance))

    def _utter(self, request_id: str, make: Callable[[], Utterance]) -> None:
        """Answer what `make` returns; if it is of no use, say so in the place of an answer."""
        try:
            utterance = make()
        except InputError as error:
            self._fire(Event.USELESS, Cue(request_id=request_id, error=error))
            return
        if self._floor.turn is not None and self._floor.turn.plan.utterance == utterance:
            log.info("utterance_repeated", request_id=request_id)  # its answer is on the way
        else:
            self._fire(Event.UTTERANCE, Cue(request_id=request_id, utterance=utterance))

    def _report(self, error: RobiError, request_id: str | None) -> None:
        log.warning(
            "robot_told_error", error_code=error.error_code, code=error.code, details=error.details
        )
        self._floor.say(report(error, self._settings.language, request_id))

    def _report_apart(self, error: RobiError, request_id: str | None) -> str | None:
        """Report what ends no turn; return the id under which it is told.

        While a turn streams nothing may carry another id, and an id whose turn has ended is never
        used again, save by the picture that was asked for (§3, 6).
        """
        past = request_id is not None and self._floor.is_past(request_id)
        if self._floor.turn or (past and not self._captures.is_awaited(request_id or "")):
            request_id = None
        self._report(error, request_id)
        return request_id

    # ── what the table says is to be done ─────────────────────────────────────────────────

    def _fire(self, event: Event, cue: Cue = NOTHING) -> None:
        for effect in self._machine.tell(event):
            self._carry_out(effect, cue)

    def _carry_out(self, effect: Effect, cue: Cue) -> None:
        match effect:
            case Effect.START_TURN if cue.utterance is not None:
                self._start(cue.utterance)
            case Effect.CUT_TURN:
                self._conclude(self._floor.cut(cue.spoken_chars))
            case Effect.CONCLUDE:
                self._conclude(self._floor.conclude())
            case Effect.AMEND if cue.request_id is not None and cue.spoken_chars is not None:
                if (entry := self._floor.amend(cue.request_id, cue.spoken_chars)) is not None:
                    before = self._history.before(entry.person_id, entry.index)
                    self._keeper.keep_cut(entry, before)
            case Effect.NEW_PERSON if cue.person is not None:
                self._company.on_start(cue.person)
                self._reminding.wait_for_words()
                self._reminding.come(self._company.speaker)
                self._note_sight(cue.person.face_embedding)
            case Effect.REFUSE:
                busy = ServerBusy("the server is going away", retry_after=RESTART_S)
                self._report(busy, cue.request_id)
            case Effect.REPORT if cue.error is not None:
                self._report_apart(cue.error, cue.request_id)
            case Effect.KEEP:
                self._ear.add(cue.audio, trio.current_time())
            case Effect.DISCARD:
                self._ear.clear()
            case Effect.SPILL:
                self._ear.clear()
                self._ear.told = self._report_apart(FileTooLarge(EAR_LIMIT), self._ear.request_id)
            case Effect.HAND_OVER if cue.request_id is not None:
                request_id = cue.request_id
                self._utter(request_id, lambda: self._ear.take(request_id))
            case Effect.REPORT_EMPTY | Effect.REPORT_SPILLED if cue.request_id is not None:
                self._refuse_audio(effect, cue.request_id)
            case Effect.REPLACE if self._attachment is not None:
                self._attachment.end(TAKEN_OVER)
            case Effect.PARK:
                self._wait_for_link()
                self._fire(Event.PARK)
            case Effect.END:
                self._over = True
            case Effect.HANG_UP if self._attachment is not None:
                self._attachment.end(SERVICE_RESTART)
            case Effect.WELCOME:
                self._parked_until = self._alone_until = None
                self._attachment = self._outbox.attach()
            case Effect.REPLAY if cue.last_seq is not None:
                self._ports.meters.replayed(self._outbox.replay_after(cue.last_seq))

    def _note_sight(self, face: bytes | None) -> None:
        speaker = self._company.speaker
        if speaker.known:
            self._remembering.saw(speaker.person_id, face)

    def _start(self, utterance: Utterance) -> None:
        self._turns += 1
        self._reminding.come(self._company.speaker)
        settings, speaker = self._settings, self._company.speaker.person_id
        asked_to_look = self._captures.answered_by(utterance, speaker)
        intent = self._remembering.hear(speaker, utterance.text)
        scene = self._company.next_scene(
            trio.current_time(),
            "silent" if utterance.kind == "sight" else "speaking",
            Scene(
                settings.language,
                settings.robot_name,
                asked_to_look=asked_to_look,
                wish=intent.told,
                incognito=intent.incognito,
            ),
        )
        private = intent.private
        if utterance.kind == "due":
            due, unkept = self._reminding.begin(speaker)
            scene, private = evolve(scene, due=due), private or unkept
        promise = self._remembering.forget_as_wished(speaker, intent)
        self._compaction.drop_moved()
        scene = evolve(scene, earlier=self._history.earlier(speaker))
        history = self._seen_by(speaker, utterance)
        if utterance.text and not intent.private:
            index = self._history.next_index
            entry = Entry(index, speaker, Said("person", utterance.text), utterance.request_id)
            self._keeper.keep_turn(speaker, [entry], self._history.before(speaker, index))
        met = self._unannounced
        announce = met if met is not None and met.person_id == speaker else None
        plan = Plan(
            self._turns,
            utterance,
            scene,
            history,
            self._company.face,
            announce,
            asker=self.session_id,
            private=private,
            remember=intent.remember,
            reminders=self._reminding.of(speaker, utterance.request_id, private=private),
            payer=self._payer,
            kept=not self._keeper.waiting,
            promise=promise,
        )
        self._floor.start(plan, speaker)

    def _seen_by(self, speaker: str, utterance: Utterance) -> tuple[Said, ...]:
        """Return what the model sees of the conversation; what was selected stands for itself."""
        if utterance.about is not None and utterance.about.selected_text is not None:
            return ()
        newest = self._settings.newest
        return self._history.seen_by(speaker, None if newest is None else newest - 1)

    def _make_reminding(
        self, put: Callable[[Reminded], Awaitable[None]], nursery: trio.Nursery
    ) -> Reminding:
        return Reminding(
            self.session_id,
            self._keeper.device_id,
            self._keeper,
            self._mind.reminders,
            self._mind.loose_reminders,
            self._mind.claims,
            Clock(self._ports.wall_clock),
            put,
            self._company.is_forgotten,
            self._schedule,
            nursery,
        )

    def _on_forgot(self, forgot: Forgot) -> None:
        self._reminding.forget(forgot)

    def _make_compaction(
        self, put: Callable[[Summarised], Awaitable[None]], nursery: trio.Nursery
    ) -> Compaction:
        settings = self._settings
        return Compaction(
            self._history,
            settings.compaction_threshold,
            self._ports.brain,
            settings.language,
            settings.robot_name,
            put,
            nursery,
        )

    def _conclude(self, conclusion: Conclusion | None) -> None:
        if conclusion is None:
            return
        turn, person_id, met = conclusion.turn, conclusion.person_id, conclusion.turn.met
        self._remembering.keep(conclusion)
        if turn.private:
            self._reminding.hush(turn.request_id)
        if turn.plan.utterance.kind == "due":
            spoke = any(entry.said.role == "robot" for entry in conclusion.entries)
            self._reminding.end(heard=spoke)
        if met is not None and self._company.is_forgotten(met.person_id):
            self._remembering.forget_all(person_id)
        elif met is not None:
            self._history.name_stranger(person_id, met.person_id)
            self._keeper.keep_name(person_id, met.person_id)
            self._mind.became(person_id, met.person_id)
            self._reminding.name_stranger(person_id, met.person_id)
            if self._company.speaker.person_id == person_id:
                self._company.on_registered(met.person_id)
            person_id = met.person_id
        if conclusion.registered:
            self._unannounced = None
        elif met is not None:
            self._unannounced = met
        if self._unannounced and self._company.is_forgotten(self._unannounced.person_id):
            self._unannounced = None
        self._company.unannounced = self._unannounced.person_id if self._unannounced else None
        self._compaction.consider(person_id)
        if self._settings.newest is not None:
            self._history.keep_newest(self._settings.newest)
        if conclusion.asked_to_look:
            known = self._history.holds_turn(turn.request_id)  # not forgotten meanwhile
            question = " ".join(entry.said.text for entry in conclusion.entries[:1] if known)
            self._captures.ask(turn.request_id, person_id, question, trio.current_time())
            self._schedule()

    def _refuse_audio(self, effect: Effect, request_id: str) -> None:
        """Answer an `audio_end` with nothing before it that can be answered.

        Not if its error was told already, nor if it comes again: its answer is on the way, or out.
        """
        told, self._ear.told = self._ear.told, None
        turn = self._floor.turn
        again = self._floor.is_past(request_id) or (turn and turn.request_id == request_id)
        if told == request_id or again:
            log.info("audio_end_repeated", request_id=request_id)
            return
        spilled = effect is Effect.REPORT_SPILLED
        error = FileTooLarge(EAR_LIMIT) if spilled else EmptyAudio()
        self._fire(Event.USELESS, Cue(request_id=request_id, error=error))

    # ── links ─────────────────────────────────────────────────────────────────────────────

    def _attach(self, owed: Ask[Attached], last_seq: int | None, device_id: str | None) -> None:
        if device_id and self._keeper.belong_to(device_id):
            self._keeper.keep_turn(self._company.speaker.person_id, [])
        origin, self._origin = self._origin, None
        seen = last_seq
        if seen is None and self._outbox.last_seq == 0:
            seen = 0  # nothing was ever said: nobody can have lost the place
        caught_up = origin is None and seen is not None and self._outbox.holds_after(seen)
        self._reminding.read()
        self._fire(Event.RESUME if caught_up else Event.ATTACH, Cue(last_seq=seen))
        if not caught_up:
            self._fire(Event.LOST_PLACE)
        if self._attachment is None:
            owed.fail(ServerBusy("the session is over", retry_after=RESTART_S))
            return
        goes_on = last_seq is None and origin in {None, Origin.CONTINUED}
        self._ports.meters.came(_coming(origin, caught_up=caught_up, goes_on=goes_on))
        resumed, last_seq = caught_up or goes_on, self._outbox.last_seq
        owed.reply(Attached(self.session_id, self._attachment, resumed, last_seq))

    def _wait_for_link(self) -> None:
        wait_s, alone_s = self._settings.keep_alive, self._settings.alone_s
        if alone_s is not None and self._floor.turn is None:
            wait_s = alone_s
        self._parked_until = trio.current_time() + wait_s
        self._schedule()

    def _schedule(self) -> None:
        deadlines = [
            self._parked_until,
            self._alone_until,
            self._captures.until,
            self._reminding.until,
        ]
        at = min((at for at in deadlines if at is not None), default=None)
        self._wake_at(self.session_id, at)

    def _on_due(self, now: float) -> None:
        self._captures.expire(now)
        if self._alone_until is not None and self._alone_until <= now:
            self._stay_alone(now)
        if self._parked_until is not None and self._parked_until <= now:
            self._fire(Event.EXPIRED)
        self._schedule()

    def _stay_alone(self, now: float) -> None:
        """Nobody has come back for an answer: stop it, if it is not whole and to be fetched."""
        turn, alone_s = self._floor.turn, self._settings.alone_s
        self._alone_until = None if turn is None or alone_s is None else now + alone_s
        if turn is not None and turn.trail.is_asking:
            self._fire(Event.PERSON_LEFT)

    def _on_taken(self, number: int, message: ServerMessage) -> None:
        if self._floor.taken(number, message):
            try:
                self._mailbox.put_urgent(Delivered(number))
            except (ActorDied, MailboxFull) as failure:
                log.warning("delivery_not_noted", turn_id=number, reason=str(failure))


def _coming(origin: Origin | None, *, caught_up: bool, goes_on: bool) -> Coming:
    """Return how a robot has come; `origin` is where the session is from, for the first of them."""
    if caught_up:
        return "resumed"
    if goes_on:
        return "continued"
    if origin is None:
        return "lost_place"
    return "remembered" if origin is Origin.REMEMBERED else "new"
