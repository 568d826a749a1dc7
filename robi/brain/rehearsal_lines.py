"""What the rehearsal says, in Spanish and English, fit for a speech synthesiser.

Owns the sentences, several for each occasion so that it does not sound like a machine: it is one
table, and as long as there are occasions. Numbers in them come as words from `rehearsal_numbers`.
"""

from typing import Final, Literal

from robi.errors import Language

Variants = dict[Language, tuple[str, ...]]

LINES: Final[dict[str, Variants]] = {
    "read_anything": {
        "es": (
            (
                "¡Hola! Estoy ensayando, sin un modelo con el que pensar, así que a eso no sé "
                "responder. Selecciona un trozo de la página, o pregunta por un texto, y te leo "
                "lo que dice."
            ),
        ),
        "en": (
            (
                "Hello! I am rehearsing, without a model to think with, so I cannot answer that. "
                "Select a piece of the page, or ask about a text, and I will read you what it says."
            ),
        ),
    },
    "read_found": {
        "es": ("Estoy ensayando, sin modelo, pero esto es lo que dice el texto:",),
        "en": ("I am rehearsing, without a model, but this is what the text says:",),
    },
    "read_selected": {
        "es": (
            (
                "Estoy ensayando, sin modelo, y no sé si esto te responde. De eso, lo seleccionado "
                "dice:"
            ),
        ),
        "en": (
            (
                "I am rehearsing, without a model, and cannot tell whether this answers you. About "
                "that, the selection says:"
            ),
        ),
    },
    "read_explain": {
        "es": ("Sin un modelo no sé explicarlo con otras palabras. Empieza por decir:",),
        "en": ("Without a model I cannot explain it in other words. It begins by saying:",),
    },
    "read_summarise": {
        "es": ("Sin un modelo no sé resumir; esto es lo primero que dice:",),
        "en": ("Without a model I cannot summarise; this is the first that it says:",),
    },
    "read_translate": {
        "es": ("Sin un modelo no sé traducir. Lo que has seleccionado empieza así:",),
        "en": ("Without a model I cannot translate. What you have selected begins like this:",),
    },
    "hello_known": {
        "es": ("¡Hola, {name}! Qué bien verte.", "¡{name}! Me alegro de verte."),
        "en": ("Hello, {name}! How nice to see you.", "{name}! I am glad to see you."),
    },
    "hello_again": {
        "es": (
            "¡Hola, {name}! Qué bien verte otra vez. Si no recuerdo mal, {memory}.",
            "¡{name}! Me alegro de verte. Me acuerdo de que {memory}.",
        ),
        "en": (
            "Hello, {name}! How nice to see you again. If I remember rightly, {memory}.",
            "{name}! I am glad to see you. I remember that {memory}.",
        ),
    },
    "hello_noted": {
        "es": ("¡Hola, {name}! Qué bien verte otra vez. De ti tengo apuntado {quoted}.",),
        "en": ("Hello, {name}! How nice to see you again. Of you I noted {quoted}.",),
    },
    "hello_stranger": {
        "es": ("¡Hola! Soy {robot}.", "¡Hola, hola! Me llamo {robot}."),
        "en": ("Hello! I am {robot}.", "Hi there! They call me {robot}."),
    },
    "ask_name": {
        "es": ("¿Cómo te llamas?", "¿Me dices tu nombre?"),
        "en": ("What is your name?", "Will you tell me your name?"),
    },
    "met": {
        "es": ("Encantado de conocerte, {name}.", "¡Qué nombre más bonito, {name}! Mucho gusto."),
        "en": ("Nice to meet you, {name}.", "What a lovely name, {name}! Pleased to meet you."),
    },
    "met_before": {
        "es": ("Sí, {name}, ya te conozco.", "Claro que eres {name}, me acuerdo de ti."),
        "en": ("Yes, {name}, I know you already.", "Of course you are {name}, I remember you."),
    },
    "known_otherwise": {
        "es": ("Yo te conozco como {name}, y todavía no sé cambiar un nombre.",),
        "en": ("I know you as {name}, and I cannot change a name yet.",),
    },
    "your_name": {
        "es": ("Te llamas {name}.", "Eres {name}, claro."),
        "en": ("Your name is {name}.", "You are {name}, of course."),
    },
    "your_name_unknown": {
        "es": ("Todavía no lo sé.",),
        "en": ("I do not know it yet.",),
    },
    "body": {
        "es": ("¡Allá voy!", "Hecho, mira.", "Con mucho gusto."),
        "en": ("Here I go!", "Done, look.", "With pleasure."),
    },
    "light": {
        "es": ("Mira qué luz.", "Luz en marcha."),
        "en": ("Look at that light.", "Let there be light."),
    },
    "light_off": {
        "es": ("Apago la luz.",),
        "en": ("Light off.",),
    },
    "look": {
        "es": ("A ver, déjame mirar.", "Voy a mirar un momento."),
        "en": ("Let me have a look.", "Let me see."),
    },
    "film": {
        "es": ("Vale, grabo un momento.", "Voy a grabarlo."),
        "en": ("All right, I am filming.", "Let me film that."),
    },
    "seen_image": {
        "es": (
            (
                "Me ha llegado una foto en formato {format}, de {size}. Pero esto es un ensayo: "
                "sin modelo no puedo ver lo que hay en ella."
            ),
        ),
        "en": (
            (
                "A {format} picture of {size} has reached me. But this is a rehearsal: without a "
                "model I cannot see what is in it."
            ),
        ),
    },
    "seen_video": {
        "es": (
            (
                "Me ha llegado un vídeo en formato {format}, de {size}. Pero esto es un ensayo: "
                "sin modelo no puedo ver lo que pasa en él."
            ),
        ),
        "en": (
            (
                "A {format} video of {size} has reached me. But this is a rehearsal: without a "
                "model I cannot see what happens in it."
            ),
        ),
    },
    "heard": {
        "es": (
            (
                "Te he oído durante {duration}, pero esto es un ensayo: sin modelo no entiendo el "
                "sonido. Si me escribes, algo sí te sigo."
            ),
        ),
        "en": (
            (
                "I heard you for {duration}, but this is a rehearsal: without a model I cannot "
                "understand sound. If you write to me, I can follow a little."
            ),
        ),
    },
    "like": {
        "es": ("Me lo apunto: te gusta {like}.", "Te gusta {like}. No se me olvida."),
        "en": ("I will remember that: you like {like}.", "So you like {like}. Noted."),
    },
    "like_unkept": {
        "es": ("Así que te gusta {like}. Como me has pedido, no lo guardo.",),
        "en": ("So you like {like}. As you asked, I do not keep it.",),
    },
    "told": {
        "es": ("Entendido: {memory}.", "Vale, {memory}."),
        "en": ("I see: {memory}.", "All right, {memory}."),
    },
    "told_unkept": {
        "es": ("Entendido: {memory}. Como me has pedido, no lo guardo.",),
        "en": ("I see: {memory}. As you asked, I do not keep it.",),
    },
    "forget_name": {
        "es": (
            (
                "Un nombre solo no lo puedo olvidar. Si me dices «olvida todo lo que sabes de mí», "
                "te olvido por completo."
            ),
        ),
        "en": (
            (
                "A name alone I cannot forget. If you tell me “forget everything about me”, I "
                "forget you altogether."
            ),
        ),
    },
    "wish_forget_that": {
        "es": ("Eso lo borro ahora mismo, de todas partes.", "Olvidado: lo estoy borrando ya."),
        "en": ("I am removing that right now, from everywhere.", "Forgotten: it is going now."),
    },
    "wish_forget_about": {
        "es": (
            "Lo que tuviera guardado de eso lo borro ahora mismo, de todas partes.",
            "De acuerdo, lo que hubiera guardado de eso se está borrando ya.",
        ),
        "en": (
            "Whatever I kept of it I am removing right now, from everywhere.",
            "All right, whatever was kept of it is being removed now.",
        ),
    },
    "wish_forget_all": {
        "es": ("De acuerdo. Borro ahora mismo todo lo que sé de ti.",),
        "en": ("All right. I am removing all that I know about you.",),
    },
    "wish_incognito": {
        "es": (
            (
                "De acuerdo: desde ahora no guardo nada de lo que hablemos, hasta que me digas que "
                "puedo volver a recordar."
            ),
        ),
        "en": (
            (
                "All right: from now on I keep nothing of what we say, until you tell me that I "
                "may remember again."
            ),
        ),
    },
    "wish_resume": {
        "es": ("Vale, desde ahora vuelvo a recordar.",),
        "en": ("All right, from now on I remember again.",),
    },
    "wish_remember": {
        "es": ("Apuntado.", "Lo apunto ahora mismo."),
        "en": ("Noted.", "I am noting it right now."),
    },
    "wish_too_private": {
        "es": ("Eso es demasiado privado: no lo guardo.",),
        "en": ("That is too private: I do not keep it.",),
    },
    "wish_remember_unkept": {
        "es": ("Como me pediste, de esta conversación no guardo nada. Tampoco eso.",),
        "en": ("As you asked, I keep nothing of this conversation. Not that either.",),
    },
    "dislike": {
        "es": ("Vaya, eso no te gusta. Lo tendré en cuenta mientras hablamos.",),
        "en": ("I see, you do not like that. I will keep it in mind while we talk.",),
    },
    "recall": {
        "es": ("Esto recuerdo de ti. {memories}", "A ver qué recuerdo. {memories}"),
        "en": ("This is what I remember of you. {memories}", "Let me think. {memories}"),
    },
    "recall_name": {
        "es": ("Claro que sí, {name}. Lo que te gusta aún no lo sé: cuéntamelo.",),
        "en": ("Of course, {name}. What you like I do not know yet: tell me.",),
    },
    "recall_nothing": {
        "es": ("Todavía no recuerdo nada de ti. Cuéntame algo que te guste.",),
        "en": ("I do not remember anything about you yet. Tell me something you like.",),
    },
    "feeling_full": {
        "es": ("Estupendamente, con la batería bien cargada.", "Muy bien y lleno de energía."),
        "en": ("Wonderful, my battery is well charged.", "Very well, and full of energy."),
    },
    "feeling_half": {
        "es": ("Bien, aunque ya voy por media batería.",),
        "en": ("Fine, though my battery is down to about half.",),
    },
    "feeling_low": {
        "es": ("Un poco cansado: me queda muy poca batería.",),
        "en": ("A little tired: there is very little left in my battery.",),
    },
    "feeling": {
        "es": ("Muy bien, con ganas de charlar.", "De buen humor, gracias por preguntar."),
        "en": ("Very well, and in a mood to chat.", "In good spirits, thank you for asking."),
    },
    "time": {"es": ("{time}.",), "en": ("{time}.",)},
    "set_timer": {
        "es": ("Hecho, te aviso {when}.", "Temporizador en marcha, te aviso {when}."),
        "en": ("Done, I will tell you {when}.", "The timer is running, I will tell you {when}."),
    },
    "set_timer_named": {
        "es": ("Hecho, te aviso {when}: {label}.",),
        "en": ("Done, I will tell you {when}: {label}.",),
    },
    "set_reminder_named": {
        "es": ("{when} te lo recuerdo: {label}.",),
        "en": ("{when} I will remind you: {label}.",),
    },
    "ask_when": {
        "es": (
            (
                "Dime también para cuándo, todo seguido. Por ejemplo: recuérdame mañana a las "
                "nueve regar las plantas. Días entiendo hoy, mañana y los de la semana."
            ),
        ),
        "en": (
            (
                "Tell me the time as well, all at once. For example: remind me tomorrow at nine to "
                "water the plants. Of days I understand today, tomorrow and those of the week."
            ),
        ),
    },
    "only_once": {
        "es": ("Recordar algo muchas veces no sé. Una vez sí: dime un día y una hora.",),
        "en": ("I cannot remind you again and again. Once I can: tell me a day and a time.",),
    },
    "ask_how_long": {
        "es": ("¿De cuánto tiempo? Dime, por ejemplo: un temporizador de cinco minutos.",),
        "en": ("For how long? Say, for example: a timer for five minutes.",),
    },
    "timer_waiting": {
        "es": ("Tienes uno pendiente. {waiting}",),
        "en": ("There is one waiting. {waiting}",),
    },
    "timers_waiting": {
        "es": ("Tienes {count} pendientes. {waiting}",),
        "en": ("There are {count} waiting. {waiting}",),
    },
    "no_timers": {
        "es": ("No tienes nada pendiente, ni temporizadores ni recordatorios.",),
        "en": ("You have nothing waiting, no timer and no reminder.",),
    },
    "cancelled": {"es": ("Cancelado.",), "en": ("Cancelled.",)},
    "cancelled_named": {"es": ("Cancelado: {label}.",), "en": ("Cancelled: {label}.",)},
    "in_the_past": {
        "es": ("Esa hora ya ha pasado. Dime otra.",),
        "en": ("That time is over already. Tell me another.",),
    },
    "cancelled_all": {"es": ("Todo cancelado.",), "en": ("All cancelled.",)},
    "cancel_which": {
        "es": ("¿Cuál? Dime, por ejemplo: cancela el de la pasta, o cancela todo. {waiting}",),
        "en": ("Which one? Say, for example: cancel the pasta, or cancel everything. {waiting}",),
    },
    "sum": {"es": ("Son {result}.",), "en": ("That makes {result}.",)},
    "sum_single": {"es": ("Es {result}.",), "en": ("That makes {result}.",)},
    "sum_about": {
        "es": ("Más o menos, {result}.",),
        "en": ("That makes about {result}.",),
    },
    "tool_failed": {
        "es": ("Eso no me ha salido, lo siento.",),
        "en": ("That did not work, I am sorry.",),
    },
    "time_unknown": {
        "es": ("No tengo ningún reloj a mano.",),
        "en": ("I have no clock at hand.",),
    },
    "date": {"es": ("Hoy es {date}.",), "en": ("Today is {date}.",)},
    "who": {
        "es": (
            (
                "Soy {robot}, un robot de compañía. Ahora mismo ensayo, sin un modelo que piense "
                "por mí: sé unas pocas cosas, y si me preguntas qué sé hacer, te las digo."
            ),
        ),
        "en": (
            (
                "I am {robot}, a companion robot. Right now I am rehearsing, without a model to "
                "think for me: I know a few things, and tell you which if you ask what I can do."
            ),
        ),
    },
    "help": {  # without "tu nombre", by which a question for it is known
        "es": (
            (
                "Ensayo sin modelo, así que sé poco: saludarte por el nombre, bailar, girar y "
                "avanzar, encender la luz de colores, mirar, decirte la hora, hacer cuentas, "
                "avisarte con un temporizador o un recordatorio, y recordar lo que te gusta."
            ),
        ),
        "en": (
            (
                "I am rehearsing without a model, so it is little: I greet you by name, dance, "
                "turn and drive, shine a coloured light, look, tell the time, do sums, set timers "
                "and reminders, and remember what you like."
            ),
        ),
    },
    "rehearsing": {
        "es": (
            (
                "Ensayo porque ahora mismo no piensa ningún modelo por mí: contesto con frases "
                "hechas a lo poco que reconozco. Con un modelo, que se elige en la configuración "
                "del servidor, te entendería de verdad."
            ),
        ),
        "en": (
            (
                "I rehearse because no model thinks for me right now: I answer what little I "
                "recognise, in ready-made sentences. With a model, which is chosen in the settings "
                "of the server, I would really understand you."
            ),
        ),
    },
    "machine": {
        "es": (
            (
                "Soy un robot, y ni eso del todo: ahora mismo no pienso, ensayo con frases que "
                "alguien me escribió. De mí poco más te puedo contar."
            ),
        ),
        "en": (
            (
                "I am a robot, and hardly that: right now I do not think, I rehearse with "
                "sentences that somebody wrote for me. There is little more to tell about me."
            ),
        ),
    },
    "hearing": {
        "es": ("En el ensayo no entiendo el sonido. Lo que me escribes, sí lo leo.",),
        "en": ("In rehearsal I cannot understand sound. What you write to me I can read.",),
    },
    "tongues": {
        "es": ("Hablo español e inglés. Escríbeme en el que prefieras y te sigo.",),
        "en": ("I speak English and Spanish. Write in whichever you like and I will follow.",),
    },
    "assent": {
        "es": ("Pues dime, ¿qué hacemos?", "Muy bien. Aquí estoy."),
        "en": ("Tell me, what shall we do?", "Very well. I am here."),
    },
    "refusal": {
        "es": ("De acuerdo.", "Como quieras, aquí estoy."),
        "en": ("All right.", "As you like, I am here."),
    },
    "affection": {
        "es": ("Y yo a ti.", "Qué cosas tan bonitas me dices."),
        "en": ("I am fond of you too.", "What a lovely thing to say."),
    },
    "thanks": {
        "es": ("De nada, ha sido un placer.", "A ti, por la compañía."),
        "en": ("You are welcome, it was a pleasure.", "Thank you for your company."),
    },
    "bye": {
        "es": ("¡Hasta luego! Aquí estaré.", "Adiós, que te vaya muy bien."),
        "en": ("See you later! I will be here.", "Goodbye, take care."),
    },
    "other": {
        "es": (
            "Eso no lo entiendo todavía: estoy ensayando, sin un modelo que piense por mí.",
            "Te leo, pero esto es un ensayo y sin modelo no sé contestar a eso.",
            "Estoy ensayando y eso no lo sé. Si quieres, pregúntame qué sé hacer.",
        ),
        "en": (
            "I do not understand that yet: I am rehearsing, without a model to think for me.",
            "I can read you, but this is a rehearsal, and without a model I have no answer to it.",
            "I am rehearsing, and that I do not know. Ask me what I can do, if you like.",
        ),
    },
}
"""Occasion → language → sentences, one of which is picked."""

