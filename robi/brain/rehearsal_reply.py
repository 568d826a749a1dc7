"""What the rehearsal answers, and with which stage directions.

Owns its behaviour: it greets, learns a name, moves and lights up, asks to look, notes and recalls
what it was told, forgets when asked, tells how it feels, reads out what a text says. It says
honestly that it is a rehearsal wherever a model would be needed, and never claims to have seen or
understood what it has not. Pure: a request in, a `Reply` out.
"""

from datetime import datetime
from random import Random
from typing import Final

from attrs import evolve

from robi.brain.base import BrainRequest
from robi.brain.rehearsal_body import gestures_in
from robi.brain.rehearsal_lines import LINES, SUMMARIES
from robi.brain.rehearsal_memories import is_taste, noted_in, quoted, retold, told_back
from robi.brain.rehearsal_names import asks_name, name_in
from robi.brain.rehearsal_numbers import clock, date, duration, size
from robi.brain.rehearsal_privacy import private_class
from robi.brain.rehearsal_reading import read_out
from robi.brain.rehearsal_told import told
from robi.brain.rehearsal_tools import missing
from robi.brain.rehearsal_words import Topic, asks_tastes, language_of, topic_of
from robi.brain.rehearsal_written import Reply
from robi.protocol.media import duration_s
from robi.protocol.messages import Context
from robi.speech.due import due_in_words
from robi.speech.prompts import LOW_BATTERY
from robi.speech.scene import FORGETTING, Media, Wish

_HALF_BATTERY: Final = 60
_MEMORIES_TOLD: Final = 4


_SIMPLE: Final = {
    Topic.LOOK: Reply("curious", emojis=("1F4F7",), capture="photo"),
    Topic.FILM: Reply("curious", emojis=("1F3A5",), capture="video"),
    Topic.DISLIKE: Reply("empathy"),
    Topic.FORGET_NAME: Reply("empathy", emojis=("1F917",)),
    Topic.WHO: Reply("cool", emojis=("1F916",)),
    Topic.HELP: Reply("happy", emojis=("1F4A1",)),
    Topic.REHEARSING: Reply("neutral", emojis=("1F3AD",)),
    Topic.MACHINE: Reply("cool", emojis=("1F916",)),
    Topic.HEARING: Reply("curious", emojis=("1F442",)),
    Topic.TONGUES: Reply("happy", emojis=("1F5E3-FE0F",)),
    Topic.ASSENT: Reply("happy", emojis=("1F44D",)),
    Topic.REFUSAL: Reply("neutral", emojis=("1F44C",)),
    Topic.AFFECTION: Reply("love", emojis=("1F970", "2764-FE0F"), actions=("wiggle",)),
    Topic.THANKS: Reply("happy", emojis=("1F60A",), actions=("nod",)),
    Topic.BYE: Reply("greeting", emojis=("1F44B",), actions=("wave",)),
    Topic.OTHER: Reply("confused", emojis=("1F914",)),
}
"""The topics that are always answered alike, in words of their own name."""
_GOOD_TIMES_TO_ASK: Final = frozenset({Topic.WHO, Topic.OTHER})


def answer(request: BrainRequest, rng: Random) -> Reply:
    """Return what the rehearsal says to `request`; `rng` chooses among its sentences."""
    return _Rehearsed(request, rng).reply()


