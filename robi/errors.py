"""Every error Robi can tell a client about, as one tree: code, HTTP status and speakable words.

Owns the catalogue of protocol.md §9. `message` is what a robot may say aloud, in Spanish or
English; `details` is for the log and never holds a secret, a path or a person's words.

    RobiError
    ├── AuthError          1001-1004, 8001   who is asking
    ├── InputError         2001-2005, 8003, 8004   what was sent
    ├── BrainError         3001-3004, 8006   the model
    ├── DataError          4001-4006, 5003   what is kept
    └── InternalError      5001, 5004, 8005  ourselves

This module imports nothing of Robi, so that every room may raise from it.
"""

from typing import ClassVar, Literal

Language = Literal["es", "en"]


class RobiError(Exception):
    """An error with a place in the catalogue.

    Args:
        details: for the log and the `details` field; never a secret, a path or personal text.
        retry_after: whole seconds after which trying again makes sense.
    """

    code: ClassVar[int]
    error_code: ClassVar[str]
    http_status: ClassVar[int]
    recoverable: ClassVar[bool] = True
    spoken: ClassVar[dict[Language, str]]

    def __init__(self, details: str | None = None, *, retry_after: int | None = None) -> None:
        super().__init__(details or self.error_code)
        self.details = details
        self.retry_after = retry_after

    def message(self, language: Language) -> str:
        """Return the words a robot may say, in `language`."""
        return self.spoken[language]


class AuthError(RobiError):
    """Who is asking could not be told, or asks too often."""


class ApiKeyMissing(AuthError):
    """No key in the header nor in `auth`."""

    code = 1001
    error_code = "API_KEY_MISSING"
    http_status = 401
    recoverable = False
    spoken = {
        "es": "Me falta la llave para entrar. Revisa la clave en la aplicación.",
        "en": "I have no key to come in. Please check the key in the app.",
    }


class ApiKeyInvalid(AuthError):
    """The key is not one of ours."""

    code = 1002
    error_code = "API_KEY_INVALID"
    http_status = 401
    recoverable = False
    spoken = {
        "es": "Mi llave no abre. Revisa la clave en la aplicación.",
        "en": "My key does not open the door. Please check the key in the app.",
    }


class ApiKeyExpired(AuthError):
    """The key was ours, and its time is over."""

    code = 1003
    error_code = "API_KEY_EXPIRED"
    http_status = 401
    recoverable = False
    spoken = {
        "es": "Mi llave ha caducado. Hace falta una nueva.",
        "en": "My key has expired. I need a new one.",
    }


class KeyNotFit(ApiKeyInvalid):
    """The key is one of ours, and for something else: another role, or another device."""

    http_status = 403
    spoken = {
        "es": "Mi llave no es para esta puerta. Revisa la clave en la aplicación.",
        "en": "My key is not for this door. Please check the key in the app.",
    }


class ApiKeyRevoked(ApiKeyInvalid):
    """The key was ours, and was taken back: to be told apart from one that was guessed."""


class RateLimitExceeded(AuthError):
    """More requests than a key may send in a minute, or too many wrong keys from one address."""

    code = 1004
    error_code = "RATE_LIMIT_EXCEEDED"
    http_status = 429
    spoken = {
        "es": "Vas muy deprisa para mí. Dame un momento, por favor.",
        "en": "That is too fast for me. Give me a moment, please.",
    }


class WsAuthFailed(AuthError):
    """The first message was not a good `auth`, or did not come in time."""

    code = 8001
    error_code = "WS_AUTH_FAILED"
    http_status = 401
    recoverable = False
    spoken = {
        "es": "No he podido identificarme. Vuelve a conectarme, por favor.",
        "en": "I could not identify myself. Please connect me again.",
    }


class InputError(RobiError):
    """What was sent cannot be used; sending it again unchanged will not help."""


class InvalidRequestFormat(InputError):
    """An HTTP body that is not what the call takes."""

    code = 2001
    error_code = "INVALID_REQUEST_FORMAT"
    http_status = 422
    spoken = {
        "es": "No he entendido lo que me han enviado.",
        "en": "I did not understand what was sent to me.",
    }


class PrivateContent(InvalidRequestFormat):
    """Something about a person that is never kept; `details` says of which class, not what."""

    spoken = {
        "es": "Eso es demasiado privado para que yo lo guarde.",
        "en": "That is too private for me to keep.",
    }


