"""Other people's secrets: what was told in confidence, and what is to be told to nobody."""

import re
from typing import Final

from robi.people.privacy.reading import Reading
from robi.people.privacy.terms import Terms

_GATE: Final = Terms(
    "secret* nadie anyone anybody nobody confid* confianza confes* confies* enter* sepa "
    "sepan sabe saben sabes sabia contes"
    " digas diga digais cuentes tell telling told knows know between entre escondidas "
    "amante* cuernos infiel* affair"
    " cheat* engan* armario closet hasnt isnt out come comes shh shhh chiton promet* "
    "promis* jur* swore sworn soul adoptad* adopted guard* quede"
    " salga cachos secretit* sale salir salga decirle* contarle* enter* say mum mom dad "
    "mama papa keep* kept chives spill blab repitas repeat mention menciones comentes "
    "word outed one telo boca"
)
_KIN: Final = (
    r"(?:madre|padres?|mama|papa|mami|papi|herman[oa]s?|hij[oa]s?|abuel[oa]s?|yaya|yayo"
    r"|ti[oa]s?|prim[oa]s?|suegr[oa]s?|cunad[oa]|niet[oa]s?|sobrin[oa]s?|marido|mujer|espos[oa]"
    r"|novi[oa]|pareja|amig[oa]s?|vecin[oa]s?"
    r"|jef[ea]|companer[oa]s?|profe\w*|familia|mother|father|parents|mum|mom|mummy|mommy"
    r"|dad|daddy|sister|brother|son|daughter|grand\w+|granny|nana|aunt\w*|uncle|cousin|husband"
    r"|wife|boyfriend|girlfriend|partner"
    r"|friends?|neighbou?r|boss|teacher|coworker|colleague|nephew|niece|family|kids|children)"
)
_TOLD: Final = re.compile(
    rf"""
      [ ](?:que[ ])?no[ ](?:se[ ]lo|lo|se[ ]la|le|les|se|me)?[ ]?(?:vayas[ ]a[ ])?(?:digas
      |cuentes|diga|contes|digais|repitas|menciones|comentes|chives|vayas[ ]contando
      |decirle|contarle|decirles|contarles|andes[ ]contando|decir|contar|decirselo
      |contarselo)[ ](?:\w+[ ]){{0,3}}?(?:a[ ]nadie|nada|a[ ](?:la[ ]|el[ ]
      |mi[ ]|su[ ]|tu[ ]|mis[ ])?{_KIN}|por[ ]ahi)[ ]
    | [ ]a[ ]nadie[ ](?:se[ ]lo|le|lo)?[ ]?(?:digas|cuentes)[ ]
    | [ ]que[ ](?:nadie|no|ningun\w+|(?:mi[ ]|tu[ ]
        |el[ ]|la[ ]|su[ ])?{_KIN}(?:[ ]no)?)[ ](?:\w+[ ]){{0,2}}?(?:se[ ](?:entere\w*)
        |(?:lo[ ])?sepan?|salga[ ]de[ ](?:aqui|casa))[ ]
    | [ ]nadie[ ](?:mas[ ])?(?:de[ ]\w+[ ]|en[ ](?:mi[ ]|la[ ]|su[ ])?\w+[ ])?(?:lo[ ])?(?:sabe
        |sabia|puede[ ](?:saberlo|enterarse)|debe[ ](?:saberlo|enterarse)
        |tiene[ ]que[ ](?:saberlo|enterarse))[ ](?:(?:todavia|aun|mas|nada
        |excepto|salvo|en|de[ ](?:esto|lo[ ]de)|y|pero|asi|que[ ](?:soy|es
        |estoy|esta|mi|su|el[ ]\w+[ ]es))[ ]|$)
    | [ ](?:entre[ ](?:tu[ ]y[ ]yo|vos[ ]y[ ]yo|nosotr[oa]s|nosotros[ ]dos)[ ](?!hay
        |\d|hacemos|podemos|vamos))
    | [ ](?:que[ ]quede|queda|quede)[ ]entre[ ]
    | [ ](?:cont(?:o|aron|ado|ando|e|amos)|dijo|dije|dijeron|dicho|confes\w+
        |confies\w+|revel\w+|solto|sople|chiv\w+)[ ](?:\w+[ ]){{0,6}}?(?:en[ ](?:secreto
        |confianza|confidencia)|un[ ]secreto|(?:su|sus)[ ]secretos?|bajo[ ]secreto
        |a[ ]escondidas|(?:muy[ ])?en[ ]privado)[ ]
    | [ ](?:en[ ]secreto|en[ ]confianza|a[ ]escondidas)[ ](?:\w+[ ]){{0,3}}?(?:me
        |te|nos)[ ](?:ha[ ]|han[ ])?(?:cont|dij|dich|confes)\w+
    | [ ]me[ ](?:ha[ ]|han[ ])?(?:confes|confiad|confio)\w*[ ]
    | [ ](?:es|era|tiene|tienen|guarda\w*|guarde\w*|guardo|guardar\w*
        |se|conozco|contar\w*|contarte|cuento|digo|decirte)[ ](?:me[ ]|te[ ]
        |este[ ]|el[ ]|mi[ ]|un[ ]|ese[ ]|su[ ]|una[ ]
            |lo[ ]en[ ])*(?:gran[ ])?secreto[ ](?:(?:de[ ](?:mi
        |mis|su|la[ ]familia|familia)[ ])|de[ ](?!la|el|los|las|un|una|estado
        |cocina|cocinero|belleza|receta|todo)\w+[ ]|(?:muy[ ])?(?:grande|gordo
        |importante|entre)|que[ ]me|no|y|pero|eh|vale|$)
    | [ ](?:esto|eso)[ ]no[ ](?:sale|salga|puede[ ]salir)[ ]de[ ] | [ ]secretit[oa]s?[ ]
    | [ ](?:esto|eso|lo)[ ]es[ ](?:un[ ])?(?:secreto|confidencial)[ ]
    | [ ](?:el|un)[ ]secreto[ ]de[ ](?:mi|mis|su)[ ]{_KIN}[ ](?!para|es[ ](?:el|la|que[ ]le[ ]echa))
    | [ ](?:prometi|jure|promete\w*|jura\w*|juro|prometeme|me[ ]hizo[ ](?:prometer
        |jurar))[ ](?:\w+[ ]){{0,4}}?(?:no[ ](?:\w+[ ]){{0,5}}?(?:decir|contar
        |cont|dec|dir|digas|cuentes)\w*|secreto|guardar)[ ]?
    | [ ](?:mi|su|mis|sus|tu|el|la)[ ]{_KIN}[ ](?:\w+[ ]){{0,2}}?no[ ](?:lo
        |sabe\w*)[ ](?:saben?|nada|que)[ ](?!usar|hacer|cocinar|nadar|poner
        |conducir|leer|escribir|jugar|encender|de[ ]futbol)
    | [ ](?:sin[ ]que|no[ ]quiere\w*[ ]que|no[ ]queremos[ ]que
        |no[ ]quiero[ ]que)[ ](?:\w+[ ]){{0,3}}?(?:se[ ]entere\w*
        |(?:lo[ ])?sepan?)[ ]
    | [ ](?:no[ ]lo[ ]sabe[ ](?:nadie|ni)|no[ ](?:se[ ])?lo[ ]ha[ ](?:contado
        |dicho)[ ]a[ ](?:nadie|su|sus|mi))[ ]?
    | [ ](?:tiene|tenia|tuvo|con[ ]su|es[ ]la|es[ ]el|una?)[ ](?:una?[ ])?amante[ ](?!de[ ](?:la
        |los|las|el|lo)|del)
    | [ ](?:pon(?:e|en|iendo|ia)|puso|puesto|meti\w+)[ ](?:los[ ])?(?:cuernos
        |cachos)[ ] | [ ]infiel[ ](?:a|con|y)[ ]
    | [ ](?:engana|enganaba|enganando|engano)[ ]a[ ](?:su|mi)[ ](?:mujer
        |marido|novi|espos|pareja)\w*
    | [ ](?:(?:no[ ]ha|sin)[ ](?:salido|salir)[ ]del[ ]armario|(?:esta
        |sigue)[ ]en[ ]el[ ]armario(?=[ ]$|[ ](?:y|todavia|aun|con)[ ]))[ ]
    | [ ](?:do[ ]?nt|dont|never|do[ ]not|not[ ]to|cant
        |wont|shouldnt|mustnt)[ ](?:you[ ])?(?:ever[ ])?(?:tell
        |mention|say|repeat|breathe)[ ](?:\w+[ ]){{0,4}}?(?:anyone|anybody
        |(?:anything|nothing)[ ]to|a[ ]soul|any[ ]one|no[ ]one|nobody|a[ ]word
        |(?:my[ ]|your[ ]|the[ ]|his[ ]|her[ ]|their[ ])?{_KIN})[ ]
    | [ ](?:nobody|no[ ]one|noone|not[ ]a[ ]soul)[ ](?:else[ ])?(?:(?:in
        |at)[ ]\w+[ ](?:\w+[ ])?)?(?:knows|is[ ]supposed[ ]to[ ]know|can[ ]know
        |must[ ]know|should[ ]know|knew|has[ ]to[ ]know|can[ ]find[ ]out)[ ](?:(?:about
        |yet|it|this|that[ ](?:i|he|she|my)|except|but|i|he|she|hes|shes)[ ]
        |$)
    | [ ](?:keep|keeping|kept)[ ](?:\w+[ ]){{0,3}}?(?:secret|between[ ]us
        |to[ ](?:your|my|our)sel(?:f|ves)|quiet)[ ]
    | [ ](?:between[ ](?:you[ ]and[ ](?:me|i)|us|ourselves)|just[ ]between
        |our[ ]little[ ]secret)[ ](?!there|the[ ]two[ ]houses)
    | [ ](?:told|tells|telling|said|shared|whispered|confessed|admitted
        |mentioned)[ ](?:\w+[ ]){{0,8}}?(?:in[ ](?:confidence|secret|private)
        |(?:a|his|her|their)[ ](?:big[ ]|little[ ]|deepest[ ])?secrets?|off[ ]the[ ]record)[ ]
    | [ ](?:supposed[ ]to[ ]be[ ]a|told[ ]me[ ]something)[ ]secret[ ](?:(?:but|about|that|and)[ ]|$)
    | [ ](?:asked|begged|wants?)[ ](?:me[ ])?not[ ]to[ ]tell[ ]
        | [ ](?:in[ ](?:strict[ ])?confidence)[ ]
        | [ ]confided[ ] | [ ](?:sworn|swore)[ ](?:\w+[ ])?to[ ]secrecy
    | [ ](?:promised|promise|swear|swore|made[ ]me[ ](?:promise
        |swear))[ ](?:\w+[ ]){{0,4}}?(?:not[ ]to[ ](?:tell
        |say)|to[ ]keep|never[ ]to[ ]tell|(?:wont|i[ ]wouldnt|you[ ]wont|wouldnt)[ ]tell
        |secret)[ ]
    | [ ](?:its|is|this[ ]is|thats|has|have|got|know|knows|tell[ ]you)[ ](?:an?[ ]
        |the[ ]|my[ ]|her[ ]|his[ ])(?:big[ ]|huge[ ]|little[ ]|family[ ]
        |dark[ ])?secret[ ](?!ingredient|recipe|weapon|agent|santa|garden
        |sauce|door|passage|to[ ]|of[ ]|service|mission|level|base|menu|admirer
        |island|room|for[ ])
    | [ ](?:my|his|her|their)[ ]{_KIN}[ ](?:and[ ]\w+[ ])?(?:doesnt|dont
        |didnt|does[ ]not|do[ ]not|cant|mustnt|must[ ]not)[ ](?:even[ ])?(?:know
        |find[ ]out|suspect)[ ](?!how|what[ ]to|where|if|the[ ](?:way|answer
        |rules)|which)
    | [ ](?:mum|mom|dad|mummy|mommy|daddy|grandma|grandpa|mama|papa)[ ](?:doesnt
        |dont|didnt|mustnt|cant|no)[ ](?:know|find[ ]out|suspect|lo[ ]sabe
        |sabe[ ](?:que|nada))[ ](?!how|what[ ]to|where|the[ ]way)
    | [ ](?:having|had|has|have)[ ]an[ ]affair | [ ]cheat(?:s|ing|ed)[ ]on[ ](?!the[ ](?:test
        |exam)|a[ ]test|his[ ]test|my[ ]test|his[ ]diet|my[ ]diet)
    | [ ](?:in|out[ ]of)[ ]the[ ]closet[ ](?:to|yet|about|still) | [ ](?:hasnt
        |isnt|not)[ ](?:come[ ])?out[ ](?:to|yet)[ ]
    | [ ](?:secretly)[ ](?:gay|lesbian|trans|married|dating|seeing|muslim
        |jewish|catholic|christian|votes|pregnant|in[ ]love)
    | [ ](?:es|soy|son)[ ](?:adoptad[oa])[ ](?:\w+[ ]){{0,2}}?no[ ]lo[ ]sabe
    | [ ](?:es|esta|son|vota|reza|sale|vive|va|ve|se[ ]ve)[ ](?:\w+[ ]){{0,5}}?(?:en[ ]secreto
        |a[ ]escondidas)[ ]
    | [ ](?:en[ ]secreto|a[ ]escondidas)[ ](?:\w+[ ]){{0,1}}?(?:es|esta
        |son|vota|reza|sale|vive|va|ve|se[ ]ve|se[ ]besa)[ ]
    """,
    re.VERBOSE,
)
_NO_PERSON: Final = re.compile(
    r" (?:secreto de sus ojos|(?:pelicula|libro|novela|serie|movie|film"
    r"|book) (?:\w+ ){0,4}secret[os]?"
    r"|servicio secreto|agente secreto|ingrediente secreto|receta secreta|secreto de "
    r"estado|santa secreto|amigo invisible|secret (?:santa|agent|service|garden|ingredient"
    r"|recipe|sauce|menu|level)|top secret|victorias secret|secreto iberico|secretos? "
    r"de cerdo|secreto a la|plato de secreto) "
)


def confidence(reading: Reading) -> bool:
    """Return whether the text tells what was meant for nobody else."""
    if not _GATE.among(reading.vocabulary):
        return False
    return _TOLD.search(_NO_PERSON.sub(" ", reading.flat)) is not None
