"""`robi prompts`: what the model is sent, an example of each kind of turn."""

from robi.prompting import EXAMPLES, READERS_EXAMPLES, Own, markdown


def test_prompts_show_the_instruction_the_tools_and_every_kind_of_turn() -> None:
    told = markdown()
    kinds = {example.utterance.kind for example in EXAMPLES}
    assert kinds == {"text", "audio", "image", "video", "due"}
    titles = [example.title for example in (*EXAMPLES, *READERS_EXAMPLES)]
    for title in ("The instruction", "The tools", "The instruction for readers", *titles):
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
        '{"passage": 1, "title": "A Child\'s Sky", "heading": "The Moon / Its light"',
        '{"selection": "The Moon has no light of its own.',
    ):
        assert shown in told


def test_prompts_of_ones_own_robot_have_its_persona_its_name_and_its_language() -> None:
    told = markdown(Own("es", "Coco", "# Un gato\n\nEres $robot_name.\n\n# Right now\n"))
    assert "````markdown\n# Un gato\n\nEres Coco.\n\n# Right now\n\n# Cómo escribes" in told
    assert told.count("````markdown\n# Ahora mismo\n") == len(EXAMPLES) + len(READERS_EXAMPLES)
    assert "Robi" not in told


def test_prompts_are_the_same_each_time_and_hold_no_log() -> None:
    told = markdown()
    assert told == markdown()
    assert told.startswith("## The instruction")
