"""Secrets: passwords, PINs, codes of doors and alarms, keys of programs, where the house key lies.

Owns the nouns of secrets and what may be said of them without telling them ("my password is too
long"). Weak nouns, such as "clave" and "code", count beside what they open only. One list
of words, so that what is private can be read at one glance.
"""

import re
from collections.abc import Sequence
from typing import Final

from robi.people.privacy.lexicon import Hits, word_set
from robi.people.privacy.rules import Rule, Rules

TABLES: Final = {
    "strong": """
        palabra_de_paso contrasen* contra_sena password* pass_word|words|code|codes|phrase
        passcode* passwd pwd passphrase* passkey nip puk cvv cvv2 cvc credenciales credentials
        api_key* apikey* pincode* pin_code*|number clave_secreta|privada|personal
        secret|private_key secret_code|number|word codigo|numero_secreto|pin
        codigo_de_acceso|desbloqueo|seguridad|verificacion
        access|security|unlock|verification|recovery_code*
        palabra|respuesta|pregunta_secreta|clave|magica palabra|pregunta_de_seguridad
        secret|security|magic|safe_question|answer|word|phrase safeword codeword frase_semilla
        frase|clave|codigo_de_recuperacion seed|recovery_phrase|key patron_de_desbloqueo
        unlock_pattern claves|contrasenas_que_uso|usamos|tengo
        clave_del|de_banco|cajero|homebanking|wifi|celu clave_de_la_wifi
        la|mi|su|tu|una|otra|nueva|nuestra|esta_contra la|mi|su|tu|el|the|my|his|her|our_passw*
        otp two_factor""",
    "pin": "pin pins pines",
    "own_pin": "mi|tu|su|el|un|my|your|his|her|their|the|our_pin pin_:|=",
    "weak": """
        clave claves codigo* code codes combinacion combination combo token tokens key patron
        pattern dibujo numeritos numerito numero numeros number numbers pass digitos digits
        cifras pulsaciones""",
    "my_weak": """
        mi|tu|su|nuestra|vuestra|my|your|our|his|her|their_clave|codigo|code mi|tu|su_pass""",
    "no_code": """
        codigo*|code*|numero_postal|penal|civil|morse|qr|fuente|abierto|genetico|promocional
        |barras|binario
        codigo*_de_barras|descuento|conducta|vestimenta|color|colores|circulacion zip|dress
        |source|area|morse|promo|bar|qr|post|postal|colour|color|discount|cheat_code*
        code_review|of|club clave_de_sol|fa|do clave_del_exito|sol|caso|misterio
        la|una_clave_es|esta|para palabra*_clave numero|numeros_de_telefono|casa|movil|pedido
        |vuelo|hermanos|personas|asiento|habitacion|puntos|zapato numero_de_la_casa
        numero|number_favorito|uno|one house|phone|telephone|order|flight|tracking|room|seat
        |lucky|favourite|favorite|winning|door_number* number_of|one in_the_key
        key_of|to|point|ring|lime numero_de_la_suerte llave_inglesa numero_de_puntos|zapato
        patron_de_costura|la sewing_pattern token_for_the pass_the|me|by bus_pass boarding_pass
        pin_de_solapa bowling_pins|pin codigo_da da_vinci_code card|account|bank_number
        numero_de_tarjeta|cuenta numero_de_la|tu|mi|su_tarjeta|cuenta numero_ganador
        codigo_secreto_de_espias bus_number numeros_primos""",
    # What opens: a weak noun, a number or "to get in" beside it is a secret.
    "lock": """
        wifi wi_fi internet router banco bank tarjeta card movil telefono phone phones cel celu
        celular ordenador compu computadora computer laptop laptops portatil pc tablet ipad
        correo email mail e_mail gmail hotmail outlook alarma alarmas alarm puerta door portal
        porton verja reja gate garaje garage cochera caja safe candado candados padlock lock
        locks locker taquilla cerradura casa house home edificio building trastero cuenta
        account netflix instagram insta facebook tiktok snapchat spotify amazon whatsapp acceso
        access entrada entry seguridad security desbloqueo unlock verificacion verification sms
        maleta suitcase bici bike oficina office patinete tele tv roblox minecraft fortnite
        steam play ps playstation xbox switch icloud google apple paypal bizum cajero atm firma
        hacienda shed vault buzon mailbox red disney hbo zoom colegio school server servidor
        crypto wallet keypad teclado perfil profile login app aplicacion nube cloud sim ascensor
        lift elevator piscina trasteros almacen urbanizacion finca consola console caravana
        cofre hucha diario diary archivo armario cabinet coche car moto nevera vodafone movistar
        usuario user sesion ingresar tienda shop cuarto hotel apartment apartamento piso flat
        club gimnasio gym till keysafe modem lockbox hall barrier barrera plataforma intranet""",
    "bolt": """
        candado* padlock* lock locks locker taquilla caja_fuerte safe keysafe lockbox lock_box
        cerradura cajero atm keypad till modem router wifi sim combination sign_in
        log|logs|login_into""",
    "alarm": "alarma alarm",
    "clock": "a|para_las|la at for despert* wake pon set suena ringing rings|ring|goes",
    "measured": "canal* canales channel* megas puerto metros",
    "opener": "clave claves codigo code codes combinacion combination",
    "combo": "combination combinacion combo",
    "measure": "#",
    "asked": "what which que cual como how",
    "opens": "unlock* desbloque* type teclea* marcas marcar",
    "open": """
        abr* entrar entra entro entras desbloque* desactiv* quita* apaga* marca marcar marco
        marcas marcando pulsa* tecle* toca tocar mete meter meto metes pone poner pongo pones
        pon ponga introduc* escrib* acceder accedo iniciar_sesion conectar* conecto ingresa*
        ingreso digita* disca* pressing open opens opening opened unlock* disarm* turn*_off
        turn*_it_off switch*_off get|gets|getting_in|into punch* type types typing dial press
        enter enters entering key_in let_yourself log|logs|logging|sign*_in|into|on access
        connect* put|puts|pop_in tap dialling input""",
    "purpose": "para for to pa",
    "put": """
        poner pongo pones pone pon ponga ponemos ponen ponia puse poned poniendo escribir
        escribo escribes escribe meter meto metes mete teclear tecleo tecleas teclea introducir
        introduzco introduce marcar marco marcas usar uso usas usa usamos decir digo dices dice
        put puts type types enter enters use uses say punch_in key_in input then_type
        put|puts|type|types_in dibujo dibujas hago haces hacer draw draws swipe""",
    "by_hand": """
        dedo huella cara finger fingerprint face thumb llave key mando mano hand fuerza cuidado
        push voz voice tarjeta card manager gestor boton button love patience""",
    "is": """
        es son era eran sera seria sigue_siendo is are was were will_be its it_s : := = == pone
        dice says va_a_ser ahora_es quedo|queda_en unlocks_with happens_to_be serian would_be
        reads contiene empieza_por starts_with acaba_en termina_en ends_in|with por_si_acaso""",
    "to": "a por to con with as como pon for",
    "change": """
        cambi* chang* puse puso puesto pusimos set reset pon poner pongo actualiz* update* entr*
        log logs login logged enter* ponele ponle modific* renov* switched""",
    "use": """
        usen usad uso usa usas usamos usan utiliz* use uses using used set puse puso pon pongo
        puesto pusimos poner ponia tengo tiene tienen tenemos have has put picked chose eleg*
        escog* usado usada he_puesto le_puse always siempre""",
    "as": "de como as for por a",
    "credential": """
        contrasen* password* clave pin passcode nip codigo pass code contra passphrase""",
    "login": """
        usuario user username user_name login log_in email correo mail cuenta account gmail""",
    "key": "llave llaves key keys llavecita",
    "spare": """
        llave|llaves_de_casa|repuesto|emergencia|mi|la|el|nuestra|entrada|reserva
        llave*_del_trastero|garaje|cobertizo|portal|buzon
        spare|house|front|back|extra|shed|garage|emergency_key|keys front|back_door_key*
        copia|copias_de_la|las_llave* llave*_de_la_puerta|casa otra_llave key*_to_the|our|my
        spare_set""",
    "spot": """
        felpudo alfombrilla alfombra maceta macetas macetero en_el|un_buzon contador ladrillo
        piedra gnomo jarron tiesto doormat mat flowerpot flower_pot plant_pot pot brick rock
        gnome in_the_mailbox|letterbox planter stone""",
    "hide": "escond* esconde escondid* taped pegad* tucked stashed hidden hide hides hiding hid",
    "where": """
        dentro debajo bajo detras encima under underneath behind inside above beneath below
        in_the atras portero""",
    "safe": "caja safe cajon hucha ahorros armario drawer",
    "behind": "detras dorso reverso atras back behind caduca expires expiry caducidad vence",
    "plastic": "tarjeta tarjetas card cards visa mastercard",
    "few": "numer* digit* cifra* code codigo",
    "story": """
        pirata* pirates cuento historia story tale pelicula movie film juego game tesoro
        treasure novela fabula fantasma dragon escape_room serie libro book espia spy videojuego""",
}  # fmt: skip

