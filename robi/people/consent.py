"""What a person wishes to be remembered or forgotten, heard from their words.

Owns the phrases, as one table: which word stands where decides, in Spanish and English, so this is
one file though it is long. A wish must hold without asking the model, and it acts on what is kept,
so it is told by form and not by meaning: the phrase has to open a clause, be addressed to the
robot, and say what it is about. Whoever talks of forgetting ("olvidé las llaves", "my grandmother
said: forget it") wishes nothing.

In doubt the smaller loss decides. To remember less for a visit costs little, so "esto no lo
recuerdes" may stand anywhere in a sentence; to forget a person costs much, so that needs a sentence
of its own that says of whom ("borra todo" may be a list or a screen), and no joke beside it.
"Forget it" is mostly "never mind": it counts as the last that is said, not with "I'll do it myself"
behind it. A name alone cannot be forgotten (it is how a person is known), so "olvida mi nombre" is
no wish here: whoever answers says so, and how to be forgotten whole. Nor is "cancel my alarm", for
which the model has tools.

Everything is compared folded and word by word; no pattern looks ahead over more than a few words
before it is sure, so that the time taken grows with the length of the text and no faster.
"""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final, Literal

from attrs import field, frozen

from robi.people.words import fold, terms

WishKind = Literal[
    "forget_that", "forget_about", "forget_all", "incognito", "resume", "remember"
]  # fmt: skip


@frozen
class Wish:
    """What a person wants of the robot's memory.

    - `forget_that`: what was just said, in this utterance or the one before.
    - `forget_about`: everything `about` something.
    - `forget_all`: the person and all that is known of them.
    - `incognito`: keep nothing from here on, this utterance included; `resume` ends it.
    - `remember`: keep `about`, told explicitly.

    `about` is in the person's own words, with their capitals; empty for the other kinds.
    """

    kind: WishKind
    about: str = field(default="", repr=False)


# ── the phrases, on folded words with one space between them ──────────────────────────────

_COURTESY: Final = (
    r"(?:por fa(?:vor)?|porfis?|porfa|plis|please|ro[bv](?:i|y|bie|bi)|oye|oiga|eh|ey|hey|hola"
    r"|hello"
    r"|hi|bueno|vale|venga|pues|mira|anda|a ver|uy|ups|oops|ay|ah|oh|um|uh|mmm?|perdona?|perdone"
    r"|disculpa|lo siento|sorry|excuse me|actually|well|ok|okay|all right|alright|mejor|de hecho"
    r"|en serio|seriously|ahora|now|just|y|pero|and|but|so|then|entonces|asi que|gracias"
    r"|thanks|thank you|sabes que|you know what)"
)
_BEFORE: Final = rf"(?:{_COURTESY} ){{0,8}}"
_TAG: Final = (
    r"(?:vale|ok|okay|eh|por favor|porfa|please|de acuerdo|entendido|all right|alright|right"
    r"|will you|would you|can you|could you|quieres|te importa|got it|understood|si)"
)
_AFTER: Final = (
    rf"(?P<tag>(?: (?:{_COURTESY}|{_TAG}|ya|ahora mismo|right now|immediately|inmediatamente"
    r"|para siempre|forever|completely|entirely|del todo|por completo|de una vez|tambien"
    r"|too)){0,5})"
)
_ASKED: Final = (
    r"(?P<modal>(?:(?:me |te )?(?:puedes|podrias|puede|podria) (?:por favor )?"
    r"|(?:haz|hazme) el favor de "
    r"|(?:quiero|quisiera|necesito|te pido|me gustaria|prefiero|preferiria) que "
    r"|(?:tienes que|debes|deberias) "
    r"|(?:can|could|would) you (?:please |just |kindly )?"
    r"|id (?:like|prefer) you to |i (?:would like|want|need) you to )?)"
)
_FORGET_ES: Final = r"h?ol[vb]id(?:a|e|es|ad|ar)"
_ERASE_ES: Final = (
    r"(?:[bv]orr(?:a|e|es|ad|ar)|elimin(?:a|e|es|ad|ar)|suprim(?:e|a|as|id|ir)"
    rf"|{_FORGET_ES}|(?:h?ol[vb]id(?:ate|ese|arte|aos)|te ol[vb]ides) de)"
)
_FORGET_EN: Final = r"(?:forget|unremember)"
_ERASE_EN: Final = r"(?:forget|erase|delete|remove|wipe|clear|unremember)"