class NothingThere(InvalidRequestFormat):
    """A path at which there is nothing, or nothing for whoever asks."""

    http_status = 404


class MissingRequiredField(InputError):
    """An HTTP body lacks a field that the call needs."""

    code = 2002
    error_code = "MISSING_REQUIRED_FIELD"
    http_status = 422
    spoken = {
        "es": "A lo que me han enviado le falta algo.",
        "en": "Something is missing in what was sent to me.",
    }


class FileTooLarge(InputError):
    """Audio, image or video over its limit (protocol.md §2, §7)."""

    code = 2003
    error_code = "FILE_TOO_LARGE"
    http_status = 413
    spoken = {
        "es": "Eso es demasiado largo para mí. ¿Me lo cuentas más corto?",
        "en": "That is too long for me. Could you make it shorter?",
    }


class UnsupportedFileFormat(InputError):
    """Bytes whose first ones are of no format that we take."""

    code = 2004
    error_code = "UNSUPPORTED_FILE_FORMAT"
    http_status = 415
    spoken = {
        "es": "No reconozco ese formato, así que no puedo abrirlo.",
        "en": "I do not know that format, so I cannot open it.",
    }


class EmptyAudio(InputError):
    """`audio_end` with nothing buffered."""

    code = 2005
    error_code = "EMPTY_AUDIO"
    http_status = 422
    spoken = {
        "es": "No he oído nada. ¿Me lo repites?",
        "en": "I did not hear anything. Could you say it again?",
    }


class MessageTooLarge(InputError):
    """A WebSocket message over `WS_MAX_MESSAGE_SIZE_MB`; the link closes with 1009."""

    code = 8003
    error_code = "WS_MESSAGE_TOO_LARGE"
    http_status = 413
    recoverable = False
    spoken = {
        "es": "Eso es demasiado grande para mí. ¿Me lo mandas más pequeño?",
        "en": "That is too big for me. Could you send something smaller?",
    }


class InvalidMessage(InputError):
    """A WebSocket message that is unknown or malformed; `details` names the path."""

    code = 8004
    error_code = "WS_INVALID_MESSAGE_FORMAT"
    http_status = 422
    spoken = {
        "es": "No he entendido el mensaje de la aplicación.",
        "en": "I did not understand the message from the app.",
    }


class BrainError(RobiError):
    """The model gave no answer, or not a whole one."""


class BrainUnavailable(BrainError):
    """The model cannot be reached, refuses us, or breaks off."""

    code = 3001
    error_code = "GEMINI_SERVICE_UNAVAILABLE"
    http_status = 503
    spoken = {
        "es": "Ahora mismo no consigo pensar con claridad. Inténtalo de nuevo en un momento.",
        "en": "I cannot think clearly right now. Please try again in a moment.",
    }


class BrainRateLimited(BrainError):
    """The model's service says that we ask too much (429)."""

    code = 3002
    error_code = "GEMINI_RATE_LIMIT_EXCEEDED"
    http_status = 503
    spoken = {
        "es": "He pensado demasiado en poco tiempo. Dame un minuto para descansar.",
        "en": "I have been thinking too much. Give me a minute to rest.",
    }


class DayUsedUp(BrainRateLimited):
    """What the model may take in a day is used up; `retry_after` is the next midnight."""

    spoken = {
        "es": "Hoy ya he pensado todo lo que podía. Mañana seguimos hablando.",
        "en": "I have done all the thinking I can for today. Let us go on tomorrow.",
    }


class BrainTimeout(BrainError):
    """The model took longer than a person should wait."""

    code = 3003
    error_code = "GEMINI_TIMEOUT"
    http_status = 503
    spoken = {
        "es": "Perdona, me he quedado pensando demasiado. ¿Me lo preguntas otra vez?",
        "en": "Sorry, I was lost in thought. Could you ask me again?",
    }


class BrainBlocked(BrainError):
    """The model's service refuses to answer this."""

    code = 3004
    error_code = "GEMINI_BLOCKED"
    http_status = 422
    spoken = {
        "es": "De eso no puedo hablar. ¿Probamos con otra cosa?",
        "en": "I cannot talk about that. Shall we try something else?",
    }


class MediaNotTaken(UnsupportedFileFormat, BrainError):
    """The model that is asked takes no media of this kind; another may."""