_FORMS: Final = re.compile(
    r"""
      \b(?:sk|pk|rk)[-_][A-Za-z0-9_\-]{16,}  | \bAIza[\w\-]{30,}     | \bgh[pousr]_\w{16,}
    | \bgithub_pat_\w{16,} | \bglpat-[\w\-]{16,} | \bxox[abeprs]-[\w\-]{10,}
    | \b(?:AKIA|ASIA)[A-Z0-9]{16}\b          | \bhf_\w{20,}          | \bya29\.[\w\-]{20,}
    | \beyJ[\w\-]{8,}\.[\w\-]{8,}            | -----BEGIN[^-]{0,40}PRIVATE[ ]KEY
    | \bBearer[ ][\w.\-+/=]{16,}             | ://[^\s/:@]{1,64}:[^\s/@]{1,64}@
    | [?&;](?:access_)?(?:token|key|apikey|api_key|secret|password|pwd|pass|sig)=[^\s&]{6,}
    """,
    re.VERBOSE,
)
_LEAST_FORM: Final = 14
"""Characters without a blank that a form has at least; everyday words are shorter."""
_PEM: Final = "PRIVATE KEY"
_LONG_TOKEN: Final = re.compile(r"(?<![\w/.+\-])[A-Za-z0-9+/_\-]{20,}")
_HEX: Final = re.compile(r"[0-9a-fA-F]{32,}")
_CHANGES: Final = re.compile(r"[a-z][A-Z0-9]|[A-Z][0-9]|[0-9][A-Za-z]")
_LEAST_CHANGES: Final = 6
"""Changes between small letters, capitals and digits in a long token that is no word."""