_JUST_SAID_ES: Final = (
    r"(?:eso|esto|aquello|todo eso|todo esto|lo ultimo|lo anterior|lo de antes|lo de ahora"
    r"|eso ultimo|eso de antes|la ultima frase|mi ultima frase|la ultima cosa"
    r"|(?:todo )?(?:lo (?:ultimo )?|eso )que (?:te )?(?:acabo de|acabamos de|he|hemos|dije|conte"
    r"|acabas de)"
    r"(?: (?:decir(?:te)?|contar(?:te)?|hablar|oir|dicho|contado|hablado))?"
    r"(?: (?:ahora|ahora mismo|antes|hace un (?:momento|rato)|justo ahora|recien))?)"
)
_JUST_SAID_EN: Final = (
    r"(?:that|all (?:of )?that|that last (?:thing|bit|part|sentence)"
    r"|(?:the|my) last (?:thing|bit|part|sentence|message)(?: (?:that )?i (?:just )?said)?"
    r"|(?:everything|what|all|the thing)(?: that)? (?:i|we|ive|weve) (?:have |just )*"
    r"(?:said|told you|mentioned)(?: (?:just now|right now|now|before|earlier|a moment ago))?"
    r"|(?:that )?(?:i|ive) (?:just |ever )?(?:said|told you|mentioned) (?:that|anything|it|this"
    r"|so))"
)
_STILL: Final = r"(?: (?:pero|porque|y|que|but|because|and|since) .*)?"

