"""What a person wishes of the memory, on one list of labelled utterances.

The wishes and `NONE` are about as long as each other: whoever adds a phrase adds what only looks
like it.
"""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robi.people.consent import MAX_ABOUT, Wish, WishKind, wish
from robi.people.words import listed

WISHES: list[tuple[WishKind, str]] = [
    ("forget_that", "olvida eso"),
    ("forget_that", "Olvídalo."),
    ("forget_that", "olvida lo"),
    ("forget_that", "Robi, olvida eso, por favor."),
    ("forget_that", "borra lo que te acabo de decir"),
    ("forget_that", "Borra lo último que te he dicho."),
    ("forget_that", "olvida lo último"),
    ("forget_that", "Olvida todo lo que acabo de decir"),
    ("forget_that", "OLVIDA ESO"),
    ("forget_that", "olbida eso"),
    ("forget_that", "Uy, perdona, olvida eso"),
    ("forget_that", "¿Puedes olvidar eso?"),
    ("forget_that", "olvida eso, ¿vale?"),
    ("forget_that", "quiero que olvides eso"),
    ("forget_that", "Mi número es el seiscientos, olvida eso"),
    ("forget_that", "Me gusta Marta. Eso no lo apuntes."),
    ("forget_that", "no guardes eso"),
    ("forget_that", "haz como que no te he dicho nada"),
    ("forget_that", "olvida que te lo he dicho"),
    ("forget_that", "forget that"),
    ("forget_that", "Forget it."),
    ("forget_that", "forget what I just said"),
    ("forget_that", "Oh, scratch that please"),
    ("forget_that", "delete that"),
    ("forget_that", "Robi, please forget that, ok?"),
    ("forget_that", "can you forget that?"),
    ("forget_that", "forget that, will you?"),
    ("forget_that", "Sorry, forget everything I just said"),
    ("forget_that", "forget I said anything"),
    ("forget_that", "I'd like you to forget that"),
    ("forget_that", "don't save that"),
    ("forget_that", "Please don\u2019t remember that"),
    ("forget_that", "I told you my pin, forget that"),
    ("forget_that", "Olvida eso, que era broma."),
    ("forget_that", "I was joking, forget that"),
    ("forget_all", "olvídame"),
    ("forget_all", "No es broma. Olvídame."),
    ("forget_all", "borra mi perfil"),
    ("forget_all", "borra todo lo que sabes"),
    ("forget_all", "olvida mi nombre y todo lo que sabes de mí"),
    ("forget_all", "delete my account"),
    ("forget_all", "forget everything you know"),
    ("forget_all", "forget my name and everything about me"),
    ("forget_all", "Olvida todo lo que sabes de mí."),
    ("forget_all", "olvida, por favor, todo lo que sabes de mí"),
    ("forget_all", "bórrame"),
    ("forget_all", "Robi, bórrame de tu memoria"),
    ("forget_all", "borra todos mis datos"),
    ("forget_all", "elimina toda mi información"),
    ("forget_all", "Quiero que olvides todo sobre mí"),
    ("forget_all", "olvídate de mí para siempre"),
    ("forget_all", "Ya no quiero jugar. Borra todo lo que recuerdas de mí."),
    ("forget_all", "¿puedes borrar todos mis datos?"),
    ("forget_all", "forget me"),
    ("forget_all", "please delete me"),
    ("forget_all", "Forget everything about me"),
    ("forget_all", "forget everything you know about me"),
    ("forget_all", "delete all my data"),
    ("forget_all", "please erase everything you have on me"),
    ("forget_all", "Could you delete all my data, please?"),
    ("forget_all", "wipe your memory of me"),
    ("forget_all", "forget who I am"),
    ("forget_all", "forget everything I've ever told you"),
    ("incognito", "esto no lo recuerdes"),
    ("incognito", "No recuerdes esto."),
    ("incognito", "no recuerdes nada de esto"),
    ("incognito", "que quede entre nosotros"),
    ("incognito", "no guardes esto"),
    ("incognito", "no apuntes nada"),
    ("incognito", "Me gusta Marta, pero esto no lo apuntes"),
    ("incognito", "me gusta Marta pero no guardes esto"),
    ("incognito", "No guardes esto, que me da vergüenza"),
    ("incognito", "Mi hermana me dijo que está embarazada, pero esto no lo recuerdes"),
    ("incognito", "lo que te voy a contar no lo guardes"),
    ("incognito", "no quiero que recuerdes esto"),
    ("incognito", "olvida lo que te voy a decir"),
    ("incognito", "modo incógnito"),
    ("incognito", "activa el modo incógnito"),
    ("incognito", "no grabes"),
    ("incognito", "No grabes esto."),
    ("incognito", "modo privado"),
    ("incognito", "pon el modo privado"),
    ("incognito", "no te acuerdes de lo que te voy a decir"),
    ("incognito", "No te acuerdes de lo que voy a decir, ¿vale?"),
    ("incognito", "private mode"),
    ("incognito", "incognito mode"),
    ("incognito", "don't record me"),
    ("incognito", "off the record"),
    ("incognito", "Off the record, I hate my boss"),
    ("incognito", "this is off the record"),
    ("incognito", "don't remember this"),
    ("incognito", "Don't save this, okay?"),
    ("incognito", "Please do not write any of this down"),
    ("incognito", "don't remember anything I say"),
    ("incognito", "I don't want you to remember this"),
    ("incognito", "keep this between us"),
    ("incognito", "forget what I'm about to tell you"),
    ("incognito", "go incognito"),
    ("incognito", "could you please not remember this?"),
    ("resume", "ya puedes recordar"),
    ("resume", "Ya puedes recordar otra vez."),
    ("resume", "vuelve a recordar"),
    ("resume", "Robi, ya puedes volver a apuntar cosas"),
    ("resume", "sal del modo incógnito"),
    ("resume", "sal del modo privado"),
    ("resume", "turn off private mode"),
    ("resume", "you can remember again"),
    ("resume", "Ok, you can remember things again"),
    ("resume", "start remembering again"),
    ("resume", "turn off incognito mode"),
    ("resume", "we're back on the record"),
]

