"""The tool's own words, in English and Spanish; what Robi says comes from Robi.

One frozen class, so that a language which lacks a sentence does not type-check. Braces are
filled with `str.format`.
"""

from collections.abc import Mapping

from attrs import frozen

from robi.errors import Language


@frozen(kw_only=True)
class Words:
    """Every sentence of the tool in one language."""

    hello: str
    resumed: str
    hint: str
    help: str
    emotion: str
    first_text: str
    end: str
    directions: Mapping[str, str]
    turn: str
    drive: str
    light: str
    stop: str
    captures: Mapping[str, str]
    capture_wanted: str
    capture_question: str
    capture_sent: str
    capture_refused: str
    capture_hints: Mapping[str, str]
    registered: str
    battery: str
    scan: str
    interrupting: str
    interrupted: str
    nothing_running: str
    unreachable: str
    start_it: str
    silent: str
    no_websocket: str
    untrusted: str
    refused: str
    key_hint: str
    replaced: str
    lost: str
    closed: str
    again_in: str
    offline: str
    back: str
    not_resumed: str
    timed_out: str
    turn_lost: str
    violation: str
    unreadable: str
    no_file: str
    not_json: str
    unknown_command: str
    needs_argument: str
    retry_after: str


ENGLISH = Words(
    hello="Robi at {url} · session {session}",
    resumed="the conversation goes on",
    hint="Type and press Enter. Ctrl-C cuts an answer short, /help shows more.",
    help="""\
/photo FILE   show a picture          /audio FILE   play a sound file as your voice
/video FILE   show a short film       /me ID        someone else stands in front of the robot
/interrupt    cut the answer short    /raw JSON     send a message as it is
/help         this                    /quit         leave (so does Ctrl-D)
While Robi answers, whatever you type cuts in.""",
    emotion="emotion",
    first_text="first text",
    end="end",
    directions={
        "forward": "forward",
        "backward": "backward",
        "left": "left",
        "right": "right",
    },
    turn="turns {direction} {amount}",
    drive="moves {direction} {amount}",
    light="light {colour} {amount}",
    stop="stops",
    captures={"photo": "a photo", "video": "a video"},
    capture_wanted="Robi asks for {what}",
    capture_question="Path of a file (within ten seconds), or Enter to refuse:",
    capture_sent="sending {path}",
    capture_refused="refused",
    capture_hints={
        "photo": "refused: there is no --photo FILE to show",
        "video": "refused: there is no --clip FILE to show",
    },
    registered="Robi now knows {name} ({person})",
    battery="battery of the {source} at {level} %",
    scan="looks around",
    interrupting="cutting in…",
    interrupted="cut short",
    nothing_running="Robi is not saying anything just now.",
    unreachable="Nobody answers at {url}: {reason}.",
    start_it="Start the server in another terminal with  ./dev serve  and try again.",
    silent="Somebody is there at {url}, but says nothing. Is it Robi's server?",
    no_websocket="What answers at {url} is not Robi: {reason}.",
    untrusted="The certificate at {url} is not trusted: {reason}. (--cafile FILE or --insecure)",
    refused="The server does not let this robot in: {reason}",
    key_hint="The key comes from --key, $API_KEY, .env or data/api_key, which ./dev serve makes.",
    replaced="The same device has connected elsewhere, so this robot leaves.",
    lost="The link is lost: {reason}.",
    closed="closed with {code}",
    again_in="Trying again in {seconds} s…",
    offline="Not sent: there is no link just now.",
    back="Back again.",
    not_resumed="The server no longer has what was being said.",
    timed_out="no answer within {seconds} s",
    turn_lost="the answer was lost with the link",
    violation="ORDER VIOLATION (protocol.md §3): {rule}",
    unreadable="a message that is not of the protocol: {reason}",
    no_file="Cannot read {path}: {reason}.",
    not_json="That is not JSON: {reason}.",
    unknown_command="There is no {command}; /help shows what there is.",
    needs_argument="{command} needs something after it.",
    retry_after="again in {seconds} s",
)

SPANISH = Words(
    hello="Robi en {url} · sesión {session}",
    resumed="la conversación sigue",
    hint="Escribe y pulsa Intro. Ctrl-C corta una respuesta, /help enseña más.",
    help="""\
/photo FICHERO   enseñar una imagen       /audio FICHERO   un sonido hace de tu voz
/video FICHERO   enseñar un vídeo corto   /me ID           otra persona delante del robot
/interrupt       cortar la respuesta      /raw JSON        enviar un mensaje tal cual
/help            esto                     /quit            salir (también Ctrl-D)
Mientras Robi responde, lo que escribas le interrumpe.""",
    emotion="emoción",
    first_text="primer texto",
    end="fin",
    directions={
        "forward": "adelante",
        "backward": "atrás",
        "left": "a la izquierda",
        "right": "a la derecha",
    },
    turn="gira {direction} {amount}",
    drive="avanza {direction} {amount}",
    light="luz {colour} {amount}",
    stop="se para",
    captures={"photo": "una foto", "video": "un vídeo"},
    capture_wanted="Robi pide {what}",
    capture_question="Ruta de un fichero (en diez segundos), o Intro para negarte:",
    capture_sent="enviando {path}",
    capture_refused="negado",
    capture_hints={
        "photo": "negado: no hay --photo FICHERO que enseñar",
        "video": "negado: no hay --clip FICHERO que enseñar",
    },
    registered="Robi ya conoce a {name} ({person})",
    battery="batería de {source} al {level} %",
    scan="mira alrededor",
    interrupting="interrumpiendo…",
    interrupted="cortada",
    nothing_running="Robi no está diciendo nada ahora.",
    unreachable="Nadie responde en {url}: {reason}.",
    start_it="Arranca el servidor en otra terminal con  ./dev serve  y prueba otra vez.",
    silent="Hay alguien en {url}, pero no dice nada. ¿Es el servidor de Robi?",
    no_websocket="Lo que responde en {url} no es Robi: {reason}.",
    untrusted="El certificado de {url} no es de fiar: {reason}. (--cafile FICHERO o --insecure)",
    refused="El servidor no deja entrar a este robot: {reason}",
    key_hint="La clave viene de --key, $API_KEY, .env o data/api_key, que crea ./dev serve.",
    replaced="El mismo dispositivo se ha conectado en otro sitio; este robot se va.",
    lost="Se ha perdido la conexión: {reason}.",
    closed="cerrada con {code}",
    again_in="Otro intento en {seconds} s…",
    offline="No enviado: ahora mismo no hay conexión.",
    back="De vuelta.",
    not_resumed="El servidor ya no tiene lo que se estaba diciendo.",
    timed_out="sin respuesta en {seconds} s",
    turn_lost="la respuesta se perdió con la conexión",
    violation="ORDEN VIOLADO (protocol.md §3): {rule}",
    unreadable="un mensaje que no es del protocolo: {reason}",
    no_file="No puedo leer {path}: {reason}.",
    not_json="Eso no es JSON: {reason}.",
    unknown_command="No existe {command}; /help enseña lo que hay.",
    needs_argument="{command} necesita algo detrás.",
    retry_after="otra vez en {seconds} s",
)

WORDS: Mapping[Language, Words] = {"en": ENGLISH, "es": SPANISH}