_FORGET_THAT: Final = (
    rf"{_ERASE_ES} {_JUST_SAID_ES}",
    (
        r"haz(?:te)? (?:como si|cuenta de que|como que) (?:yo )?no (?:te )?"
        r"(?:he|hubiera|hubiese) dicho nada"
    ),
    rf"{_ERASE_EN} {_JUST_SAID_EN}",
    r"(?:scratch|strike) that",
    (
        rf"{_ERASE_ES} que (?:te )?(?:lo |la )?(?:he dicho|dije|he contado|conte)(?! que)(?: eso"
        rf"| esto| nada)?"
    ),
    # Said behind what it is about; of what is to come one says "esto", "this".
    r"(?:(?:que )?eso |no quiero que )?no lo (?:recuerdes|guardes|apuntes|anotes|memorices)",
    (
        r"(?:que )?no (?:quiero que )?(?:recuerdes|guardes|apuntes|anotes|memorices)"
        r" (?:eso(?: ultimo)?|lo ultimo|lo que (?:te )?(?:acabo de decir|he dicho))"
    ),
    r"dont (?:you )?(?:remember|save|store|keep|log|note|write down) (?:that|it)(?: down)?",
    r"(?:dont|do not) (?:remember|save|store) what (?:i|ive) (?:just )?(?:said|told you)",
)
# These are idioms more often than wishes: only as the last that is said.
_NEVER_MIND: Final = (
    r"h?ol[vb]id(?:a|e|ad|ar)lo|h?ol[vb]ida lo|[bv]orr(?:a|e|ar)lo|elimin(?:a|e|ar)lo",
    r"h?ol[vb]idate de (?:eso|esto|ello|lo ultimo)",
    rf"{_ERASE_EN} (?:it|this)|forget about (?:it|that|this)",
)
_FORGET_ALL: Final = (
    (
        r"h?ol[vb]id(?:a|e|ar)me|me ol[vb]ides|(?:[bv]orr|elimin)(?:a|e|ar)me"
        r"(?: de (?:tu|la) (?:memoria|base de datos|cabeza))?"
    ),
    r"(?:h?ol[vb]id(?:ate|ese|arte)|te ol[vb]ides) de mi",
    (
        rf"{_ERASE_ES} (?:mi nombre y )?(?:absolutamente )?todo"
        r"(?: (?:lo que )?(?:(?:de|sobre|acerca de) mi|lo mio)"
        r"| (?:lo )?que (?:sabes|recuerdas|tienes|has guardado|has aprendido|guardas|conoces)"
        r"(?: (?:de|sobre|acerca de) (?:mi|nosotros))?"
        r"| lo que te (?:he (?:dicho|contado)|dije|conte) (?:nunca|alguna vez|hasta ahora"
        r"|en mi vida))"
    ),
    (
        rf"{_ERASE_ES} (?:todos mis (?:datos|recuerdos)|mis (?:datos|recuerdos)(?: personales)?"
        r"|toda (?:mi|la) informacion(?: (?:de|sobre) mi)?|mi (?:perfil|cuenta|informacion)"
        r"|(?:todos )?(?:los|tus) recuerdos (?:de|sobre) mi|quien soy|que me conoces)"
    ),
    (r"forget (?:about )?me(?: and everything about me)?|(?:delete|erase) me"),
    rf"{_ERASE_EN} (?:absolutely )?everything (?:that )?you (?:ever )?(?:know|knew)",
    (
        rf"{_ERASE_EN} (?:my name and )?(?:absolutely )?(?:everything|all|anything)"
        r"(?: (?:that )?(?:you|youve) (?:ever )?"
        r"(?:know|knew|remember|have|store|stored|have stored|saved|have saved|learned"
        r"|have learned|got"
        r"|have got))?"
        r" (?:about|on|of) me"
    ),
    rf"{_ERASE_EN} (?:everything|all)(?: (?:that )?(?:i|ive|i have) ever (?:told you|said))",
    (
        r"(?:forget|erase|delete|remove|wipe|clear) (?:all (?:of )?)?"
        r"(?:my (?:personal )?(?:data|information|info|memories|profile|account|records?)"
        r"|(?:your|the) memor(?:y|ies) (?:of|about) me|me from your (?:memory|memories|database))"
    ),
    r"forget (?:who i am|(?:that )?you (?:ever )?(?:met|knew|know) me)",
)
_THIS_ES: Final = (
    r"(?:esto|nada|nada de (?:esto|lo que (?:te )?(?:diga|digo|cuente|cuento|voy a decir|hablemos))"
    r"|nada mas|lo que (?:te )?(?:diga|digo|cuente|voy a (?:decir(?:te)?|contar(?:te)?)|viene)"
    r"|(?:nada de )?esta (?:conversacion|charla|visita))"
)
_KEEP_ES: Final = r"(?:recuerdes|guardes|apuntes|anotes|grabes|memorices|registres|almacenes)"
_KEEP_EN: Final = (
    r"(?:remember|save|store|keep|record|log|note(?: down)?|write(?: down)?|memori[sz]e)"
)
_THIS_EN: Final = (
    r"(?:this|any of (?:this|it)|anything(?: (?:about me|i say|i tell you|of this|from now on))?"
    r"|this (?:conversation|chat|visit|one)|what (?:i say|i tell you|i am going to say"
    r"|im (?:going to|gonna|about to) (?:say|tell you)|comes next))"
)
_INCOGNITO: Final = (
    rf"(?:que )?no (?:me )?{_KEEP_ES} {_THIS_ES}(?: (?:de|sobre) mi)?",
    (
        rf"(?:de )?{_THIS_ES}(?: que (?:te )?(?:digo|voy a (?:decir|contar)(?:te)?))?"
        rf" no (?:me )?(?:lo )?{_KEEP_ES}(?: nada)?"
    ),
    rf"no (?:tomes|cojas) notas?(?: de (?:esto|nada))?|no te acuerdes de {_THIS_ES}",
    r"no (?:me |nos )?grabes(?: mas)?|(?:dont|do not|stop) record(?:ing)?(?: me| us)?",
    rf"no quiero que (?:lo )?{_KEEP_ES}(?: {_THIS_ES}(?: (?:de|sobre) mi)?)?",
    rf"{_ERASE_ES} lo que (?:te )?(?:voy a (?:decir|contar)(?:te)?|diga(?: ahora)?|viene ahora)",
    (
        r"(?:que )?(?:esto )?(?:que )?(?:quede|queda|se queda|se quede) entre (?:nosotros|tu y yo"
        r"|los dos)"
    ),
    (
        r"(?:esto|esto es|va|esto va) (?:off the record|extraoficial)"
        r"|(?:(?:activa|pon(?:te)?|entra) (?:el |en |en el )?)?modo (?:incognito|privado)"
        r"|de incognito"
    ),
    rf"(?:dont|do not|not|never) (?:you )?{_KEEP_EN} {_THIS_EN}(?: down)?",
    (
        rf"i (?:dont|do not) want you to {_KEEP_EN} {_THIS_EN}(?: down)?|id rather you (?:didnt"
        rf"|did not) "
        rf"{_KEEP_EN} {_THIS_EN}"
    ),
    (
        r"forget (?:what|everything|whatever) (?:i say next|i tell you next|comes next"
        r"|(?:i am|im) (?:about to|going to|gonna) (?:say|tell you))"
    ),
    (
        r"(?:lets )?keep this (?:just )?between (?:us|you and me|the two of us)"
        r"|this (?:stays|is|must stay) (?:just )?between (?:us|you and me)"
    ),
    r"(?:go |turn on |switch on |enter |start )?(?:incognito(?: mode)?|private mode)(?: on)?",
)
_OFF_THE_RECORD: Final = (
    r"(?:(?:this|that|the following|what i say) (?:is|goes|stays) |its |keep this |strictly "
    r"|(?:lets )?(?:go|talk|speak) )?off the record"
)
_RESUME: Final = (
    (
        r"ya puedes (?:volver a )?(?:recordar|apuntar|guardar|anotar|memorizar|tomar notas?)"
        r"(?: (?:cosas|todo|lo que (?:te )?diga))?(?: (?:otra vez|de nuevo|como siempre"
        r"|como antes))?"
    ),
    (
        r"(?:puedes volver|vuelve|empieza otra vez|ya puedes empezar) a (?:recordar|apuntar|guardar"
        r"|anotar|tomar notas?)(?: (?:cosas|todo|lo que (?:te )?diga))?(?: (?:otra vez|de nuevo))?"
    ),
    r"(?:puedes )?recordar (?:otra vez|de nuevo)|esto ya (?:lo puedes|puedes) (?:recordar|guardar)",
    r"(?:sal del?|quita|desactiva|apaga|fin del?|termina) (?:el )?modo (?:incognito|privado)",
    r"you (?:can|may) (?:start )?remember(?:ing)?(?: (?:things|stuff|everything|this))? again",
    (
        r"you (?:can|may) (?:start )?remember(?:ing)?(?: (?:things|stuff|everything))? now"
        r"|now you can remember(?: things)?(?: again)?"
    ),
    r"(?:start|resume|go back to) (?:remembering|saving|taking notes)(?: things)?(?: again)?",
    r"(?:you can )?(?:save|store|note) things again|(?:were |we are )?back on the record",
    (
        r"(?:stop|leave|exit|end|quit|turn off|switch off) (?:the )?"
        r"(?:incognito(?: mode)?|private mode)"
        r"|(?:incognito(?: mode)?|private mode) off"
    ),
)
_ABOUT_ES: Final = (
    (
        rf"{_ERASE_ES} (?:todo )?(?:lo )?(?:que (?:te )?(?:dije|he dicho|conte|he contado)"
        rf"|que sabes"
        r"|que recuerdas) (?:del?|sobre|acerca del?) "
    ),
    rf"{_ERASE_ES} (?:todo )?lo (?:del?|sobre|acerca del?) (?:que )?",
    (
        rf"{_ERASE_ES} (?:eso|todo|el dato|la idea|el recuerdo) (?:del?|sobre|acerca del?) "
        r"(?:que )?"
        # A thing is crossed off a list, not forgotten.
        r"(?!(?:\w+ )?(?:lista|listas|carrito|agenda|pizarra|pantalla)\b)"
    ),
    rf"{_ERASE_ES} (?=lo que (?:te )?(?:dije|he dicho|conte|he contado) )",
    (
        rf"{_ERASE_ES} que (?:te (?:dije|he dicho|conte"
        rf"|he contado) que )?(?!(?:yo )?(?:existo|exist"
        rf"|nac|estoy aqui))"
    ),
    rf"{_ERASE_ES} (?=(?:mi|mis) )",
    rf"{_ERASE_ES} (?=(?:el|la|los|las) (?:\w+ ){{1,3}}de (?:mi|mis) )",
)
_ABOUT_EN: Final = (
    (
        rf"{_ERASE_EN} (?:everything |all |anything |what )?"
        r"(?:(?:that )?(?:i|ive|you|youve) (?:have |just )*(?:told you|said|know|remember|heard) )?"
        r"(?:about|on) (?!\w+ing )(?!me\b|it\b|that$|this$)(?:the fact )?(?:that )?"
    ),
    rf"{_FORGET_EN} (?=(?:what|everything) (?:i|ive) (?:have )?(?:said|told) )",
    rf"{_FORGET_EN} (?:the fact )?(?:that )?(?=(?:i|im|ive|id|my|we|were|our) )(?!i exist|im here)",
    (
        rf"{_FORGET_EN} (?:the fact )?that (?=(?:he|she|hes|shes|they|theyre|it|its|his|her"
        rf"|their|the|"
        r"there|you|youre) \w+ )"
    ),
    rf"{_ERASE_EN} (?=my )",
)
_OWN_NAME: Final = re.compile(
    r"(?:mi nombre|como me llamo|me llamo|my name|(?:im|i am) called|what my name is"
    rf"|what im called)(?: (?!y |and )\w+){{0,6}}{_AFTER}"
)
# What a robot keeps for a person and is no memory of them: a tool of the model's takes it back.
_TO_BE_CANCELLED: Final = re.compile(
    r"(?:tod[oa]s (?:los |las )?|all (?:of )?)?(?:mi|mis|my) (?:(?:\w+ ){0,2})"
    r"(?:alarmas?|temporizador(?:es)?|recordatorios?|cronometros?|alarms?|timers?|reminders?)"
    r"(?: (?:de|del|para|a|al|por|sobre|que|at|to|for|on|of|about|that|y|and) .*)?"
    rf"{_AFTER}"
)
_DEMONSTRATIVE: Final = (
    r"(?!(?:that )?(?:time|times|day|night|morning|evening|week|weekend|summer|winter|year|trip"
    r"|song"
    r"|film|movie|show|book|game|guy|girl|man|woman|boy|kid|dog|cat|place|one|thing|party|story)\b)"
)
_REMEMBER_ES: Final = (
    r"(?:recuerda|recuerde|recuerdes|recordad|recordar) que ",
    r"(?:recuerda|recuerde|apunta|apunte|anota|anote) (?:esto |bien |lo siguiente )(?:que )?",
    r"(?:acuerdate|acuerdese|acordarte|te acuerdes|acordaos)(?: de)? que ",
    (
        r"(?:apunta|apuntes|apuntate|apunte|apuntar|anota|anotes|anotate|anote|anotar|toma nota de"
        r"|tomes nota de|guarda|memoriza|ten en cuenta|ten presente|no pierdas de vista) que "
    ),
    r"(?:nunca |no )(?:te )?ol[vb]id(?:es|e|eis)(?: de)? que ",
    r"(?:que )?no se te ol[vb]ide(?: de)? que ",
)
_SUBJECT_EN: Final = r"(?:i|im|ive|id|ill|my|we|were|weve|our|he|hes|she|shes|they|theyre)"
_TALK_EN: Final = (
    r"(?:i (?:told|said|mentioned|asked)|you |youre |we (?:went|talked|had|did|spoke))"
)
_REMEMBER_EN: Final = (
    (
        rf"(?:remember|(?:dont|do not|never|dont ever|dont you) forget) that {_DEMONSTRATIVE}"
        rf"(?!{_TALK_EN})"
    ),
    (
        rf"(?:remember|(?:dont|do not|dont ever) forget) (?={_SUBJECT_EN} )(?!{_TALK_EN})"
        r"(?!my (?!(?:\w+ ){1,6}(?:is|are|was|were|has|have|had|likes?|loves?|hates?|lives?"
        r"|works?|comes?)\b))"
    ),
    (
        r"(?:make a note|take (?:a )?note|note|note down|write down|jot down|keep in mind"
        r"|bear in mind"
        r"|save) that "
        rf"{_DEMONSTRATIVE}"
    ),
    r"(?:remember|note|write down|save) this (?=(?:i|im|my|we|our|he|she|they) )",
    rf"(?:make|take) (?:a )?note (?={_SUBJECT_EN} )",
)