class _Rehearsed:
    """The answer to one request."""

    def __init__(self, request: BrainRequest, rng: Random) -> None:
        self._request = request
        self._text = request.utterance.text.strip()
        self._media = request.utterance.media
        self._history = request.history
        self._scene = request.scene
        self._rounds = request.rounds
        self._rng = rng
        self._language = request.scene.language
        heard = [said.text for said in self._history if said.role == "person"]
        if not self._scene.due:  # else nobody has spoken
            heard.append(self._text)
        for text in heard:
            self._language = language_of(text, self._language)
        asked = [asks_name(said.text) for said in request.history if said.role == "robot"]
        self._ever_asked = any(asked)
        self._just_asked = bool(asked) and asked[-1]

    def reply(self) -> Reply:
        """Return the answer."""
        if self._scene.due or self._scene.arrival == "silent":
            return self._unasked()
        if self._rounds:
            return told(self._rounds, self._text, self._language, self._line)
        if self._scene.wish is not None:
            return self._wished(self._scene.wish)
        if self._scene.reading is not None:
            before = next((s.text for s in reversed(self._history) if s.role == "person"), "")
            return read_out(self._scene.reading, self._text, self._line, self._language, before)
        return self._shown_or_said()

    def _shown_or_said(self) -> Reply:
        picture = next((media for media in self._media if media.kind != "audio"), None)
        if picture is not None:
            return self._seen(picture)
        audio = next(iter(self._media), None)
        if audio is None:
            return self._to_words()
        seconds = duration(duration_s(audio.mime, audio.data), self._language)
        summary = SUMMARIES["audio"][self._language].format(duration=seconds)
        if self._text:
            return evolve(self._to_words(), summary=summary)
        text = self._line("heard", duration=seconds) + self._ask_name()
        return Reply("curious", text, ("1F442",), summary=summary)

    def _unasked(self) -> Reply:
        """Speak of the robot's own accord."""
        if self._scene.due:
            return Reply("excited", due_in_words(self._scene, self._language), ("23F0",), ("nod",))
        return self._hello()

    def _to_words(self) -> Reply:
        if lacking := missing(self._request):
            return Reply("curious", self._line(lacking), ("23F2-FE0F",))
        name = name_in(self._text, asked=self._just_asked)
        if name is not None and name.casefold() == self._scene.robot_name.casefold():
            name = None  # it is the robot that is called
        topic = topic_of(self._text)
        if name is not None and topic is not Topic.FORGET_NAME:
            reply = self._named(name)
            # "I'm Ana and I like jazz" is two things.
            return self._like(reply) if topic is Topic.LIKE else reply
        return self._to_topic(topic)

    def _to_topic(self, topic: Topic) -> Reply:
        match topic:
            case Topic.BODY:
                reply = self._body()
            case Topic.LIKE:
                reply = self._like(Reply("happy", "", ("2764-FE0F",)))
            case Topic.RECALL:
                reply = self._recall()
            case Topic.NAME:
                reply = self._name()
            case Topic.FEELING:
                reply = self._feeling()
            case Topic.TIME | Topic.DATE:
                reply = self._time(topic)
            case Topic.HELLO:
                reply = self._hello()
            case Topic.OTHER if told := self._told():
                reply = Reply("happy", told + self._ask_name(), ("1F642",))
            case _:
                reply = _SIMPLE[topic]
                text = self._line(topic.name.lower())
                if topic in _GOOD_TIMES_TO_ASK:
                    text += self._ask_name()
                reply = evolve(reply, text=text)
        return reply

    def _hello(self) -> Reply:
        if self._scene.name is not None:
            text = self._welcome() or self._line("hello_known")
            return Reply("greeting", text, ("1F44B", "1F917"), ("wave",))
        text = self._line("hello_stranger") + self._ask_name(again=True)
        return Reply("greeting", text, ("1F44B",), ("wave",))

    def _welcome(self) -> str | None:
        """Return a greeting that mentions a memory, to someone who has just come back."""
        if self._scene.arrival is None or not self._scene.memories:
            return None
        for memory in self._scene.memories:
            if told := retold(memory.rstrip("."), self._language):
                return self._line("hello_again", memory=_within(told))
        noted = quoted(self._scene.memories[0].rstrip("."), self._language)
        return self._line("hello_noted", quoted=noted)

    def _wished(self, wish: Wish) -> Reply:
        """Say what is being done about a wish (`Scene.wish`), and nothing of what it is about."""
        if wish == "too_private" or (wish == "remember" and private_class(self._text) is not None):
            return Reply("worried", self._line("wish_too_private"), ("1F910",))
        if wish == "remember" and self._scene.incognito:
            return Reply("neutral", self._line("wish_remember_unkept"), ("1F910",))
        text = self._line(f"wish_{wish}")
        if wish == "remember":
            return Reply("happy", text + self._ask_name(), ("1F4DD",), ("nod",))
        return Reply("neutral", text, ("1F9F9" if wish in FORGETTING else "1F44D",), ("nod",))

    def _told(self) -> str | None:
        """Return that what the person told of themselves was understood, if it was."""
        for noted in noted_in(self._text):
            if told := retold(noted.content, self._language):
                kept = not self._scene.incognito
                return self._line("told" if kept else "told_unkept", memory=_within(told))
        return None

    def _named(self, name: str) -> Reply:
        known = self._scene.name
        if known is None:
            return Reply("excited", self._line("met", name=name), ("1F917",), ("nod",), name=name)
        same = known.casefold().split()[0] == name.casefold().split()[0]
        return Reply("happy", self._line("met_before" if same else "known_otherwise"), ("1F642",))

    def _body(self) -> Reply:
        actions = tuple(gestures_in(self._text))
        lit = next((action for action in actions if action.startswith("light")), None)
        if lit is None:
            return Reply("playful", self._line("body"), ("1F916",), actions)
        occasion = "light_off" if lit == "light:off" else "light"
        return Reply("excited", self._line(occasion), ("1F4A1",), actions)

    def _like(self, reply: Reply) -> Reply:
        noted = next((noted for noted in noted_in(self._text) if noted.kind == "preference"), None)
        if noted is None:  # in a question, say
            return reply if reply.text else self._to_topic(Topic.OTHER)
        kept = not self._scene.incognito
        said = self._line("like" if kept else "like_unkept", like=noted.what)
        text = f"{reply.text} {said}".strip()
        if reply.name is None:
            text += self._ask_name()
        return evolve(reply, text=text, like=noted.content if kept else None)

    def _recall(self) -> Reply:
        here = [
            noted
            for said in self._history
            if said.role == "person"
            for noted in noted_in(said.text)
        ]
        known = " ".join(self._scene.memories).casefold()
        memories = [memory.rstrip(".") for memory in self._scene.memories]
        memories += [noted.content for noted in here if noted.what.casefold() not in known]
        if asks_tastes(self._text):
            memories.sort(key=is_taste, reverse=True)
        told = [told_back(memory, self._language) for memory in dict.fromkeys(memories)]
        if not told and self._scene.name is not None:
            return Reply("love", self._line("recall_name"), ("1F917",))
        if not told:
            return Reply("curious", self._line("recall_nothing") + self._ask_name(), ("1F914",))
        sentences = "".join(f"{memory}. " for memory in told[:_MEMORIES_TOLD]).rstrip()
        return Reply("love", self._line("recall", memories=sentences), ("1F9E0",))

    def _name(self) -> Reply:
        if self._scene.name is not None:
            return Reply("happy", self._line("your_name"), ("1F642",))
        text = self._line("your_name_unknown") + self._ask_name(again=True)
        return Reply("curious", text, ("1F914",))

    def _feeling(self) -> Reply:
        level = _battery(self._scene.context)
        if level is None:
            return Reply("happy", self._line("feeling"), ("1F60A",))
        if level <= LOW_BATTERY:
            return Reply("worried", self._line("feeling_low"), ("1FAAB",))
        if level <= _HALF_BATTERY:
            return Reply("neutral", self._line("feeling_half"), ("1F50B",))
        return Reply("happy", self._line("feeling_full"), ("1F50B", "1F60A"))

    def _time(self, topic: Topic) -> Reply:
        try:
            moment = datetime.fromisoformat(self._scene.local_time or "")
        except ValueError:
            return Reply("confused", self._line("time_unknown"), ("1F937",))
        if topic is Topic.DATE:
            return Reply(
                "neutral", self._line("date", date=date(moment, self._language)), ("1F4C5",)
            )
        return Reply("neutral", self._line("time", time=clock(moment, self._language)), ("1F570",))

    def _seen(self, picture: Media) -> Reply:
        facts = {
            "format": picture.mime.partition("/")[2].removeprefix("x-").upper() or "?",
            "size": size(len(picture.data), self._language),
        }
        kind = "video" if picture.kind == "video" else "image"
        return Reply(
            "curious",
            self._line(f"seen_{kind}", **facts) + self._ask_name(),
            ("1F3A5",) if kind == "video" else ("1F4F7",),
            summary=SUMMARIES[kind][self._language].format(**facts),
        )

    def _ask_name(self, *, again: bool = False) -> str:
        """Return a question for the name of a stranger; unless `again`, only once."""
        if self._scene.name is not None or (self._ever_asked and not again):
            return ""
        return f" {self._line('ask_name')}"

    def _line(self, occasion: str, **words: str) -> str:
        facts = {"robot": self._scene.robot_name, "name": self._scene.name or ""}
        return self._rng.choice(LINES[occasion][self._language]).format(**(facts | words))


def _within(sentence: str) -> str:
    """Return `sentence` as it stands within another."""
    return sentence if sentence.startswith("I ") else sentence[0].lower() + sentence[1:]


def _battery(context: Context) -> int | None:
    """Return the level of the emptiest battery, in percent."""
    levels = (context.battery_level, context.battery_robot, context.battery_phone)
    return min((level for level in levels if level is not None), default=None)