NAMED: Final = Rules(
    Rule("strong|pin", unless="no_code"),
    Rule("my_weak", unless="no_code"),
    Rule("weak ~4 lock", unless="no_code"),
    Rule("lock ~2 weak", unless="no_code"),
    Rule("opener", unless="no_code"),
    Rule("asked ~4 opens"),
)
"""A sentence speaks of a secret, told or not."""

_NUMBERED: Final = Rules(
    Rule("strong|pin ~9 code_like", unless="no_code"),
    Rule("code_like ~6 strong|pin", unless="no_code"),
    Rule("combo ~3 measure"),
    Rule("my_weak ~6 code_like", unless="no_code"),
    Rule("weak ~5 lock ~8 code_like", unless="no_code"),
    Rule("code_like ~6 weak ~5 lock", unless="no_code"),
    Rule("lock ~3 weak ~6 code_like", unless="no_code"),
    Rule("lock ~8 code_like ~3 weak", unless="no_code"),
    Rule("weak ~4 code_like ~5 lock", unless="no_code"),
    Rule("lock ~6 open ~5 short_number"),
    Rule("open ~5 lock ~8 short_number"),
    Rule("short_number ~5 open ~5 lock"),
    Rule("short_number ~5 lock ~3 open"),
    Rule("open ~3 short_number ~8 lock"),
    Rule("open ~2 digits ~6 bolt"),
    Rule("short_number ~2 to ~3 lock"),
    Rule("alarm_is short_number"),
    Rule("plastic ~6 behind ~6 short_number"),
    Rule("few ~3 behind ~8 short_number"),
    Rule("safe ~6 put ~1 code_like"),
    Rule("lock ~1 is ~2 mixed"),
    Rule("bolt ~6 short_number", unless="measured"),
    Rule("short_number ~4 bolt", unless="measured"),
    Rule("alarm ~6 short_number", unless="clock", before=2),
    Rule("opener ~8 code_like", unless="no_code"),
    Rule("code_like ~4 opener", unless="no_code"),
    Rule("bolt ~8 open|put ~2 digits"),
)
_VALUED: Final = Rules(
    Rule("strong ~7 is", unless="no_code"),
    Rule("own_pin ~4 is", unless="no_code"),
    Rule("my_weak ~6 is", unless="no_code"),
    Rule("lock ~8 login ~8 is"),
)
_VALUED_WEAKLY: Final = Rules(
    Rule("weak ~5 lock ~4 is", unless="no_code"),
    Rule("lock ~2 weak ~4 is", unless="no_code"),
    Rule("change ~3 strong ~6 to", unless="no_code"),
    Rule("change ~3 weak ~2 lock ~2 to", unless="no_code"),
    Rule("login ~12 weak ~1 is", unless="no_code"),
    Rule("use ~1 opener|strong", unless="no_code"),
    Rule("open ~5 lock ~6 put", after="by_hand", behind=3),
    Rule("open ~5 login ~6 put", after="by_hand", behind=3),
    Rule("lock ~8 open ~5 put", after="by_hand", behind=3),
    Rule("purpose ~4 lock ~3 put", after="by_hand", behind=3),
)
_PLACED: Final = Rules(
    Rule("key ~9 spot", unless="story", before=8, after="story", behind=8),
    Rule("key ~9 hide", unless="story", before=8, after="story", behind=8),
    Rule("hide ~4 key", unless="story", before=8, after="story", behind=8),
    Rule("hide ~3 spare", unless="story", before=8, after="story", behind=8),
    Rule("spare ~8 where", unless="story", before=8, after="story", behind=8),
    Rule("safe ~10 key ~5 where", unless="story", before=8, after="story", behind=8),
)
_USED_AS: Final = Rule("use ~9 as ~3 credential", unless="by_hand")
_LOGIN: Final = Rule("login ~8 strong|credential")
_TELLING: Final = frozenset[str]().union(
    *(rules.first for rules in (_NUMBERED, _VALUED, _VALUED_WEAKLY, _PLACED, _USED_AS, _LOGIN))
)
"""Themes without which nothing is told: most sentences hold none of them."""