# Whoever jokes takes back what cannot be brought back, and what was to be noted; "forget that, it
# was a joke" is meant all the same.
_JOKE: Final = re.compile(
    r"(?<!\bno )\b(?:es|era|fue|(?:estoy|estaba|iba|va) de|lo (?:digo|decia) (?:de|en))"
    r" (?:una )?broma\b"
    r"|\b(?:just|only|im|i am|i was) (?:just |only )?(?:kidding|joking)\b"
    r"|\b(?:its|it is|it was|thats|that was) (?:just |only )?a joke\b"
)
_JOKED_AWAY: Final[frozenset[WishKind]] = frozenset({"forget_all", "forget_about", "remember"})

# What others say: of the words behind it (or before it) nothing is a wish of this person.
_REPORTS: Final = re.compile(
    r"dijo|dice|dicen|decia|decian|dijeron|contesto|contesta|respondio|responde|grito"
    r"|grita|gritaba|pone|ponia|canta|cantaba|susurro|escribio|exclamo|suelta|solto"
    r"|said|says|say|told|tells|goes|sings|sang|shouted|shouts|wrote|replied"
    r"|answered|yelled"
)
_NEARBY: Final = 4
"""Words between what others say and who says it: "me dijo mi abuela", "she said to me"."""
_AND: Final = frozenset(["y", "pero", "mejor", "and", "but", "so", "porque", "because"])