ABOUT: list[tuple[WishKind, str, str]] = [
    ("forget_about", "olvida que me gusta el chocolate", "me gusta el chocolate"),
    ("forget_about", "Olvida lo de mi hermana.", "mi hermana"),
    ("forget_about", "olvídate de lo de Carlos", "Carlos"),
    ("forget_about", "olvida lo del fútbol", "fútbol"),
    ("forget_about", "olvida lo de los gatos", "los gatos"),
    ("forget_about", "Olvida todo lo que te dije del cole", "cole"),
    ("forget_about", "borra lo de mi lista de deseos", "mi lista de deseos"),
    ("forget_about", "forget about the football", "the football"),
    ("forget_about", "olvida lo que te dije de mi hermana", "mi hermana"),
    ("forget_about", "borra mi dirección", "mi dirección"),
    ("forget_about", "borra mi código de la alarma", "mi código de la alarma"),
    ("forget_about", "forget my alarm code", "my alarm code"),
    ("forget_about", "olvida lo que te dije de la alarma de casa", "la alarma de casa"),
    ("forget_about", "olvida el nombre de mi perro", "el nombre de mi perro"),
    ("forget_about", "¿puedes olvidar que vivo en Lugo?", "vivo en Lugo"),
    ("forget_about", "Borra todo lo que sabes de mi trabajo, por favor", "mi trabajo"),
    ("forget_about", "Me equivoqué, olvida que soy vegetariano", "soy vegetariano"),
    ("forget_about", "olvida lo que te dije ayer", "lo que te dije ayer"),
    ("forget_about", "olvida que te dije que vivo en Lugo", "vivo en Lugo"),
    ("forget_about", "olvida todo lo de mi ex", "mi ex"),
    ("forget_about", "forget that I like chess", "I like chess"),
    ("forget_about", "forget about my sister", "my sister"),
    ("forget_about", "Please forget I live in Leeds", "I live in Leeds"),
    ("forget_about", "forget what I told you about Eva", "Eva"),
    ("forget_about", "delete everything you know about my job", "my job"),
    ("forget_about", "forget my birthday", "my birthday"),
    ("remember", "recuerda que soy vegetariana", "soy vegetariana"),
    ("remember", "Robi, acuérdate de que mañana viene Eva", "mañana viene Eva"),
    ("remember", "acuerdate que me gusta el té", "me gusta el té"),
    ("remember", "apunta que mi perro se llama Toby", "mi perro se llama Toby"),
    ("remember", "no olvides que tengo dos hijos", "tengo dos hijos"),
    ("remember", "No te olvides de que soy zurdo.", "soy zurdo"),
    ("remember", "que no se te olvide que me mudo en mayo", "me mudo en mayo"),
    ("remember", "Recuerda esto: mi color favorito es el verde", "mi color favorito es el verde"),
    ("remember", "¿Puedes recordar que soy zurdo?", "soy zurdo"),
    ("remember", "recuerda, por favor, que soy zurdo", "soy zurdo"),
    ("remember", "Recuerda que leo, nado y coso", "leo, nado y coso"),
    ("remember", "Recuerda que soy zurdo, ¿vale? ¿Qué hora es?", "soy zurdo"),
    ("remember", "Recuerda que vivo con la Sra. López", "vivo con la Sra. López"),
    ("remember", "Me llamo Ana y recuerda que soy zurda", "soy zurda"),
    ("remember", "remember that I'm left-handed", "I'm left-handed"),
    ("remember", "Remember my dog is called Toby", "my dog is called Toby"),
    ("remember", "don't forget that I hate broccoli", "I hate broccoli"),
    ("remember", "Don't forget I live in Leeds", "I live in Leeds"),
    ("remember", "make a note that Eva comes on Friday, please", "Eva comes on Friday"),
    ("remember", "Remember, I don't eat meat", "I don't eat meat"),
    ("remember", "keep in mind that I am shy", "I am shy"),
]  # fmt: skip

