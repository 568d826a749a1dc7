"""A reader's answer: nothing is told that the passages do not bear out."""

import re
from collections.abc import Iterable, Sequence
from random import Random

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from robi.protocol.messages import Citation, Emotion, ServerMessage, TextChunk
from robi.speech.endings import Ending
from robi.speech.evidence import LONGEST_QUOTE
from robi.speech.prose import LONGEST_CODE
from robi.speech.read_answer import MOST_CITATIONS, ReadAnswer
from robi.speech.read_prompts import decline_words
from robi.speech.reading import Passage, Reading

PLANTS = Passage(
    "bio",
    "Biología",
    ("Tema 1", "La fotosíntesis"),
    "la-fotosintesis",
    "p. 12",
    "Las plantas verdes fabrican su alimento con luz. De la «fotosíntesis» sale oxígeno [O₂] a "
    "partir de dióxido de carbono\ny agua. Jan Ingenhousz la describió en 1779 — ¡con una vela!",
    "https://example.org/bio",
)
MOON = Passage(
    "sky", "The sky", (), "", "", "The moon has no light of its own. It reflects the sun."
)
TEXTS = Reading((PLANTS, MOON))
SELECTED = Reading((Passage("", "", (), "", "", MOON.words),), selected=True)
ANYTHING = Reading(wanted=False)
NOTHING_FOUND = Reading()
DECLINED = decline_words("es", selected=False)

LONG = "x" * LONGEST_CODE
EVIDENCE = '[cite:1 "Las plantas verdes fabrican su alimento"]'
MADE_UP = '[cite:1 "las plantas comen tierra"]'


def begun(reading: Reading | None, language: str = "es") -> ReadAnswer:
    answer = ReadAnswer("r1", Random(0), language)
    if reading is not None:
        answer.rest_on(reading)
    return answer


def words_of(messages: Iterable[ServerMessage]) -> str:
    return "".join(message.text for message in messages if isinstance(message, TextChunk))


def answered(written: str | Sequence[str], reading: Reading | None = TEXTS) -> ReadAnswer:
    answer = begun(reading)
    chunks = [written] if isinstance(written, str) else written
    messages = [message for chunk in chunks for message in answer.feed(chunk)]
    messages += answer.close()
    assert words_of(messages) == answer.text
    assert answer.close() == []
    return answer


def quotes(answer: ReadAnswer) -> list[str]:
    return [citation.quote for citation in answer.citations]


# ── citations ─────────────────────────────────────────────────────────────────────────────


def test_citation_that_stands_in_its_passage_is_numbered_and_told() -> None:
    answer = answered(f"[emotion:happy] Comen luz. {EVIDENCE} Así viven.")
    assert answer.text == "Comen luz. [1] Así viven."
    assert answer.citations == [
        Citation(
            1,
            "Las plantas verdes fabrican su alimento",
            ("Tema 1", "La fotosíntesis"),
            "Biología",
            "p. 12",
            "la-fotosintesis",
            "bio",
            "https://example.org/bio",
        )
    ]
    meta = answer.meta(None)
    assert (meta.citations, meta.declined) == (tuple(answer.citations), None)
    assert (meta.response_text, meta.actions) == (answer.text, ())


@pytest.mark.parametrize(
    ("quote", "told"),
    [
        ("LAS PLANTAS VERDES", "Las plantas verdes"),
        ("las plantas   verdes\n fabrican", "Las plantas verdes fabrican"),
        ("De la fotosintesis sale oxigeno", "De la «fotosíntesis» sale oxígeno"),
        ('De la "fotosíntesis" sale oxígeno', "De la «fotosíntesis» sale oxígeno"),
        ("dióxido de carbono y agua", "dióxido de carbono\ny agua."),
        ("sale oxígeno [O₂] a partir", "sale oxígeno [O₂] a partir"),
        ("en 1779 - con una vela", "en 1779 — ¡con una vela!"),
        ("fotosi\u0301ntesis", "fotosíntesis"),
        ("…fabrican su alimento con luz.…", "fabrican su alimento con luz."),
    ],
)
def test_quote_is_found_however_it_is_copied_and_told_as_it_stands(quote: str, told: str) -> None:
    assert quotes(answered(f'Sí. [cite:1 "{quote}"]')) == [told]