_DESCRIBING: Final = word_set("""
    muy demasiado mas menos bastante tan poco larga largo corta corto segura seguro seguras
    inseguras insegura dificil dificiles facil faciles secreta secreto secretas incorrecta
    incorrecto correcta correcto nueva nuevo vieja viejo misma mismo mismas importante
    importantes buena bueno buenas mala malo malas complicada complicado debil debiles fuerte
    fuertes mia mio tuya tuyo suya que de del algo lo necesaria necesario obligatoria
    obligatorio privada privado personal personales invalida invalido distinta distinto
    diferente diferentes igual para cosa unos unas confidencial temporal requerida imposible
    mejor peor bonito bonita no nunca tampoco otra otro todo todas todos seguridad favor
    divertido divertida chulo fun cool too very so really pretty quite long short secure safe
    strong weak hard easy difficult secret wrong incorrect correct right new old same important
    good bad great complicated mine yours not never something required needed private invalid
    expired different equal for one ones always better worse stupid silly ridiculous annoying
    boring supposed being been what where why how which case there stored saved written hidden
    under in on at your everyone everything someone me him them us quien cual donde cuando como
    porque si ser estar gone lost forgotten caducada vacia asi y and o or but pero a en con with
    of cada every antes manana tomorrow hoy ayer luego tres_veces contrasena password wifi
    automatically automaticamente tirar push mi_madre only solo called llamada # changed
    cambiada working funcionando going getting asking pidiendo ya pronto it manager gestor flat
    dead low battery empty
""")
_OPINIONS: Final = word_set("""
    amor paciencia love patience sleep rest practica practice work time
""")
_FILLERS: Final = word_set("""
    el la los las the que esta este esto this pues eh um uh toda siguiente following you de como
    by siempre always
""")
_AS: Final = _FILLERS | {"as", "for", "por", "a", "mi", "my", "su", "always", "siempre"}
_ARTICLES: Final = word_set("""
    un una a an
""")
_WHAT_IT_IS: Final = word_set("""
    palabra secreto secret lio mess rollo cosa thing word words combinacion tonteria joke
    pesadilla nightmare pain desastre string frase serie numero number bit little must poco
    problema problem buena mala good bad dato tipo forma way kind set sequence rato palo
""")
_OWN: Final = word_set("""
    la el los las the this mi my su
""")
_ENDINGS: Final = ("ar", "er", "ir", "ing", "arse", "arla", "arlo")