NONE = [
    "",
    "¿?",
    "no te olvides de mí",
    "¿te olvidas de eso?",
    "olvidé las llaves",
    "He olvidado el paraguas",
    "se me olvidó eso",
    "nunca olvidaré que me ayudaste",
    "no olvides eso",
    "no me olvides",
    "no me olvides nunca",
    "nunca me olvidas",
    "me olvidas",
    "¿me olvidarás?",
    "¿Recuerdas que ayer fuimos al parque?",
    "recuerdas que ayer fuimos al parque",
    "¿te acuerdas de que tengo un perro?",
    "recuérdame mañana a las ocho",
    "recuérdame que compre pan",
    "recuerda comprar pan",
    "acuérdate de mí",
    "acuérdate de llamar a mamá",
    "no olvides comprar leche",
    "no te olvides de regar las plantas",
    "mi abuela me dijo: olvídalo",
    "Mi abuela siempre dice: «olvida eso»",
    "«olvida eso», me dijo mi abuela",
    "Olvídame, le dijo ella",
    "olvídalo, ya lo hago yo",
    "olvídame un rato",
    "la canción se llama olvídame",
    "mi abuela olvida lo último que le dicen",
    "el alzhéimer hace que olvides todo",
    "¿por qué la gente olvida todo?",
    "quiero olvidar a mi ex",
    "no puedo olvidarlo",
    "es difícil olvidar eso",
    "no quiero que me olvides",
    "a veces olvido eso",
    "don't let me forget that",
    "borra la pizarra",
    "borra todo",
    "Bórralo todo.",
    "olvida todo",
    "¿puedes borrar todo?",
    "borra eso de la lista",
    "olvida eso de mi lista de la compra",
    "borra mis recordatorios",
    "Borra mi alarma de las siete, por favor.",
    "¿puedes eliminar mi temporizador para la pasta?",
    "borra todos mis recordatorios y la alarma",
    "delete my reminders",
    "clear my 7 am alarm please",
    "forget my reminder to call mum",
    "borra todo de la pizarra",
    "Olvídame. Es broma.",
    "era broma, borra todos mis datos",
    "recuerda que soy el rey de Francia, es broma",
    "olvida lo de mi hermana, que estaba de broma",
    "olvida mi nombre",
    "¿puedes olvidar mi nombre?",
    "Olvida que me llamo Ana.",
    "olvida cómo me llamo",
    "olvida lo de mi nombre, por favor",
    "no grabes la película",
    "el modo privado del navegador",
    "no te acuerdes de mí",
    "borra esa foto del móvil",
    "¿cómo borro mis datos del móvil?",
    "mi hermano borró todos mis datos",
    "olvida que existo",
    "no recuerdo esto",
    "no recuerdo nada de mi infancia",
    "no guardes rencor",
    "no guardes la leche en el armario",
    "no apuntes con el dedo",
    "no se lo digas a nadie",
    "es un secreto",
    "la diferencia entre nosotros es la edad",
    "mi profe dijo: no apuntéis nada",
    "viajaba de incógnito por España",
    "ya puedes recordarme lo del dentista",
    "¿ya puedes recordar mi nombre?",
    "vuelve a recordarme la hora",
    "¿puedes recordar cosas?",
    "apunta leche en la lista",
    "apunta al cielo",
    "recuerda que sí",
    "me recuerda que tengo que salir",
    "esa canción me recuerda a ti",
    "mi madre me recuerda que estudie",
    "I always forget that",
    "I forgot my keys",
    "did you forget that?",
    "Do you forget that often?",
    "I'll never forget that you helped me",
    "don't forget me",
    "don't forget that",
    "don't you forget about me",
    "never forget me",
    "will you forget me?",
    "you forgot me",
    "forget it, I'll do it myself",
    "Forget it. I'll do it myself.",
    "forget about going to the beach",
    "forget that guy",
    "she told me to forget it",
    "my mum always says: forget it",
    "\"Forget me\", she said",
    "he said, forget that",
    "the song is called forget me",
    "I want to forget my ex",
    "how do I delete all my data from my phone?",
    "delete the last photo",
    "erase the board",
    "clear everything",
    "wipe everything",
    "forget everything",
    "Forget it all!",
    "delete that from the list",
    "Forget me. I'm joking!",
    "forget everything about me, just kidding",
    "it was a joke, delete my account",
    "forget my name",
    "forget that my name is Ana, please",
    "forget what my name is",
    "delete my name",
    "what does private mode do?",
    "the record is off",
    "it's hard to forget that",
    "remember me?",
    "Do you remember me?",
    "do you remember that I like tea?",
    "Remember that I told you about Eva?",
    "remember that time we went to the beach",
    "remember to buy milk",
    "remember when we met",
    "I remember that I was small",
    "remind me tomorrow at eight",
    "don't forget to call mum",
    "don't forget the milk",
    "remember my name?",
    "remember my name",
    "I can't remember this",
    "I don't remember this song",
    "I don't remember anything",
    "don't save me a seat",
    "don't record over my tape",
    "he broke the record",
    "turn the record off",
    "what does off the record mean?",
    "you can remember a lot",
    "can you remember my name?",
    "can you remember things?",
    "make a note",
    "note the colour",
    "Hola, me llamo Ana y me gusta el ajedrez.",
    "What time is it?",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said"), WISHES)
def test_wish_said_is_understood(kind: WishKind, said: str) -> None:
    assert wish(said) == Wish(kind)


@pytest.mark.parametrize(("kind", "said", "about"), ABOUT)
def test_wish_about_something_says_about_what(kind: WishKind, said: str, about: str) -> None:
    assert wish(said) == Wish(kind, about)


@pytest.mark.parametrize("said", NONE)
def test_look_alike_of_a_wish_is_none(said: str) -> None:
    assert wish(said) is None


def test_utterances_are_many_and_half_of_them_look_alikes() -> None:
    wishes = len(WISHES) + len(ABOUT)
    assert wishes + len(NONE) >= 150
    assert 0.8 < len(NONE) / wishes < 1.25


@pytest.mark.parametrize("said", [said for _, said in WISHES] + NONE)
def test_wish_is_the_same_shouted_with_courtesy_and_with_accents_taken_apart(said: str) -> None:
    expected = wish(said)
    assert wish(unicodedata.normalize("NFD", said)) == expected
    assert wish(f"Oye Robi, {said}") == expected
    assert wish(said.upper()) == expected


def test_wish_of_several_is_the_last() -> None:
    assert wish("Recuerda que soy zurdo. No, olvida eso.") == Wish("forget_that")


def test_wish_that_goes_on_and_on_is_cut() -> None:
    said = wish("recuerda que " + "soy zurdo y " * 1000)
    assert said is not None
    assert len(said.about) <= MAX_ABOUT


def test_wish_does_not_show_what_it_is_about() -> None:
    assert "zurdo" not in repr(wish("recuerda que soy zurdo"))


@given(st.text())
def test_wish_of_anything_is_one_or_none(text: str) -> None:
    said = wish(text)
    assert said is None or bool(said.about) == (said.kind in {"forget_about", "remember"})


SALAD = """
olvida eso todo lo que de mí no guardes esto recuerda pero , . ¿ ? : me dijo forget that i my
remember off the record about what said ok
"""
WORDS = st.sampled_from(sorted(listed(SALAD)))


@given(st.lists(WORDS, max_size=30))
def test_wish_of_any_salad_of_its_words_is_found_or_not_but_in_any_case_at_once(
    words: list[str],
) -> None:
    said = wish(" ".join(words))
    assert said is None or said.about in " ".join(words)