@pytest.mark.parametrize(
    "quote",
    [
        "las plantas rojas",
        "plantas ver",
        "lantas verdes",
        "luz",
        "verdes plantas",
        "en 177",
        "…",
        "",
    ],
)
def test_quote_that_does_not_stand_there_is_dropped_and_counted(quote: str) -> None:
    answer = answered(f'Sí. [cite:1 "{quote}"] {EVIDENCE}')
    assert quotes(answer) == ["Las plantas verdes fabrican su alimento"]
    assert answer.dropped_citations == (1 if quote and quote != "" else 0)
    assert answer.text == "Sí. [1]"


@pytest.mark.parametrize("number", ["1", "2", "0", "7", "#2", "", "999"])
def test_quote_under_a_wrong_number_is_told_of_the_passage_in_which_it_stands(number: str) -> None:
    answer = answered(f'Sí. [cite:{number} "It reflects the sun"]')
    assert [citation.title for citation in answer.citations] == ["The sky"]


@pytest.mark.parametrize(
    "cite",
    [
        '[cite:2 "It reflects the sun"]',
        "[cite:2 “It reflects the sun”]",
        "[cite:2 «It reflects the sun»]",
        "[cite:2 'It reflects the sun']",
        "[cite:2 It reflects the sun]",
        '[cite: 2: "It reflects the sun" ]',
        '[Cite : 2, "It reflects the sun"]',
        '[cite:2 "It reflects the sun]',
        '[cite:2 "It reflects the sun"',
        '[cite:2 "It reflects [the] sun"]',
        '[cite:2 "It reflects the sun ]"]',
        '[cite:2 "It reflects [ the sun"]',
    ],
)
def test_citation_in_an_odd_form_is_understood(cite: str) -> None:
    answer = answered(f"Refleja el sol. {cite}")
    assert quotes(answer) == ["It reflects the sun."]
    assert answer.text == "Refleja el sol. [1]"


@pytest.mark.parametrize(
    "cite", ['[cite:2 "It reflects the sun"', '[cite:2 "It reflects the sun]', "[cite:2 'the sun'"]
)
def test_citation_never_closed_leaves_what_follows_it(cite: str) -> None:
    answer = answered(f"Refleja. {cite} Y nada más. {EVIDENCE}")
    assert answer.text == "Refleja. [1] Y nada más. [2]"


def test_same_words_cited_again_have_the_same_number() -> None:
    answer = answered(f'A. {EVIDENCE} B. [cite:2 "the sun"] C. {EVIDENCE}{EVIDENCE}')
    assert answer.text == "A. [1] B. [2] C. [1]"
    assert [citation.number for citation in answer.citations] == [1, 2]


def test_quote_that_is_long_is_told_up_to_a_word() -> None:
    words = "palabra " * 100
    reading = Reading((Passage("t", "T", (), "", "", words),))
    answer = answered(f'A. [cite:1 "{words[:790]}"]', reading)
    assert quotes(answer) == [words[:LONGEST_QUOTE].rpartition(" ")[0]]


def test_citations_beyond_the_bound_are_dropped() -> None:
    words = " ".join(f"uno{n} dos{n}" for n in range(2 * MOST_CITATIONS))
    cites = "".join(f' Sí. [cite:1 "uno{n} dos{n}"]' for n in range(2 * MOST_CITATIONS))
    answer = answered(cites, Reading((Passage("t", "T", (), "", "", words),)))
    assert len(answer.citations) == MOST_CITATIONS
    assert answer.dropped == {"citations": MOST_CITATIONS}


