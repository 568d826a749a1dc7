"""Sensitive facts of somebody's health.

Owns where the line is (docs/decisions/0008-privacy-gate.md): a diagnosis that stays or that can be
held against someone is private; what is told at any table (a cold, a headache, an allergy, a broken
leg) is not. A term alone is a topic. It is a fact about a person when someone has it, takes it or
is it, and that someone is no pet, character or "many people".
"""

import re
from typing import Final

from robi.people.privacy.reading import Reading
from robi.people.privacy.terms import Terms

_GATE: Final = Terms(
    "cancer* tumor* leuc* leuk* linfoma lymphoma melanoma metast* quimio* chemo* "
    "radioter* radiother* carcinoma mieloma"
    " psiqu* hijos kids children babies conceive morir* morirme die loquero shrink "
    "clean limpi* sangre blood"
    " baby bebe tummy own life kidneys toma drunk inyect* inject* overdosed lungs liver tener sida"
    " vih hiv sida aids seropositiv* hepatitis sifilis syphilis gonorr* clamidia "
    "chlamydia herpes vph hpv papiloma"
    " venereal* ets std sti depres* deprim* bipolar* esquizo* schizo* psico* psych* "
    "ansiedad anxi* panico panic toc"
    " ocd tdah adhd autis* asperger* anorex* bulimi* borderline autoles* suicid* ptsd "
    "estres trauma* matar* matarme"
    " kill hurt harm cort* cut* antidepr* ansiol* litio lithium prozac sertralin* "
    "fluoxetin* lorazepam diazepam"
    " orfidal trankimaz* alprazolam xanax zoloft lexapro escitalopram quetiapin* "
    "olanzapin* ritalin* rubifen concerta"
    " metadona methadone antabus* antirretro* antiretro* prep pastillas pills medica* "
    "insulin* terap* therap* rehab*"
    " alcohol* alcoh* adict* addict* drog* drug* ludop* gambl* heroin* coca* cocain* "
    "crack enganchad* hooked desintox* detox*"
    " sobri* sober overdos* sobredosis relaps* recai* bebe* beber drink* embaraz* "
    "pregnan* abort* miscarr* infertil* esteril"
    " fiv ivf fecundacion espero esper* expecting perdi prena* menopaus* discapac* "
    "minusv* disab* parapl* tetrapl*"
    " paralisis palsy down ciega ciego blind sorda sordo deaf ruedas wheelchair diabet* "
    "epilep* parkinson* alzheim*"
    " demencia dementia esclerosis sclerosis ela als lupus fibromial* fibromyal* crohn "
    "colitis infarto ictus stroke"
    " heart corazon cardi* marcapasos pacemaker renal rinon* kidney* dialisis dialysis "
    "trasplant* transplant* cirrosis"
    " cirrhosis epoc copd tubercul* asma asthma* hiperten* hyperten* tension colesterol "
    "cholesterol diagnos*"
    " detect* operar* operan opero operated surgery enfermedad enferm* disease illness "
    "terminal brote* voces voices"
    " trastorno* disorder* azucar impoten* prostata viagra eating internad* ingresad* "
    "hospitali* baja mental*"
    " respir* positivo positive cancerosa quiste biopsia biopsy mastectom* histerectom* "
    "vasectom* prenad* matern*"
    " nicotina porros porro marihuana weed tranquiliz* calmantes opio* opiate* "
    "painkill* metanfeta* meth apuest* tragaperras esclero*"
    " termino terminate terminated ligadura ovario* regla regl* antipsico* antipsych* "
    "ritalin viagra pene hemorroides incontinen*"
)

