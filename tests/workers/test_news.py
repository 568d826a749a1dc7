"""What all processes know: news that are taken before anything is erased, and what is shared.

Home and two others, with lines in memory and a virtual clock; of the tree there is only what they
reach.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import trio
import trio.testing
from attrs import define, field

from robi.actors.ask import Ask, ask
from robi.actors.mail import Forgot, Hushed
from robi.actors.mailbox import Mailbox
from robi.actors.memory_mail import Forget
from robi.actors.remote import Flush
from robi.actors.snapshot import Snapshot, State
from robi.brain.ledger import Allowance, Ledger
from robi.protocol.messages import TokenUsage
from robi.store.base import ErasePerson
from robi.workers.branch import BranchActor, CountsForHome, WayHome
from robi.workers.branches import TAKEN_WITHIN_S, Branches
from robi.workers.home import HomeActor
from robi.workers.news import Look, Portrait, Unhand
from robi.workers.shared import (
    HOLD_S,
    ClaimsAtHome,
    ClaimsElsewhere,
    ForgottenAtHome,
    ForgottenElsewhere,
    Visits,
)
from robi.workers.sockets import Sockets

ANA = Forgot("user_ana", everything=True, person_too=True)
BEA = Forgot("user_bea", about=("le gusta el té",))
PIDS = count(4000)
DAY = datetime(2026, 11, 21, 12, tzinfo=UTC)


def ledger() -> Ledger:
    return Ledger(lambda: DAY, allowance=Allowance(tokens=1_000))


def nobody(_at: object) -> Snapshot:
    return Snapshot("robi", State.RUNNING, None, 0, 0.0, 0, 0, {})


async def unhand(owed: Ask[None], _asked: Unhand) -> None:
    owed.reply(None)


@define(eq=False)
class Other:
    """A process that is not home."""

    number: int
    pid: int = field(factory=lambda: next(PIDS))
    way: WayHome = field(factory=WayHome)
    forgotten: ForgottenElsewhere = field(factory=ForgottenElsewhere)
    store: Mailbox[Any] = field(factory=lambda: Mailbox("store"))
    janitor: Mailbox[Any] = field(factory=lambda: Mailbox("janitor"))
    mailbox: Mailbox[Any] = field(factory=lambda: Mailbox("home"))
    informed: trio.Event = field(factory=trio.Event)
    """Set to let the sessions take news."""
    told: list[Forgot | Hushed] = field(factory=list)
    unhanded: list[Unhand] = field(factory=list)
    looks: bool = True
    visits: Visits = field(init=False)
    claims: ClaimsElsewhere = field(init=False)
    books: CountsForHome = field(init=False)
    scope: trio.CancelScope = field(factory=trio.CancelScope)

    def __attrs_post_init__(self) -> None:
        self.visits = Visits(self.way.tell)
        self.claims = ClaimsElsewhere(self.way.tell, self.way.may_speak)
        self.books = CountsForHome(ledger(), self.way)

    async def inform(self) -> None:
        await self.informed.wait()
        self.told += self.forgotten.take_news()

    async def flushing(self, mailbox: Mailbox[Any]) -> None:
        async for message in mailbox:
            assert isinstance(message.question, Flush)
            message.reply(None)

    async def unhand(self, owed: Ask[None], asked: Unhand) -> None:
        self.unhanded.append(asked)
        owed.reply(None)

    async def look(self, _asked: Look) -> Portrait:
        if not self.looks:
            await trio.sleep_forever()
        return Portrait(nobody(None), ((1, 2, self.number),))

    async def run(self, home: "Site") -> None:
        near, far = trio.testing.memory_stream_pair()

        async def dial(_name: str) -> trio.abc.Stream:
            return near

        with self.scope:
            async with trio.open_nursery() as nursery:
                nursery.start_soon(home.actor.serve_branch, self.number, self.pid, far)
                nursery.start_soon(self.books.keep)
                await BranchActor(
                    dial,
                    self.way,
                    self.forgotten,
                    self.visits,
                    self.claims,
                    self.books,
                    self.inform,
                    self.store,
                    self.janitor,
                    self.unhand,
                    self.look,
                ).run(self.mailbox, lambda: None)
        self.way.open(None, None)


@define(eq=False)
class Site:
    """Home and the others."""

    nursery: trio.Nursery
    given_up: list[int] = field(factory=list)
    others: dict[int, Other] = field(factory=dict)
    branches: Branches = field(init=False)
    forgotten: ForgottenAtHome = field(init=False)
    visits: Visits = field(init=False)
    claims: ClaimsAtHome = field(init=False)
    ledger: Ledger = field(factory=ledger)
    gone: trio.Event = field(factory=trio.Event)
    actor: HomeActor = field(init=False)

    def __attrs_post_init__(self) -> None:
        self.branches = Branches((1, 2), self.give_up)
        self.forgotten = ForgottenAtHome(self.branches.tell, self.branches.announce)
        self.visits = Visits(self.branches.tell)
        self.claims = ClaimsAtHome(self.branches.tell)
        self.actor = HomeActor(
            Sockets(Path()),  # where nobody listens
            {},
            self.branches,
            lambda: self.forgotten.standing(self.visits, self.claims),
            self.visits,
            self.claims,
            unhand,
            self.ledger,
            self.gone.set,
        )

    def give_up(self, number: int, pid: int) -> None:
        """As the parent does."""
        self.given_up.append(number)
        if self.others[number].pid == pid:
            self.others[number].scope.cancel()

    async def come(self, number: int, *, takes_news: bool = True) -> Other:
        """Another process comes; its sessions take news at once, or only when they are let."""
        other = self.others[number] = Other(number)
        if takes_news:
            other.informed.set()
        self.nursery.start_soon(other.run, self)
        self.nursery.start_soon(other.flushing, other.janitor)
        if takes_news:
            self.nursery.start_soon(other.flushing, other.store)
        await trio.testing.wait_all_tasks_blocked()
        return other


@asynccontextmanager
async def home() -> AsyncIterator[Site]:
    async with trio.open_nursery() as nursery:
        site = Site(nursery)
        nursery.start_soon(site.actor._tell_spending)
        yield site
        nursery.cancel_scope.cancel()


async def ends_at(wait: Callable[[], Any]) -> float:
    begun = trio.current_time()
    with trio.fail_after(1_000):
        await wait()
    return trio.current_time() - begun


# ── what is forgotten ─────────────────────────────────────────────────────────────────────


async def test_news_are_in_every_process_before_all_are_told(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        others = [await site.come(number) for number in (1, 2)]
        site.forgotten.add("user_ana")
        site.forgotten.announce(ANA)
        await site.branches.all_told()
        for other in others:
            assert other.told == [ANA]
            assert "user_ana" in other.forgotten
            assert list(other.forgotten.recent()) == [ANA]


async def test_nothing_is_erased_while_sessions_of_a_process_have_not_been_told(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        await site.come(1)
        late = await site.come(2, takes_news=False)
        site.forgotten.announce(ANA)

        @site.nursery.start_soon
        async def later() -> None:
            await trio.sleep(3)
            late.informed.set()
            await trio.sleep(2)
            await late.flushing(late.store)

        assert await ends_at(site.branches.all_told) == 5  # what it had written came before, too
        assert late.told == [ANA]
        assert site.given_up == []


async def test_process_that_does_not_take_news_is_given_up_and_waited_for(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        await site.come(1)
        await site.come(2, takes_news=False)
        site.forgotten.announce(ANA)
        assert await ends_at(site.branches.all_told) == TAKEN_WITHIN_S
        assert set(site.given_up) == {2}
        assert list(site.branches.lines) == [1]


@pytest.mark.parametrize("news", [True, False])
async def test_process_that_hangs_once_it_took_the_news_is_given_up(
    news: bool, autojump_clock: trio.testing.MockClock
) -> None:
    async with home() as site:
        hung = await site.come(1, takes_news=False)  # nor is its store flushed
        hung.informed.set()
        hung.looks = False
        if news:
            site.forgotten.announce(ANA)
        assert await ends_at(site.branches.all_told) == 2 * TAKEN_WITHIN_S
        assert set(site.given_up) == {1}


async def test_process_that_waits_for_a_full_mailbox_is_waited_for(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        slow = await site.come(1, takes_news=False)

        @site.nursery.start_soon
        async def later() -> None:
            await trio.sleep(100)
            await slow.flushing(slow.store)

        assert await ends_at(site.branches.all_told) == 100
        assert site.given_up == []


async def test_process_that_dies_with_news_in_hand_holds_nobody_up(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        dying = await site.come(1, takes_news=False)
        site.forgotten.announce(ANA)

        @site.nursery.start_soon
        async def die() -> None:
            await trio.sleep(1)
            dying.scope.cancel()

        assert not site.gone.is_set()
        assert await ends_at(site.branches.all_told) == 1
        await trio.testing.wait_all_tasks_blocked()
        assert site.gone.is_set()
        site.forgotten.announce(BEA)
        assert await ends_at(site.branches.all_told) == 0


async def test_disk_for_files_that_hangs_holds_up_forgetting_for_a_moment_only(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        other = site.others[1] = Other(1)
        other.informed.set()
        site.nursery.start_soon(other.run, site)
        site.nursery.start_soon(other.flushing, other.store)
        await trio.testing.wait_all_tasks_blocked()
        site.forgotten.announce(ANA)
        assert await ends_at(site.branches.all_told) == 1.5


async def test_process_that_comes_later_knows_all_that_stands(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        site.forgotten.load(frozenset({"abc"}))
        site.forgotten.add("user_ana")
        done = site.forgotten.begin(Forget(ErasePerson("user_ana", 0.0)), ANA, 0.0)
        site.forgotten.begin(Forget(ErasePerson("user_bea", 0.0)), BEA, 0.0)
        site.forgotten.finish(done)
        site.visits["user_carlos"] = trio.current_time() - 60
        site.claims.take("reminder_1", "s")
        other = await site.come(1)
        assert "user_ana" in other.forgotten
        assert list(other.forgotten.recent()) == [ANA, BEA]
        assert other.visits == {"user_carlos": trio.current_time() - 60}
        assert not other.claims.allow("reminder_1", "another")
        await trio.sleep(11)  # the store has done the one; the other stands
        assert list(other.forgotten.recent()) == [BEA]


async def test_person_readmitted_is_somebody_in_every_process(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        other = await site.come(1)
        site.forgotten.add("user_ana")
        site.forgotten.readmit("user_ana")
        await trio.testing.wait_all_tasks_blocked()
        assert "user_ana" not in other.forgotten


async def test_process_whose_line_is_lost_is_ended_since_it_would_hear_no_news(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        other = await site.come(1)
        assert other.way.line is not None
        await other.way.line._stream.aclose()
        await trio.testing.wait_all_tasks_blocked()
        assert site.given_up == [1]


async def test_process_that_leaves_in_order_is_not_ended_for_it(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        other = await site.come(1)
        other.mailbox.request_stop()
        await trio.sleep(1)
        assert (site.given_up, list(site.branches.lines)) == ([], [])
        site.forgotten.announce(ANA)
        assert await ends_at(site.branches.all_told) == 0


# ── who is incognito ──────────────────────────────────────────────────────────────────────


async def test_visit_incognito_holds_in_every_process_and_ends_in_every_one(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        one, two = [await site.come(number) for number in (1, 2)]
        one.visits["user_ana"] = trio.current_time()
        await trio.testing.wait_all_tasks_blocked()
        assert site.visits == two.visits == {"user_ana": trio.current_time()}
        site.visits.pop("user_ana", None)
        await trio.testing.wait_all_tasks_blocked()
        assert one.visits == two.visits == {}


# ── who speaks of what ────────────────────────────────────────────────────────────────────


async def test_reminder_known_in_two_processes_is_spoken_of_by_one(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        one, two = [await site.come(number) for number in (1, 2)]
        may: list[Other] = []
        for other in (one, two):
            again = partial(may.append, other)
            assert not other.claims.may_speak("r", f"s{other.number}", again)
        await trio.testing.wait_all_tasks_blocked()
        (first,) = may
        assert first.claims.may_speak("r", f"s{first.number}", lambda: None)
        first.claims.take("r", f"s{first.number}")
        await trio.sleep(2 * HOLD_S)
        assert site.claims.taken == {"r": f"s{first.number}"}
        assert not any(o.claims.allow("r", "s-other") for o in (one, two))


@pytest.mark.parametrize("dies", [False, True])
async def test_reminder_that_was_not_spoken_of_is_anybodys_again(
    dies: bool, autojump_clock: trio.testing.MockClock
) -> None:
    async with home() as site:
        one, two = [await site.come(number) for number in (1, 2)]
        heard: list[int] = []
        one.claims.may_speak("r", "s1", lambda: heard.append(1))
        await trio.testing.wait_all_tasks_blocked()
        assert heard == [1]
        if dies:
            one.scope.cancel()
            await trio.testing.wait_all_tasks_blocked()
        else:
            assert not two.claims.may_speak("r", "s2", lambda: heard.append(2))
            await trio.sleep(HOLD_S + 1)
        two.claims.may_speak("r", "s2", lambda: heard.append(2))
        await trio.testing.wait_all_tasks_blocked()
        assert heard == [1, 2]


# ── what the model counts ─────────────────────────────────────────────────────────────────


async def test_spending_of_all_processes_counts_in_each_within_seconds(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        one, two = [await site.come(number) for number in (1, 2)]
        one.books.counts.count("talk", TokenUsage(100, 10))
        site.ledger.count("talk", TokenUsage(200, 20))
        await trio.sleep(3)
        one.books.counts.count("talk", TokenUsage(300, 30))
        two.books.counts.count("judge", TokenUsage(5, 1))
        await trio.sleep(3)
        for counts in (site.ledger, one.books.counts, two.books.counts):
            assert counts.today() == TokenUsage(605, 61)
        assert site.ledger.changed() == {
            ("2026-11-21", "talk"): TokenUsage(600, 60),
            ("2026-11-21", "judge"): TokenUsage(5, 1),
        }
        one.scope.cancel()
        again = await site.come(1)
        assert again.books.counts.today() == TokenUsage(605, 61)


# ── views, and sessions that go elsewhere ─────────────────────────────────────────────────


async def test_view_has_every_process_and_shows_a_silent_one_as_such(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        one = await site.come(1)
        assert await ends_at(lambda: site.branches.look(Look())) == 0
        seen = await site.branches.look(Look(figures=True))
        assert (seen[1] and seen[1].times, seen[2]) == (((1, 2, 1),), None)
        assert site.actor.details() == {"others": 1, "expected": 2, "degraded": True}
        one.looks = False
        assert await ends_at(lambda: site.branches.look(Look())) == 1
        assert await site.branches.look(Look()) == {1: None, 2: None}


async def test_session_that_goes_elsewhere_is_let_go_of_where_it_is(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        one, two = [await site.come(number) for number in (1, 2)]
        assert one.way.line is not None
        for at in (0, 2):
            await ask(one.way.line, Unhand(at, "s", "d"), timeout=1)
        assert two.unhanded == [Unhand(2, "s", "d")]
        two.scope.cancel()
        await trio.testing.wait_all_tasks_blocked()
        await ask(one.way.line, Unhand(2, "s", "d"), timeout=1)  # nobody there has it


async def test_news_while_no_process_is_there_are_told_to_nobody(
    autojump_clock: trio.testing.MockClock,
) -> None:
    async with home() as site:
        site.forgotten.announce(ANA)
        assert await ends_at(site.branches.all_told) == 0