def test_answer_of_which_nothing_was_dropped_counts_nothing() -> None:
    assert answered(f"Sí. {EVIDENCE}").dropped == {}


# ── strict: of texts ──────────────────────────────────────────────────────────────────────


def test_words_are_held_until_there_is_evidence_and_then_flow() -> None:
    answer = begun(TEXTS)
    assert [type(each) for each in answer.feed("[emotion:cool] Primero esto.")] == [Emotion]
    assert answer.feed(f" Comen tierra. {MADE_UP} Y luego") == []
    assert (
        words_of(answer.feed(f" luz. {EVIDENCE}")) == "Primero esto. Comen tierra. Y luego luz. [1]"
    )
    assert words_of(answer.feed(" Ya fluye")) == " Ya fluye"


def test_answer_without_evidence_is_dropped_and_declines() -> None:
    answer = answered(f"[emotion:happy] Las plantas comen tierra. {MADE_UP}")
    assert (answer.text, answer.declined, answer.citations) == (DECLINED, True, [])
    meta = answer.meta(None)
    assert (meta.citations, meta.declined) == ((), True)


@pytest.mark.parametrize(
    "written", ["[emotion:neutral][none:evidence]", "[none:evidence] No lo sé."]
)
def test_model_that_finds_no_evidence_declines(written: str) -> None:
    assert (answered(written).text, answered(written).declined) == (DECLINED, True)


def test_answer_that_was_not_asked_for_since_nothing_was_found_declines() -> None:
    answer = begun(NOTHING_FOUND)
    assert words_of(answer.close()) == DECLINED
    assert answer.declined


def test_decline_is_in_the_language_of_the_answer() -> None:
    for language, words in (("en", decline_words("en", selected=False)), ("es", DECLINED)):
        answer = begun(NOTHING_FOUND, language)
        assert words_of(answer.close()) == words


def test_model_that_wrote_nothing_has_no_verdict() -> None:
    answer = answered("[emotion:happy]")
    assert answer.empty
    assert not answer.declined


def test_evidence_outweighs_the_sign_that_there_is_none() -> None:
    answer = answered(f"Comen luz. {EVIDENCE} [none:evidence]")
    assert (answer.text, answer.declined) == ("Comen luz. [1]", False)


def test_sentence_that_a_passage_bears_out_is_cited_without_the_model() -> None:
    answer = answered("Eso dijo. Las plantas verdes fabrican alimentos con la luz. Y ya está.")
    assert (
        answer.text == "Eso dijo. Las plantas verdes fabrican alimentos con la luz. [1] Y ya está."
    )
    assert quotes(answer) == ["Las plantas verdes fabrican su alimento con luz."]


def test_sentence_of_two_sentences_of_a_passage_is_cited_with_both() -> None:
    words = "The moon has seas of dust. It reflects the sun."
    answer = answered("The dust of the moon reflects.", Reading((evolve(MOON, words=words),)))
    assert quotes(answer) == [words]


def test_sentence_that_denies_what_a_passage_says_gets_no_citation() -> None:
    assert answered("Las plantas verdes no fabrican su alimento con luz.").declined
    assert answered("The moon has light of its own, and reflects the sun.").declined
    assert quotes(answered("The moon never has light of its own, and reflects sun.")) == [
        MOON.words
    ]


def test_sentence_with_an_abbreviation_is_one_and_its_mark_stands_at_its_end() -> None:
    written = "Jan la describió con una vela (p. ej. en 1779), según el Dr. Ingenhousz. Fin."
    assert answered(written).text == written.replace(" Fin.", " [1] Fin.")


@pytest.mark.parametrize(
    "sentence",
    [
        "Las plantas verdes.",
        "Las plantas verdes fabrican su alimento con luz en 1780.",
        "Las rocas grises fabrican muebles con madera.",
        "# Las plantas verdes fabrican su alimento con luz",
    ],
)
def test_sentence_that_no_passage_bears_out_gets_no_citation(sentence: str) -> None:
    assert answered(sentence).declined