MAX_ABOUT: Final = 500
"""Characters of `Wish.about`: a sentence, not a speech."""


def _table(*phrases: str, after: str = "") -> re.Pattern[str]:
    return re.compile(rf"{_BEFORE}{_ASKED}(?:{'|'.join(phrases)}){after}")


_NOTHING_ELSE: Final = re.compile(
    rf"(?:{_COURTESY}|{_TAG}|no|yes|nope)(?: (?:{_COURTESY}|{_TAG}|no|yes|nope))*"
)
_ALONE: Final = _table(*_FORGET_ALL, after=_AFTER)
_LAST: Final = _table(*_NEVER_MIND, after=_AFTER)
# In a clause of its own, or behind an "and"; more may follow a conjunction.
_CLAUSES: Final[tuple[tuple[WishKind, re.Pattern[str]], ...]] = (
    ("resume", _table(*_RESUME, after=_AFTER)),
    ("incognito", _table(*_INCOGNITO, after=_AFTER + _STILL)),
    ("incognito", _table(_OFF_THE_RECORD, after="(?P<tag>(?: .*)?)")),
    ("forget_that", _table(*_FORGET_THAT, after=_AFTER + _STILL)),
)
# These go on to the end of the sentence: what follows is what they are about.
_TAILS: Final[tuple[tuple[WishKind, re.Pattern[str]], ...]] = (
    ("remember", _table(*_REMEMBER_ES, *_REMEMBER_EN)),
    ("forget_about", _table(*_ABOUT_ES, *_ABOUT_EN)),
)