class SoundNotTaken(MediaNotTaken):
    """The model cannot hear, or not this format."""

    spoken = {
        "es": "Ahora mismo no puedo entender lo que oigo. ¿Me lo escribes, por favor?",
        "en": "I cannot make out sound right now. Could you write it to me, please?",
    }


class PictureNotTaken(MediaNotTaken):
    """The model cannot see."""

    spoken = {
        "es": "Ahora mismo no puedo ver fotos. ¿Me lo cuentas con palabras?",
        "en": "I cannot look at pictures right now. Could you tell me in words?",
    }


class FilmNotTaken(MediaNotTaken):
    """The model cannot watch."""

    spoken = {
        "es": "Ahora mismo no puedo ver vídeos. ¿Me lo cuentas con palabras?",
        "en": "I cannot watch videos right now. Could you tell me in words?",
    }


class MediaTooLarge(FileTooLarge, BrainError):
    """The media of one question are more than a model takes in all."""

    spoken = {
        "es": "Eso es demasiado de una vez para mí. ¿Me mandas algo más pequeño?",
        "en": "That is too much at once for me. Could you send something smaller?",
    }


class ServerBusy(BrainError):
    """No place for one more call, session or turn just now."""

    code = 8006
    error_code = "SERVER_BUSY"
    http_status = 503
    spoken = {
        "es": "Ahora mismo estoy atendiendo a muchos. Dame unos segundos.",
        "en": "I am busy with many friends right now. Give me a few seconds.",
    }


class DataError(RobiError):
    """What is kept is not there, or cannot be reached."""


class UserNotFound(DataError):
    """No such person."""

    code = 4001
    error_code = "USER_NOT_FOUND"
    http_status = 404
    spoken = {"es": "No conozco a esa persona.", "en": "I do not know that person."}


class MemoryNotFound(DataError):
    """No such memory of that person."""

    code = 4003
    error_code = "MEMORY_NOT_FOUND"
    http_status = 404
    spoken = {"es": "No tengo ese recuerdo.", "en": "I do not have that memory."}


class SessionNotFound(DataError):
    """No such conversation, or the place in its stream is not there any more."""

    code = 4005
    error_code = "SESSION_NOT_FOUND"
    http_status = 404
    spoken = {"es": "No encuentro esa conversación.", "en": "I cannot find that conversation."}


class TextNotFound(DataError):
    """No such text."""

    code = 4006
    error_code = "TEXT_NOT_FOUND"
    http_status = 404
    spoken = {"es": "No tengo ese texto.", "en": "I do not have that text."}


class DatabaseError(DataError):
    """The database does not answer."""

    code = 4004
    error_code = "DATABASE_ERROR"
    http_status = 503
    spoken = {
        "es": "Ahora mismo no puedo consultar mi memoria.",
        "en": "I cannot reach my memory right now.",
    }


class DiskFull(DataError):
    """No room left for what was sent."""

    code = 5003
    error_code = "DISK_FULL"
    http_status = 507
    spoken = {
        "es": "No me queda sitio para guardar eso.",
        "en": "I have no room left to keep that.",
    }


class InternalError(RobiError):
    """Our own fault; the log has the reason."""

    code = 5001
    error_code = "INTERNAL_SERVER_ERROR"
    http_status = 500
    spoken = {
        "es": "Algo ha fallado dentro de mí. Inténtalo otra vez, por favor.",
        "en": "Something went wrong inside me. Please try again.",
    }


class ConfigurationError(InternalError):
    """The server was set up in a way that cannot work."""

    code = 5004
    error_code = "CONFIGURATION_ERROR"
    http_status = 500
    recoverable = False
    spoken = {
        "es": "Me han configurado mal. Avisa a quien me cuida, por favor.",
        "en": "I was set up wrongly. Please tell whoever looks after me.",
    }


class DatabaseDamaged(ConfigurationError):
    """The file of the database is not sound, or no database: only a backup helps."""


class ProxyUnusable(ConfigurationError):
    """The environment names a proxy that this server cannot use."""


class StreamInterrupted(InternalError):
    """An answer broke off for a reason of ours."""

    code = 8005
    error_code = "WS_STREAM_INTERRUPTED"
    http_status = 500
    spoken = {
        "es": "Se me ha cortado la respuesta. ¿Me lo preguntas otra vez?",
        "en": "My answer was cut off. Could you ask me again?",
    }