def test_sentence_that_the_model_cited_is_not_cited_again() -> None:
    answer = answered(
        'Las plantas verdes fabrican alimento con luz. [cite:1 "Jan Ingenhousz"] Fin.'
    )
    assert answer.text == "Las plantas verdes fabrican alimento con luz. [1] Fin."


def test_answer_that_breaks_off_without_evidence_says_nothing() -> None:
    answer = begun(TEXTS)
    messages = [*answer.feed("[emotion:sad] Las plantas"), *answer.end_as("broken", "es")]
    assert words_of([*messages, *answer.close()]) == ""
    assert not answer.declined


@pytest.mark.parametrize(
    ("ending", "end"),
    [("broken", "… Perdona, se me ha ido el hilo."), ("short", "… Y aquí lo dejo.")],
)
def test_answer_that_the_model_did_not_end_ends_in_a_whole_sentence(
    ending: Ending, end: str
) -> None:
    answer = begun(TEXTS)
    answer.feed(f"Las plantas comen luz. {EVIDENCE} Y además")
    assert words_of(answer.end_as(ending, "es")) == end
    whole = begun(TEXTS)
    whole.feed(f"Las plantas comen luz. {EVIDENCE}")
    assert words_of(whole.end_as(ending, "es")) == ""


def test_answer_cut_by_its_limit_without_evidence_declines() -> None:
    answer = begun(TEXTS)
    messages = [*answer.feed("Comen tierra y"), *answer.end_as("short", "es"), *answer.close()]
    assert words_of(messages) == DECLINED


# ── open: of a selection, or of nothing ───────────────────────────────────────────────────


@pytest.mark.parametrize("reading", [SELECTED, ANYTHING, None])
def test_words_about_a_selection_or_nothing_flow_at_once(reading: Reading | None) -> None:
    answer = begun(reading)
    assert words_of(answer.feed("[emotion:cool] La luna")) == "La luna"


def test_citation_of_a_selection_is_verified() -> None:
    written = 'Refleja. [cite:1 "it reflects the sun"] Es queso. [cite:1 "the moon is cheese"]'
    answer = answered(written, SELECTED)
    assert (answer.text, answer.dropped_citations) == ("Refleja. [1] Es queso.", 1)
    assert answer.citations == [Citation(1, "It reflects the sun.")]


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("[none:evidence] No lo dice.", "No lo dice."),
        ("[none:evidence]", decline_words("es", selected=True)),
    ],
)
def test_selection_that_does_not_hold_the_answer_is_declined(written: str, text: str) -> None:
    answer = answered(written, SELECTED)
    assert (answer.text, answer.declined) == (text, True)


def test_citation_of_nothing_is_dropped() -> None:
    answer = answered(f"Hola. {EVIDENCE}", ANYTHING)
    assert (answer.text, answer.citations, answer.dropped_citations) == ("Hola.", [], 1)
    assert answer.meta(None).declined is None


# ── what a reader's answer has not ────────────────────────────────────────────────────────


def test_directions_of_a_robot_are_swallowed() -> None:
    answer = answered(
        "[emotion:happy][emojis:1F600][actions:wave][capture:photo] Hola. [memory:fact:a b]"
        "[person_name:Ana][forget:all][media_summary:x]",
        ANYTHING,
    )
    assert answer.text == "Hola."
    assert (answer.notes, answer.name, answer.capture, answer.consent) == ([], None, None, None)
    assert answer.capture_request() is None
    assert answer.meta(None).actions == ()