# ── sentences, clauses, words ─────────────────────────────────────────────────────────────

_WORD: Final = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
_STOP: Final = re.compile(r"[.!?\u2026](?=[\s\"'»”)]|$)|\n")
_BREAK: Final = re.compile(r"[^\w\s'\u2019.-]|[.](?=\s)|\s-+\s")
_QUOTE: Final = frozenset('"«“„')
_ABBREVIATED: Final = frozenset(["sr", "sra", "srta", "dr", "dra", "st", "mr", "mrs", "ms", "avda"])


@frozen
class _Word:
    folded: str
    start: int
    end: int


@frozen
class _Clause:
    """Words up to the next mark; `before` and `after` are the marks around them."""

    words: list[_Word]
    before: str
    after: str

    @property
    def folded(self) -> str:
        return " ".join(word.folded for word in self.words)

    @property
    def asked(self) -> bool:
        return "?" in self.after or "¿" in self.before

    @property
    def quoted(self) -> bool:
        return not _QUOTE.isdisjoint(self.before)


def _sentences(text: str) -> Iterator[list[_Clause]]:
    """Yield the clauses of each sentence, every clause with at least one word."""
    clauses: list[_Clause] = []
    words: list[_Word] = []
    before, end = "", 0
    for found in _WORD.finditer(text):
        marks = text[end : found.start()]
        stops = _stops(marks, words)
        if words and (stops or _BREAK.search(marks)):
            clauses.append(_Clause(words, before, marks))
            words = []
        if clauses and stops:
            yield clauses
            clauses = []
        if not words:
            before = marks
        end = found.end()
        # A ligature may come apart into several; here it is one word.
        folded = "".join(re.findall(r"[^\W_]+", fold(found.group())))
        words.append(_Word(folded, found.start(), end))
    if words:
        clauses.append(_Clause(words, before, text[end:]))
        yield clauses


def _stops(marks: str, words: list[_Word]) -> bool:
    if words and marks.startswith(". ") and words[-1].folded in _ABBREVIATED:
        return False
    return _STOP.search(marks) is not None


