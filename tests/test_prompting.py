"""`robi prompts`: what the model is sent, an example of each kind of turn."""

from robi.prompting import EXAMPLES, markdown


def test_prompts_show_the_instruction_the_tools_and_every_kind_of_turn() -> None:
    told = markdown()
    kinds = {example.utterance.kind for example in EXAMPLES}
    assert kinds == {"text", "audio", "image", "video", "due"}
    for title in ("The instruction", "The tools", *(example.title for example in EXAMPLES)):
        assert f"## {title}\n" in told


def test_prompts_show_what_turns_ask() -> None:
    told = markdown()
    for shown in (
        '{"memory": "Likes tea."}',  # recalled
        '{"asked_to_look": "What am I holding?"}',
        '"functionResponse"',
        '"thoughtSignature": "c2ln"',
        "The moon is a rock that…",
        '{"timer": "the pasta"}',
        "(It is time. Nobody has said anything.)",
    ):
        assert shown in told


def test_prompts_are_the_same_each_time_and_hold_no_log() -> None:
    told = markdown()
    assert told == markdown()
    assert told.startswith("## The instruction")