_ILLNESS: Final = (
    r"(?:cancer|tumor(?:es)?|leucemia|leuk(?:a?e)mia|linfoma|lymphoma|melanoma|metastasis"
    r"|carcinoma|mieloma|quimio(?:terapia)?"
    r"|chemo(?:therapy)?|radioterapia|radiotherapy|vih|hiv|sida|aids|seropositiv[oa]|hepatitis"
    r"|sifilis|syphilis|gonorrea"
    r"|gonorrhea|clamidia|chlamydia|herpes|vph|hpv|papiloma|(?:una?|an?) (?:ets|std|sti)"
    r"|enfermedad (?:venerea|rara|mental|terminal|grave|degenerativa|cronica|de transmision)"
    r"|(?:mental|terminal|chronic|serious) (?:illness|disease|condition)|depresion|depression"
    r"|depressed|depresiv[oa]|deprimid[oa]"
    r"|bipolar|esquizofrenia|esquizofrenic[oa]|schizophreni[ac]|psicosis|psychosis|brotes? "
    r"psicotic\w+|psychotic|ansiedad|anxiety"
    r"|ataques? de (?:panico|ansiedad)|panic (?:attacks?|disorder)|toc|ocd|tdah|adhd|autis(?:mo"
    r"|m|ta|tic)|aspergers?|anorexi[ac]"
    r"|anorexic[oa]?|bulimi[ac]|bulimic[oa]?|borderline|trastorno\w*|(?:eating|personality"
    r"|bipolar|mental) disorders?|ptsd|estres postraumatico"
    r"|alcoholic[oa]?|alcoholism[o]?|drogadict[oa]|ludopat(?:a|ia)|sobredosis|overdose|discapacidad"
    r"|discapacitad[oa]|minusvali[ad]\w*"
    r"|disability|disabled|paraplejic[oa]|paraplegic|tetraplejic[oa]|quadriplegic|paralisis "
    r"cerebral|cerebral palsy"
    r"|(?:sindrome de down|downs? syndrome)|cieg[oa]|sord[oa]|deaf|en silla de ruedas|in "
    r"a wheelchair|diabetes|diabetic[oa]?|azucar en (?:la )?sangre"
    r"|epilepsia|epileptic[oa]?|epilepsy|parkinsons?|alzheimers?|alzeimer|demencia|dementia"
    r"|esclerosis|(?:multiple )?sclerosis|ela|als|lupus|fibromialgia"
    r"|fibromyalgia|crohns?|colitis|infarto|ictus|stroke|heart (?:attack|disease|condition"
    r"|failure|problems?)|(?:problemas?|enferm[oa]|mal|delicad[oa]) del? corazon"
    r"|cardiac[oa]|marcapasos|pacemaker|insuficiencia (?:renal|cardiaca)|kidney "
    r"(?:failure|disease)|dialisis|dialysis|trasplante|transplant"
    r"|cirrosis|cirrhosis|epoc|copd|tuberculosis|asma|asthma(?:tic)?|asmatic[oa]|hipertens[oa]"
    r"|hipertension|hypertension|(?:la )?tension (?:muy )?alta"
    r"|high blood pressure|(?:el )?colesterol(?: muy)? alto|high cholesterol|embarazad[ao]s?"
    r"|(?:un )?embarazo|pregnant|prenada|preggo|prenadas"
    r"|esteril|infertil|infertile|(?:un )?aborto(?: natural| espontaneo)?|(?:an "
    r")?abortion|(?:a )?miscarriage|menopausia|menopause|fecundacion in vitro|fiv|ivf"
    r"|incontinencia|impotencia|impotente|hemorroides|suicidal|adiccion(?: a la\w*| "
    r"al)? ?(?:droga|alcohol|juego|coca)?\w*|(?:drug|alcohol|gambling|drinking) "
    r"(?:addiction|addict|problem)"
    r"|addiction|problemas? (?:con|de) (?:el |la |las )?(?:alcohol|bebida|drogas?|juego"
    r"|apuestas)|problemas? (?:mentales|de salud mental)|mental health (?:problems?|issues?))"
)
_MEDICINE: Final = (
    r"(?:antidepresiv\w+|antidepressants?|ansiolitic\w+|litio|lithium|prozac|sertralina"
    r"|sertraline|fluoxetina|fluoxetine|lorazepam"
    r"|diazepam|orfidal|trankimazin|alprazolam|xanax|zoloft|lexapro|escitalopram|quetiapina"
    r"|olanzapina|ritalin\w*|rubifen|concerta"
    r"|metadona|methadone|antabus\w*|antirretroviral\w*|antiretroviral\w*|prep|insulina"
    r"|insulin|viagra|antipsicotic\w+|antipsychotic\w*"
    r"|quimio\w*|chemo\w*|tranquilizantes|heroina|heroin|cocaina|cocaine|coca|crack|drogas"
    r"|drugs|metanfetamina|meth"
    r"|(?:pastillas|medicacion|medicamentos|medicina|pills|medication|medicine|meds) "
    r"(?:para|contra|de|for) (?:el |la |los |las |my |his |her |mi |su )?"
    r"(?:depresion|ansiedad|nervios|dormir|corazon|tension|azucar|vih|cabeza mental|esquizofrenia"
    r"|epilepsia|tiroides|depression|anxiety|heart|blood pressure|hiv|bipolar|epilepsy|nerves"
    r"|adhd|tdah))"
)
_ABOUT: Final = (
    r"(?:sobre|about|contra|against|documental|documentary|pelicula|film|movie|libro|book"
    r"|serie|novela|novel|examen|exam|clase|charla"
    r"|carrera|donado|donar|investigacion|research|signo|sobrino|prima|que ver|juega|jugar"
    r"|plays?|playing|estudi\w+|study\w*|studies|miedo|afraid|fear|lazo|dia|day|month|mes"
    r"|asociacion|charity|campana|prevenir|prevent|evitar|avoid|vacuna|vaccine|no (?:es"
    r"|soy|tengo|tiene)|verdadero|economica)"
)
_GAP: Final = rf"(?:(?!{_ABOUT} )\w+ ){{0,5}}?"
_HAS: Final = (
    r"(?:tengo|tenes|tiene|tienen|tenia|tuvo|tuve|tenido|tener|teniendo|padec\w+|sufr\w+"
    r"|estoy|esta|estan|estaba|estaban|estuve|estuvo|estado|ando|anda|andaba|llevo|lleva"
    r"|sigo|sigue"
    r"|soy|es|era|fue|sido|diagnostic\w+|detect\w+|encontr\w+|descubri\w+|contagi\w+|pill[eo]"
    r"|peg\w+|trat\w+|quede|quedo|quedado|quedamos|quedarme|operad\w+|operaron|operan|ingres\w+"
    r"|ingrese|cayo|cai"
    r"|supere|supero|superado|vencio|venci|lucha|luchando|dio|dado|hicieron|hizo|hice|hago"
    r"|hace|recibe|recibo|murio|mato|salio|salido|recetaron|practicaron|provoc\w+|dieron"
    r"|empiez\w+|empez\w+|reconocid\w+|con"
    r"|have|has|had|having|ive|live|lived|hes|shes|got|gets|am|im|is|are|was|were|been|suffer\w*"
    r"|diagnosed|tested|living|lives|battl\w+|fight\w+|beat|survived|died|getting|undergo\w+"
    r"|became|start\w+|found|keeps? having|struggl\w+|lost|need|needs|went through|going "
    r"through|uses)"
)
_TAKES: Final = (
    r"(?:tom[oae]\w*|consum\w+|met\w+|pinch\w+|chut\w+|inyect\w+|esnif\w+|recet\w+|mand\w+"
    r"|necesit\w+|enganchad[oa]|adict[oa]|depend\w+|medic\w+|viv\w+|on|take|takes|taking"
    r"|took"
    r"|prescribed|uses|using|used|addicted|hooked|shoot\w*|snort\w*|need|needs|pinch|inject\w*"
    r"|deje|dejo|con)"
)
_MINE: Final = r"(?:mi|mis|su|sus|my|his|her|their|nuestr[oa])"
_KIN: Final = (
    r"(?:(?:mi|mis|su|tu|my|his|her|our|la|el|the) )?(?:madre|padre|mama|papa|mami|papi"
    r"|herman[oa]s?|hij[oa]s?|abuel[oa]s?|yaya|yayo|ti[oa]s?|prim[oa]s?|suegr[oa]|cunad[oa]"
    r"|niet[oa]|sobrin[oa]|marido|mujer"
    r"|espos[oa]|novi[oa]|pareja|amig[oa]|vecin[oa]s?|jef[ea]|companer[oa]s?|profe\w*|mother"
    r"|father|mum|mom|mummy|mommy|dad|daddy|sister|brother|son|daughter|grand\w+|granny"
    r"|nana|aunt\w*|uncle|cousin"
    r"|husband|wife|boyfriend|girlfriend|partner|friend|neighbou?r|boss|teacher|coworker"
    r"|colleague|nephew|niece|roommate)"
)
_FACT: Final = re.compile(
    rf" (?:{_HAS} {_GAP}{_ILLNESS}|{_TAKES} (?:\w+ ){{0,4}}?{_MEDICINE}"
    rf"|{_MINE} (?:\w+ ){{0,1}}?{_ILLNESS}(?! de (?:la|el|los))|{_ILLNESS} de {_KIN}"
    rf"|{_KIN} (?:(?!{_ABOUT} )\w+ ){{0,2}}?{_ILLNESS}) "
)
_OTHER: Final = re.compile(
    r"""
      [ ](?:me|le|te|nos|les|se)[ ](?:han?|he|habian?|acaban?[ ]de|van[ ]a)?[ ]?(?:diagnostic
      |detect)\w+[ ](?!alergi|una[ ]alergi|mal[ ])
    | [ ](?:was|been|got|were|just)[ ]diagnosed[ ]with[ ](?!(?:an?[ ])?(?:allergy|cold|flu))
    | [ ](?:voy|va|vamos|fui|fue|iba|ir|ido|veo|ve|cita|consulta|tratamiento
        |sesion)[ ](?:\w+[ ]){0,4}?(?:psicolog[oa]|psiquiatra|psiquiatria
        |terapeuta|terapia|loquero|alcoholicos[ ]anonimos|narcoticos[ ]anonimos
        |rehabilitacion[ ]por)[ ]
    | [ ](?:estoy|esta|estuve|estuvo|entro|ingreso|ingresaron|ingresad[oa]
        |internad[oa]|internaron|encerrad[oa])[ ](?:\w+[ ]){0,4}?(?:terapia
        |psiquiatrico|psiquiatria|salud[ ]mental|desintoxicacion|rehab|proyecto[ ]hombre)[ ]
    | [ ](?:see|sees|seeing|saw|visit\w*|going[ ]to|goes[ ]to|went[ ]to
        |go[ ]to|in|starting|started|my|her|his)[ ](?:an?[ ]|my[ ]|her[ ]
        |his[ ]|the[ ])?(?:psychologist|psychiatrist|psychiatric\w*|psych[ ]ward
        |shrink|therapist|therapy|rehab|detox|alcoholics[ ]anonymous|aa[ ]meetings?)[ ]
    | [ ](?:adict[oa]s?|enganchad[oa]s?|addicted|hooked)[ ](?:al?|a[ ]la
        |a[ ]las|a[ ]los|to|on)[ ](?:la[ ]|el[ ]|las[ ]|los[ ])?(?:droga|alcohol
        |coca|heroin|juego|apuesta|pastilla|porno|sexo|marihuana|crack|fentan
        |tranquili|calmante|tragaperra|bebida|porros|alcohol|drugs|cocaine
        |gambl|pills|porn|painkill|opi|meth|weed|nicotin|ludo)\w*
    | [ ](?:drug|heroin|cocaine|gambling|recovering)[ ](?:addict|alcoholic)
    | [ ](?:llevo|lleva|llevamos|months?|years?|weeks?|days?|meses|anos
        |dias|semanas)[ ](?:\w+[ ]){0,4}?(?:sobri[oa]|sober|limpi[oa][ ]de
        |sin[ ](?:beber|consumir|drogarme)|clean)[ ]
    | [ ](?:sober|clean)[ ](?:for|since)[ ]
    | [ ](?:recai|recayo|recaido|relapsed|rehab)[ ]
    | [ ](?:bebe[ ](?:demasiado|mucho[ ]alcohol|a[ ]escondidas)|drinks[ ](?:too[ ]much
        |heavily|every[ ]night)|se[ ]droga|me[ ]drogo|drogarse|se[ ]mete[ ](?:coca
        |de[ ]todo)|fuma[ ]porros|fumo[ ]porros)[ ]
    | [ ](?:esper(?:o|a|amos|an|ando)|estoy[ ]esperando)[ ](?:un|una|mi
        |su|nuestr[oa]|gemel\w+|mellizos|a[ ]mi|otro|otra)[ ]?(?:primer[ao]?[ ]
        |segund[oa][ ])?(?:bebe|hij[oa]|nin[oa]|criatura)\w*[ ]
    | [ ](?:im|is|are|were|was|shes)[ ]expecting[ ](?:an?[ ])?(?:baby|child|twins|girl|boy|our|her)
    | [ ](?:va[ ]a|van[ ]a|voy[ ]a|vamos[ ]a)[ ]tener[ ](?:un|otro)[ ](?:bebe
        |hijo|nino)[ ] | [ ](?:baby|bebe)[ ](?:in|en)[ ](?:my|her|la|su|mi)[ ](?:mommys[ ])?(?:tummy
        |belly|barriga|tripa|panza)[ ]
    | [ ](?:toma|bebe)[ ]mucho[ ](?:todos|cada|y[ ]se|alcohol)[ ]
    | [ ]sufr\w+[ ]del?[ ](?:corazon|rinon|higado|nervios)[ ]
    | [ ](?:take|took|end|ended)[ ](?:my|his|her)[ ](?:own[ ])?life[ ]
        | [ ]overdosed[ ] | [ ](?:kidneys?|liver|heart|lungs)[ ](?:is|are)[ ]failing
    | [ ](?:having|have)[ ]a[ ]baby[ ]in[ ]
    | [ ](?:aborte|aborto|abortado|abortar|aborted|miscarried|had[ ]a[ ]termination
        |terminated[ ](?:my|her|the)[ ]pregnancy|interrump\w+[ ](?:el|mi|su)[ ]embarazo
        |perdi(?:o|mos)?[ ](?:el|al|a[ ]mi|un|mi|su)[ ]bebe|(?:lost|losing)[ ](?:the
        |her|my|our|a|their)[ ](?:baby|pregnancy))[ ](?!la[ ]mision|el[ ]plan
        |mission|the[ ]mission)
    | [ ](?:prueba|test)[ ]de[ ]embarazo[ ](?:\w+[ ]){0,3}(?:positiv|dio
        |salio)\w* | [ ]pregnancy[ ]test[ ](?:was|came|is)[ ]
    | [ ](?:no[ ](?:puedo|puede|podemos|pueden)[ ](?:tener[ ]hijos|quedar\w*[ ]embarazad))
    | [ ](?:cant|cannot|unable[ ]to)[ ](?:have[ ](?:kids|children|babies)
        |get[ ]pregnant|conceive)[ ]
    | [ ](?:me[ ](?:corto|autolesiono|quiero[ ](?:morir|matar|suicidar))
        |quiero[ ](?:morirme|matarme|suicidarme)|se[ ](?:suicido|autolesiona
        |corta[ ](?:los|las|en)|quiso[ ]matar|intento[ ](?:suicidar|matar))
        |intent\w+[ ](?:de[ ])?(?:suicid\w+|quitarse[ ]la[ ]vida|matarse)
        |ganas[ ]de[ ](?:morir|vivir[ ]no)|no[ ]quiero[ ]vivir)
    | [ ](?:kill(?:ed)?[ ](?:myself|himself|herself)|suicidal|attempted[ ]suicide
        |tried[ ]to[ ]kill[ ](?:my|him|her)self|committed[ ]suicide|cut(?:s
        |ting)?[ ](?:myself|herself|himself)|hurt(?:s|ing)?[ ](?:myself|herself
        |himself)[ ]on[ ]purpose|self[ ]harm\w*|want[ ]to[ ]die)[ ]
    | [ ](?:oigo|oye|escucho|hear|hears|hearing)[ ]voces?[ ]|[ ](?:hear|hears|hearing)[ ]voices[ ]
    | [ ](?:operaron|operan|opero|operado|operada|operar|extirpado|extirparon
        |quitaron|surgery|operated)[ ](?:\w+[ ]){0,3}?(?:corazon|prostata
        |pecho|mama[ ]por|utero|ovarios?|cerebro|tumor|cancer|rinon|heart
        |brain|breast|prostate|womb|kidney|mastectom\w+)[ ]
    | [ ](?:me[ ]hice|se[ ]hizo|had|me[ ]hicieron|le[ ]hicieron)[ ](?:una?[ ])?(?:vasectom
        |mastectom|histerectom|hysterectom|ligadura|biops)\w+
    | [ ](?:dado|dio|di|tested|test|salido|salio|doy|da)[ ]positiv[oe][ ](?:en
        |de|por|for|a)[ ](?:el[ ]|la[ ])?(?:vih|hiv|sifilis|drogas|clamidia
        |hepatitis|drugs|cocaina|coca|alcohol)[ ]
    | [ ](?:en[ ]silla[ ]de[ ]ruedas|grado[ ]de[ ](?:discapacidad|minusvalia)
        |\d+[ ]de[ ]discapacidad)[ ]
    | [ ](?:enfermedad|enfermo|enferma|ill|illness)[ ]terminal|terminally[ ]ill
    | [ ]me[ ]medic\w+[ ](?:para|contra)[ ] | [ ](?:baja|ingresad[oa])[ ]por[ ](?:depresion
        |ansiedad|estres|salud[ ]mental)[ ]
    | [ ](?:i[ ]am|im|shes|hes|she[ ]is|he[ ]is)[ ](?:blind|deaf|hiv|bipolar
        |autistic|pregnant|suicidal|infertile)[ ]
    | [ ](?:hiv|vih)[ ](?:positiv[eo]|status)
    """,
    re.VERBOSE,
)
_NOT_A_PERSON: Final = re.compile(
    r" (?:(?:mi|mis|su|tu|la|el|una?|my|the|our|a|her|his|nuestr[oa]) (?:perr\w+|gat[oa]\w*"
    r"|conej\w+|hamster|vaca|yegua|caballo|pez|loro|tortuga"
    r"|dogs?|cats?|puppy|kitten|rabbit|horse|cow|goldfish|guinea pig)"
    r"|(?:mucha |la |hay )gente|personas (?:que|con)|people|muchas personas|many women|las "
    r"mujeres|women|los (?:fumadores|enfermos|pacientes|ninos que)"
    r"|uno de cada|one in|protagonistas?|personaje|pelicula|peli|novela|documental|en "
    r"la serie|telenovela|culebron|character|in the (?:movie|film|book|show|novel)"
    r"|hearing aids?|band aids?|economi\w+|recesion|mercado|tropico|horoscopo|zodiaco|horoscope"
    r"|zodiac|gran depresion|great depression|juego de mesa|board game|tiene cura|hay "
    r"cura|se cura"
    r"|el tiempo esta|weather is|weather has|color blind|blind date|a ciegas|venetian "
    r"blind|a palo seco|heart of|que es (?:el|la|un|una)|what is|whats|que significa|how "
    r"do (?:you|people)"
    r"|signo (?:de |es )?cancer|soy cancer|(?:novi[oa]|amig[oa]|herman[oa]|madre|padre|marido"
    r"|mujer|boyfriend|girlfriend) es cancer|im a cancer|i am a cancer|a cancer (?:sign"
    r"|born)|es un (?:verdadero )?cancer|is a cancer|si tuviera|imagina|juega a|jugar a"
    r"|pretends?|pretending|disfra\w+) "
)
_FIGURATIVE: Final = re.compile(
    r" (?:(?:casi|va a|por poco|iba a|me da|me dio|nearly|almost|nearly had|almost had|going "
    r"to have|gave me|give me|gives me) (?:\w+ ){0,4}(?:infarto|ictus|heart attack|depresion"
    r"|ataque|embolia|stroke|ansiedad|anxiety|panic attack)"
    r"|infarto (?:cuando|al)|(?:sord[oa]|cieg[oa]|blind|deaf) (?:con|de tanto|como|as a"
    r"|por la|de amor|si|to the)|(?:estas|are you) (?:cieg[oa]|sord[oa]|blind|deaf)"
    r"|ansiedad (?:por (?:ver|saber)|de saber)|(?:deprimid[oa]|depresion|depressed) "
    r"(?:porque|por|cuando|con|because|when|about|after|over|de) (?:\w+ ){0,6}(?:futbol"
    r"|partido|equipo|barca|madrid|atleti|liga|serie|lluvia|tiempo|lunes|examen|vacaciones"
    r"|verano|football|game|match|team|season|rain|weather|monday|holidays?|show|finale)"
    r"|(?:adict[oa]|addicted|enganchad[oa]|hooked|adiccion|addiction) (?:al|a la|a los|a "
    r"las|a|to|on|with) (?:\w+ ){0,2}(?:chocolate|serie|series|futbol|cafe|coffee|movil"
    r"|phone|tiktok|trabajo|work|book\w*|libro\w*|videojuego\w*|game|games|podcast|pan|queso"
    r"|musica|music|tele|netflix|sudokus?|crosswords?|tea|pizza|cancion|song|show)"
    r"|preocupad[oa]|embarazos[oa]|tension (?:de la|en la|del)|pregnant pause|brain "
    r"?stroke of luck|stroke of (?:luck|genius)|different strokes|toc toc|ela(?:stic)?|crack "
    r"(?:del?|en|jugando|con|at)|(?:es|eres|sos|soy) un crack|ritalin) "
)


def health(reading: Reading) -> bool:
    """Return whether the text tells a sensitive fact of somebody's health."""
    if not _GATE.among(reading.vocabulary):
        return False
    flat = _FIGURATIVE.sub(" | ", reading.flat)
    if not (_FACT.search(flat) or _OTHER.search(flat)):
        return False
    return _NOT_A_PERSON.search(flat) is None