# ── the rule ──────────────────────────────────────────────────────────────────────────────


def wish(text: str) -> Wish | None:
    """Return what `text`, one utterance, asks of the memory; None in nearly every case.

    Of several the last counts: whoever corrects themself does so forward.
    """
    text = unicodedata.normalize("NFC", text)
    sentences = list(_sentences(text))
    found: Wish | None = None
    for number, clauses in enumerate(sentences, 1):
        kept = [clause for clause in clauses if not _NOTHING_ELSE.fullmatch(clause.folded)]
        if kept:
            last = number == len(sentences)
            found = _alone(kept, last=last) or _in_clause(kept) or _tail(kept, text) or found
    if found is not None and found.kind in _JOKED_AWAY and _jokes(sentences):
        return None
    return found


def _jokes(sentences: list[list[_Clause]]) -> bool:
    return any(_JOKE.search(clause.folded) for clauses in sentences for clause in clauses)


def _meant(match: re.Match[str], *, asked: bool) -> bool:
    """A question is no wish, unless it asks for it ("can you …") or only for assent ("…, ok?")."""
    return not asked or bool(match["modal"]) or bool(match.groupdict().get("tag"))


def _alone(clauses: list[_Clause], *, last: bool) -> Wish | None:
    sentence = " ".join(clause.folded for clause in clauses)
    if clauses[0].quoted:
        return None
    asked = any(clause.asked for clause in clauses)
    if (match := _ALONE.fullmatch(sentence)) and _meant(match, asked=asked):
        return Wish("forget_all")
    if last and (match := _LAST.fullmatch(sentence)) and _meant(match, asked=asked):
        return Wish("forget_that")
    return None


def _in_clause(clauses: list[_Clause]) -> Wish | None:
    for place, clause in enumerate(clauses):
        if _reported(clauses, place):
            continue
        folded = clause.folded
        for start in _starts(clause.words):
            for kind, pattern in _CLAUSES:
                match = pattern.fullmatch(folded, start)
                if match and _meant(match, asked=clause.asked):
                    return Wish(kind)
    return None


def _tail(clauses: list[_Clause], text: str) -> Wish | None:
    words = [word for clause in clauses for word in clause.words]
    sentence = " ".join(word.folded for word in words)
    asked = clauses[-1].asked
    first, offset = 0, 0  # of the clause: its words, its letters
    for place, clause in enumerate(clauses):
        if not _reported(clauses, place):
            for start in _starts(clause.words):
                for kind, pattern in _TAILS:
                    match = pattern.match(sentence, offset + start)
                    if match and _meant(match, asked=asked or clause.asked):
                        if kind == "forget_about" and _no_memory(sentence, match.end()):
                            return None
                        skipped = first + sentence.count(" ", offset, match.end())
                        about = text[words[skipped].start : words[-1].end][:MAX_ABOUT].rstrip()
                        if terms(about):
                            return Wish(kind, about)
        first += len(clause.words)
        offset += len(clause.folded) + 1
    return None


def _no_memory(sentence: str, start: int) -> bool:
    """Return whether what is named there cannot be forgotten, or is no memory."""
    return any(named.fullmatch(sentence, start) for named in (_OWN_NAME, _TO_BE_CANCELLED))


def _starts(words: list[_Word]) -> Iterator[int]:
    """Yield where in the clause a wish may begin: at its start, and behind an "and"."""
    offset = 0
    for place, word in enumerate(words):
        if place == 0 or words[place - 1].folded in _AND:
            yield offset
        offset += len(word.folded) + 1


def _reported(clauses: list[_Clause], place: int) -> bool:
    """Return whether this clause is what somebody else says."""
    clause = clauses[place]
    if clause.quoted:
        return True
    if place + 1 < len(clauses) and _tells(clauses[place + 1].words, last=_NEARBY):
        return True
    if place == 0:
        return False
    before = clauses[place - 1].words
    return _tells(before, first=0 if ":" in clause.before else max(len(before) - _NEARBY, 0))


def _tells(words: list[_Word], first: int = 0, last: int | None = None) -> bool:
    for place, word in enumerate(words[first:last], first):
        if _REPORTS.fullmatch(word.folded):
            of_me = place > 0 and words[place - 1].folded == "i"
            goes_on = place + 1 < len(words) and words[place + 1].folded in {"que", "that"}
            return not (of_me or goes_on)
    return False