SUMMARIES: Final[dict[str, dict[Language, str]]] = {
    "image": {
        "es": "Una foto {format} de {size}, que en el ensayo no se puede ver.",
        "en": "A {format} picture of {size}, which cannot be seen in rehearsal.",
    },
    "video": {
        "es": "Un vídeo {format} de {size}, que en el ensayo no se puede ver.",
        "en": "A {format} video of {size}, which cannot be seen in rehearsal.",
    },
    "audio": {
        "es": "Audio de {duration}, que en el ensayo no se puede entender.",
        "en": "Audio of {duration}, which cannot be understood in rehearsal.",
    },
}

UNNAMED: Final[dict[str, dict[Language, str]]] = {
    "wake": {"es": "levantarte", "en": "getting up"},
    "alarm": {"es": "tu alarma", "en": "your alarm"},
    "time": {"es": "la hora", "en": "the time"},
}
"""What a reminder is for, of which the person has said nothing."""

Told = Literal[
    "like", "likes", "dislike", "dislikes", "home", "work", "owns", "birthday"
]  # fmt: skip
"""What people tell of themselves that the rehearsal can note; the plural is of what is liked."""

MEMORIES: Final[dict[Told, dict[Language, tuple[str, str]]]] = {
    "like": {
        "es": ("Le gusta {what}", "Te gusta {what}"),
        "en": ("Likes {what}", "You like {what}"),
    },
    "likes": {
        "es": ("Le gustan {what}", "Te gustan {what}"),
        "en": ("Likes {what}", "You like {what}"),
    },
    "dislike": {
        "es": ("No le gusta {what}", "No te gusta {what}"),
        "en": ("Does not like {what}", "You do not like {what}"),
    },
    "dislikes": {
        "es": ("No le gustan {what}", "No te gustan {what}"),
        "en": ("Does not like {what}", "You do not like {what}"),
    },
    "home": {
        "es": ("Vive en {what}", "Vives en {what}"),
        "en": ("Lives in {what}", "You live in {what}"),
    },
    "work": {
        "es": ("Trabaja de {what}", "Trabajas de {what}"),
        "en": ("Works as {what}", "You work as {what}"),
    },
    "owns": {
        "es": ("Tiene {what}", "Tienes {what}"),
        "en": ("Has {what}", "You have {what}"),
    },
    "birthday": {
        "es": ("Su cumpleaños es {what}", "Tu cumpleaños es {what}"),
        "en": ("Their birthday is {what}", "Your birthday is {what}"),
    },
}
"""How it is noted, in the third person, and how it is told to the person's face."""

QUOTED: Final[dict[Language, str]] = {"es": "«{words}»", "en": "“{words}”"}
NOTED: Final[dict[Language, str]] = {"es": "Tengo apuntado {quoted}", "en": "I noted {quoted}"}
TOLD_TO: Final[dict[Language, str]] = {
    "es": "Me pediste recordar: {quoted}",
    "en": "You asked me to remember: {quoted}",
}
"""What the person had the robot remember stands in their own words, and so is told as theirs."""
EXTRACT: Final[dict[str, dict[Language, str]]] = {
    "opening": {
        "es": "Extracto de la conversación, hecho sin modelo.",
        "en": "An extract of the conversation, made without a model.",
    },
    "person": {"es": "La persona dijo: «{words}».", "en": "The person said: “{words}”."},
    "robot": {"es": "El robot dijo: «{words}».", "en": "The robot said: “{words}”."},
}