@pytest.mark.parametrize(
    "markdown",
    [
        "# Título\n\nUno, **dos** y `tres`.\n\n- a\n    - b\n- [ ] c\n- [x] d\n\n1. e\n2. f",
        "```python\nif a[0]:\n    b[1] = [2]\n\n\nc\n```\n\nFin.",
        "    x = 1\n    y\n\nFin",
        "Ver [aquí](https://example.org/a_(b)?c=[d]) y nota[^1].\n\n[^1]: Nota.",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "Línea  \ncortada.\n\n> cita\n> otra",
        "Cuesta 5 € y 10 %: 3/4 — «ya».",
        "Usa ``a ` b`` y ~~~ no, \\[x\\] y \\(y\\).",
        "~~~\n[1]\n~~~",
        "`[1]` y a[0][1].",
    ],
)
@pytest.mark.parametrize("before", ["", "[emotion:happy]", "[emotion:happy]\n"])
def test_markdown_comes_out_as_it_was_written(markdown: str, before: str) -> None:
    if markdown.startswith(" ") and not before.endswith("\n"):
        before = "[emotion:happy]\n"
    assert answered(before + markdown, ANYTHING).text == markdown


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Uno [3] dos.", "Uno (3) dos."),
        ("[3]", "(3)"),
        ("Uno \\[3\\] dos.", "Uno (3) dos."),
        ("Uno [3](https://x.org).", "Uno (3)(https://x.org)."),
        ("Sin cerrar ` uno [3] dos.", "Sin cerrar ` uno (3) dos."),
        ("`a\nb` uno [3] `c`", "`a\nb` uno (3) `c`"),
        (f"`{LONG}` uno [3] `c`", f"`{LONG}` uno (3) `c`"),
        ("`a [3]`` b` uno [3]", "`a [3]`` b` uno (3)"),
        (f"Uno. {EVIDENCE} [3]", "Uno. [1] (3)"),
        (f"**Uno**{EVIDENCE}[3]", "**Uno** [1] (3)"),
        (f"**Uno**{EVIDENCE}(dos)", "**Uno** [1] (dos)"),
    ],
)
def test_number_in_brackets_of_the_model_is_no_mark(written: str, text: str) -> None:
    reading = SELECTED if EVIDENCE not in written else Reading((PLANTS,), selected=True)
    assert answered(written, reading).text == text


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (f"Uno {EVIDENCE}.", "Uno [1]."),
        (f"Uno{EVIDENCE}.", "Uno [1]."),
        (f"- Uno {EVIDENCE}\n- Dos", "- Uno [1]\n- Dos"),
        (f"- Uno.\n{EVIDENCE}\n    - Dos", "- Uno. [1]\n    - Dos"),
        (f"Uno.\n\n{EVIDENCE}\n\nDos", "Uno. [1]\n\nDos"),
        (f"`a {EVIDENCE} b` c", "`a b` [1] c"),
        (f"Uno `a {EVIDENCE} b` c", "Uno `a b` [1] c"),
        (f"```\na {EVIDENCE}\nb\n```\n\nFin. Ya.", "```\na\nb\n```\n\nFin. [1] Ya."),
        (f"```\na {EVIDENCE}\n```", "```\na\n```\n\n[1]"),
        (f"```\na {EVIDENCE}", "```\na\n```\n\n[1]"),
        (f"{EVIDENCE} Uno. Dos.", "Uno. [1] Dos."),
        (f"{EVIDENCE}", "[1]"),
        (f"Uno.\n```\nx\n```\n{EVIDENCE}", "Uno.\n```\nx\n```\n\n[1]"),
    ],
)
def test_mark_stands_where_it_was_cited_and_never_in_code(written: str, text: str) -> None:
    assert answered(written).text == text


# ── whatever a model writes ───────────────────────────────────────────────────────────────

