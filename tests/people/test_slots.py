"""What there is only one of, read off sentences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.slots import MAX_SLOT, filled, normal_slot, normal_subject, slot_of


@pytest.mark.parametrize(
    ("content", "subject", "slot"),
    [
        ("Vive en Bilbao", "", "home"),
        ("Vive ahora en Madrid con Eva.", "", "home"),
        ("Se ha mudado a Madrid", "", "home"),
        ("Ya no vive en Lugo", "", "home"),
        ("La persona vive en Lugo", "", "home"),
        ("The user lives in York", "", "home"),
        ("Lives in Leeds", "", "home"),
        ("Has moved to York", "", "home"),
        ("I'm living in York now", "", "home"),
        ("Su madre vive en Lugo", "mother", "home"),
        ("Su hermana Eva vive en París", "sister eva", "home"),
        ("Eva vive en París", "eva", "home"),
        ("Trabaja de enfermera", "", "work"),
        ("Works as a nurse", "", "work"),
        ("Está jubilado", "", "work"),
        ("Trabaja en Ikea", "", "workplace"),
        ("Works at the hospital", "", "workplace"),
        ("Tiene 34 años", "", "age"),
        ("Tiene treinta y cuatro años", "", "age"),
        ("Ayer cumplió 34 años", "", "age"),
        ("Is 34 years old", "", "age"),
        ("I'm 8", "", "age"),
        ("Cumple años el 3 de mayo", "", "birthday"),
        ("Su cumpleaños es el 3 de mayo", "", "birthday"),
        ("Her birthday is May 3rd", "", "birthday"),
        ("Le gusta el ajedrez", "", "like:ajedrez"),
        ("Ya no le gusta el ajedrez", "", "like:ajedrez"),
        ("Le encanta jugar al ajedrez", "", "like:ajedrez"),
        ("A Eva le gusta mucho nadar", "eva", "like:nadar"),
        ("A su hija Eva le gusta nadar", "daughter eva", "like:nadar"),
        ("Me gustan los perros", "", "like:perro"),
        ("Odia el brócoli", "", "like:brocol"),
        ("No soporta el ruido", "", "like:ruido"),
        ("Antes le gustaba el jazz", "", "like:jazz"),
        ("No longer likes chess", "", "like:chess"),
        ("Doesn't like cats because they scratch", "", "like:cat"),
        ("Used to like jazz", "", "like:jazz"),
        ("Can't stand loud music", "", "like:loud music"),
        ("He isn't a fan of jazz", "", "like:jazz"),
        ("Ana's favourite colour is blue", "ana", "favourite:colour"),
        ("Su color favorito es el azul", "", "favourite:colour"),
        ("El color favorito de Eva es el verde", "eva", "favourite:colour"),
        ("Blue is my favorite color", "", "favourite:colour"),
        ("Is vegetarian", "", "diet"),
        ("Soy vegana", "", "diet"),
        ("Se llama Ana", "", "name"),
        ("Su madre se llama Eva", "mother", "name"),
        ("Su hija se llama Eva", "daughter", "name:eva"),
        ("Tiene una hija que se llama Eva", "daughter", "name:eva"),
        ("Her dog is called Toby", "dog", "name:toby"),
        ("Has a dog named Toby", "dog", "name:toby"),
    ],
)
def test_sentence_about_what_there_is_one_of_fills_its_slot(
    content: str, subject: str, slot: str
) -> None:
    assert slot_of(content) == (subject, slot)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "Va al dentista mañana",
        "Ha comprado un coche",
        "Vive en una casa grande",
        "Vive en la calle Mayor",
        "Lives in a big house",
        "Works in a hurry",
        "Tiene un perro de 3 años",
        "Tiene 3 años de experiencia",
        "Tiene muchos años",
        "Le gusta más el té que el café",
        "Likes tea more than coffee",
        "Le gusta que le canten por la noche canciones de cuna muy lentas",
        "Cree que le gusta Eva",
        "Ana cree que Eva vive en Lugo",
        "Su hija vive en Lugo",
        "Su mejor amiga se llama Eva",
        "The film he saw is called Toby",
    ],
)
def test_sentence_that_is_not_sure_to_fill_a_slot_fills_none(content: str) -> None:
    assert slot_of(content) is None


@pytest.mark.parametrize("content", ["Ana vive en Lugo", "A Ana le gusta nadar", "Ana is 34"])
def test_sentence_with_the_name_of_the_person_is_about_the_person(content: str) -> None:
    here, elsewhere = slot_of(content, "Ana Pérez"), slot_of(content, "Eva")
    assert here is not None
    assert elsewhere is not None
    assert (here[0], elsewhere[0]) == ("", "ana")


@pytest.mark.parametrize(
    ("yes", "no"),
    [
        ("Le gusta el ajedrez", "Ya no le gusta el ajedrez"),
        ("Le encanta el ajedrez", "Odia el ajedrez"),
        ("Likes chess", "Hates chess"),
        ("No odia el ajedrez", "Odia el ajedrez"),
        ("Vive en Lugo", "Ya no vive en Lugo"),
        ("Is vegan", "Is no longer vegan"),
    ],
)
def test_opposites_fill_the_same_slot_with_one_negated(yes: str, no: str) -> None:
    one, other = filled(yes), filled(no)
    assert one is not None
    assert other is not None
    assert (one.subject, one.slot, one.value) == (other.subject, other.slot, other.value)
    assert (one.negated, other.negated) == (False, True)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Le gusta el té verde", "Le gusta el té negro"),
        ("Su hija se llama Eva", "Su hija se llama Ana"),
        ("Su hermana Eva vive en Lugo", "Su hermana Ana vive en Lugo"),
        ("Su color favorito es el azul", "Su comida favorita es la paella"),
    ],
)
def test_different_things_have_different_slots(one: str, other: str) -> None:
    assert slot_of(one) != slot_of(other)


@pytest.mark.parametrize(
    ("said", "slot"),
    [
        ("home", "home"),
        ("Home ", "home"),
        ("city", "home"),
        ("like:ajedrez", "like:ajedrez"),
        ("likes: the cats", "like:cat"),
        ("like_chess", "like:chess"),
        ("dislike:brócoli", "like:brocol"),
        ("favorite_color", "favourite:colour"),
        ("favourite:color", "favourite:colour"),
        ("job", "work"),
        ("school", "school"),
        ("hobby", None),
        ("like", None),
        ("home:lugo", None),
        ("", None),
        (":", None),
    ],
)
def test_slot_of_a_model_is_brought_to_one_form(said: str, slot: str | None) -> None:
    assert normal_slot(said) == slot


@pytest.mark.parametrize(
    ("said", "subject"),
    [
        ("", ""),
        ("la persona", ""),
        ("sister Lucy", "sister lucy"),
        ("su hermana Lucy", "sister lucy"),
    ],
)
def test_subject_of_a_model_is_brought_to_one_form(said: str, subject: str) -> None:
    assert normal_subject(said) == subject


THINGS = st.lists(st.from_regex(r"[a-záñ]{2,9}", fullmatch=True), min_size=1, max_size=3)


@given(THINGS)
def test_slot_read_off_a_sentence_is_in_its_one_form(thing: list[str]) -> None:
    found = slot_of(f"Le gusta {' '.join(thing)}")
    assert found is None or normal_slot(found[1]) == found[1]


@given(st.text())
def test_slot_of_anything_is_short_and_in_its_one_form(text: str) -> None:
    found = slot_of(text)
    assert found is None or len(found[1]) <= MAX_SLOT
    slot = normal_slot(text)
    assert slot is None or normal_slot(slot) == slot
    assert normal_subject(normal_subject(text)) == normal_subject(text)