def by_form(text: str) -> bool:
    """Return whether the text holds a key of some program, which shows by its form alone."""
    if _PEM not in text and max(map(len, text.split()), default=0) < _LEAST_FORM:
        return False
    if _FORMS.search(text):
        return True
    for found in _LONG_TOKEN.finditer(text):
        token = found[0]
        if _HEX.fullmatch(token) and not token.isdigit():
            return True
        changes = sum(1 for _ in _CHANGES.finditer(token))
        if changes >= _LEAST_CHANGES and re.search("[a-z]", token) and re.search("[A-Z]", token):
            return True
    return False


def names_secret(hits: Hits) -> bool:
    """Return whether the sentence speaks of a password, a PIN or a code, told or not."""
    return NAMED.met(hits)


def told(words: Sequence[str], hits: Hits) -> bool:
    """Return whether the sentence tells a secret."""
    return not _TELLING.isdisjoint(hits) and (
        _NUMBERED.met(hits)
        or _PLACED.met(hits)
        or any(_is_value(words, end) for _, end in _VALUED.spans(hits))
        or any(_is_value(words, end, weak=True) for _, end in _VALUED_WEAKLY.spans(hits))
        or any(_names_use(words, *span) for span in _USED_AS.spans(hits))
        or any(_ends_in_value(words, end) for _, end in _LOGIN.spans(hits))
    )


def _names_use(words: Sequence[str], start: int, end: int) -> bool:
    """Return whether what is used as a password is said: between, or behind."""
    between = [word for word in words[start + 1 : end - 1] if word not in _AS]
    return (bool(between) and _DESCRIBING.isdisjoint(between[:1])) or _is_value(words, end)


def _ends_in_value(words: Sequence[str], end: int) -> bool:
    return len(words) == end + 1 and _is_value(words, end, weak=True)


def _is_value(words: Sequence[str], at: int, *, weak: bool = False) -> bool:
    """Return whether a value stands here, and not what a password is like."""
    if at >= len(words):
        return False
    if words[at - 1] == ":" and len(words) - at >= 3:  # noqa: PLR2004 - a colon is followed by it
        return True
    first = at
    while at < len(words) and words[at] in _FILLERS:
        at += 1
    if at < len(words) and words[at] in _ARTICLES:
        at += 1
        if at < len(words) and words[at] in _WHAT_IT_IS:
            return False
    if at >= len(words) or words[at] in _DESCRIBING:
        return words[first:at] == ["#"] or (at < len(words) and words[at] == "#")
    return not (
        weak and (words[first] in _OWN or words[at].endswith(_ENDINGS) or words[at] in _OPINIONS)
    )