PARTS = (
    "Las plantas verdes fabrican su alimento con luz", "La luna", ". ", "¿", "! ", " ", "\n",
    "\n\n", "\n- ", "\n    ", "# ", "| ", "`", "``", "```", "\n```\n", "\n~~~\n", "\\", "[", "]",
    "[1]", "[2]", "[12",
    "a[0]", "(", ")", "[x](y)", "**", "_", EVIDENCE, MADE_UP, '[cite:2 "the sun"]', "[cite:",
    '[cite:2 "It reflects', '"', "”", "[none:evidence]", "[none", "[emotion:sad]", "[memory:fact:x",
    "Dr. ", "p. ej. ", "siglo V. ", "4.7", "1 500", " no ",
    "é", "\u0301", "x" * 120, "[cite:1 Jan Ingenhousz]", "1779", "> ",
)  # fmt: skip
written_by_models = st.lists(st.sampled_from(PARTS) | st.text(max_size=3), max_size=24).map("".join)
readings = st.sampled_from([TEXTS, SELECTED, ANYTHING, NOTHING_FOUND])

MARK = re.compile(r"(?<!\S)\[(\d+)\]")


def outside_code(markdown: str) -> str:
    """Return the text that a page shows, but code: where a client would look for marks."""
    drawn = [each for block in MarkdownIt().parse(markdown) for each in block.children or ()]
    return "\n".join(each.content if each.type == "text" else "\n" for each in drawn)


@settings(deadline=None)
@given(written_by_models, readings, st.data())
def test_answer_however_it_is_split_is_the_same(
    written: str, reading: Reading, data: st.DataObject
) -> None:
    cuts = sorted(data.draw(st.sets(st.integers(0, len(written)), max_size=8)))
    chunks = [written[a:b] for a, b in zip([0, *cuts], [*cuts, len(written)], strict=True)]
    whole = answered(written, reading)
    for split in (chunks, list(written)):
        parts = answered(split, reading)
        assert (parts.text, parts.citations, parts.declined, parts.dropped_citations) == (
            whole.text, whole.citations, whole.declined, whole.dropped_citations,
        )  # fmt: skip


@pytest.mark.parametrize("length", range(LONGEST_CODE - 4, LONGEST_CODE + 3))
def test_code_that_is_as_long_as_may_be_is_the_same_however_it_is_split(length: int) -> None:
    written = f"x `{'a' * (length - 4)} [3]` `b`"
    whole = answered(written, ANYTHING).text
    for cut in range(length, len(written)):
        assert answered([written[:cut], written[cut:]], ANYTHING).text == whole


@settings(deadline=None)
@given(written_by_models, readings)
def test_answer_cites_nothing_that_does_not_stand_in_a_passage(
    written: str, reading: Reading
) -> None:
    for citation in answered(written, reading).citations:
        assert any(citation.quote in passage.words for passage in reading.passages)


@settings(deadline=None)
@given(written_by_models)
def test_answer_of_texts_tells_nothing_before_there_is_evidence(written: str) -> None:
    answer = begun(TEXTS)
    for char in written:
        told = words_of(answer.feed(char))
        assert not told or answer.citations
    closing = words_of(answer.close())
    assert answer.citations or closing in {"", DECLINED}


@settings(deadline=None)
@given(written_by_models)
def test_answer_with_evidence_loses_no_word(written: str) -> None:
    strict = answered(f"{written}\n\nFin {EVIDENCE}", TEXTS)
    free = answered(f"{written}\n\nFin {EVIDENCE}", Reading((PLANTS, MOON), selected=True))
    if strict.citations:
        assert bare(strict.text) == bare(free.text)


def bare(text: str) -> str:
    """Return `text` without white space and what may be a mark."""
    return re.sub(r"\s|\[\d+\]", "", text)


@settings(deadline=None)
@given(written_by_models, readings)
def test_marks_in_the_text_and_citations_are_the_same(written: str, reading: Reading) -> None:
    answer = answered(written, reading)
    marks = {int(number) for number in MARK.findall(answer.text)}
    assert {citation.number for citation in answer.citations} <= marks


@settings(deadline=None)
@given(written_by_models, readings)
def test_number_that_a_page_shows_in_brackets_is_of_a_citation(
    written: str, reading: Reading
) -> None:
    answer = answered(written, reading)
    shown = {int(number) for number in MARK.findall(outside_code(answer.text))}
    assert shown <= {citation.number for citation in answer.citations}
