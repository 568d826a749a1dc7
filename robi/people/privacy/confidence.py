"""Other people's secrets: what was told in confidence, and what is to be told to nobody.

Owns the words of telling and not telling. A surprise party, a fairy tale and a secret ingredient
are no confidences. Someone's orientation, religion or vote is one when it is told as a secret.
"""

from typing import Final

from robi.people.privacy.rules import Rule, Rules

TABLES: Final = {
    "neg": """
        no ni nunca jamas sin not dont never cant wont shouldnt mustnt doesnt didnt wouldnt
        havent hasnt isnt nor without evitar avoid ninguno""",
    "tell": """
        dijer* dijes* repit* repet* coment* mencion* digas digais diga digan digamos decir
        decirle* decirlo decirse* decirtelo cuentes cuentas cuente cuenten conteis contar*
        contes conte contaria contase dijera dijese dijeras contara contado dicho comentes
        comente comentar* menciones mencione mencionar* mencionase repitas repetir* chives
        chivar* largues sueltes sople sopl* hablar* hables hable revel* compartir* publi*
        difund* divulg* vayas_contando|diciendo|largando andes_contando|diciendo diria contarlo
        se_lo_digas tell tells telling told say says saying mention* repeat* spill blab breathe
        share sharing shared discuss* let_on|slip leak snitch repeat reveal* spread pass_it_on
        gossip""",
    "order": """
        digas digais diga decirle* cuentes cuente contarle* contes conteis comentes menciones
        repitas chives chivarte chivar* largues sueltes vayas_contando
        vayas_a_contar|decir|contarle|decirle tell telling say mention* repeat* breathe snitch""",
    "nobody": """
        nadie ninguno ninguna anyone anybody nobody noone no_one any_one a_soul alguien somebody
        else los_demas otros others el_resto everyone everybody todo_el_mundo por_ahi around""",
    "know": """
        sabemos sabe saben sabia sabian supo knows know knew told saberlo enterarse sospecha
        suspect* se_entero""",
    "not_know": """
        no_lo|la_sabe|saben|sabian|sabia no_sabe|saben|sabia|sabian_que|nada|todavia|aun|lo|ni
        no_sospecha* no_se_ha_enterado doesnt|dont|didnt|does|do|did_know|suspect|realize
        doesnt|dont|didnt_even_know|suspect does|do|did_not_know no_idea_that|about
        has|have_no_idea no_tiene|tienen_ni_idea has|have|had_no_clue|idea without_a_clue
        no_se_lo_espera no_se_entera* aun_no_lo_saben|sabe isnt|arent|not_out_to|yet
        hasnt|havent|not_come_out cant_know|find mustnt|must|cannot_know|find|not""",
    "skill": """
        no_sabe*_*ar|*er|*ir|*arse|*irse|*erse
        no_sabe*_que_*er|*ar|*ir|*arse|*irse|hora|dia|hacer|regalar*
        know_how|what|where|if|whether|which|why|when|who|much|english|spanish|any
        know_the_way|answer|rules no_sabe*_lo_que|mucho no_lo_sabe_*ar no_sabe*_nada_de
        no_sabe*_ingles|espanol|nada|conducir|como|donde|cual|quien|cuando no_sabe*_por_que
        sabe_que_hora|dia|*ar|*er sabe_cuant*|cuando|como|si|por|donde|cual|quien|lo|a
        nobody|no_knows|one_how|what|the|if|why""",
    "find_out": """
        se_entere* se_enteren enteres_de entere_nadie|mi|mama|papa|el|la|de sepa sepan supiera*
        supiese* se_enter* enterarse enterar find_out finds_out found_out finding_out gets_out
        hear_about hears_about salga_de_aqui|casa|la salir_de_aqui|casa|estas
        sale_de_aqui|aca|casa leave|leaves_this_room sepan_nada se_sepa""",
    "hush": """
        stays|stay_here|between|with_me|us|you stays_here entre_tu|vos|usted_y_yo|mi
        entre_nosotr*_queda|y entre_nosotr*_dos
        quede|queda|quedara|quedase|quedar|queden_entre_nosotr*|ellos|ellas|tu|vos|nos
        between_you_and_me|i between_us between_ourselves just_between just_us_two keep|keeping
        |kept_it|this|that|things|quiet_to_yourself|ourselves|himself|herself|myself
        keep|keeping|kept_it|this|that|what|something_quiet|secret|between|private
        |confidential|hushed please|and|so|to_keep_quiet keep_quiet_about
        keep|kept|keeping_my|his|her|their|the|a|our_secret* off_the_record
        in_confidence|private|secret in_strict|total_confidence strictly_confidential
        en_confianza|secreto|privado|confidencia en_mucha|total_confianza bajo_secreto|cuerda
        bajo_palabra de_forma|manera_confidencial confidencial* confidential* confided confides
        confiding sworn|swore|swear_to|me|him|her_to|secrecy promete*_no|que
        no_digas_que_te|fui|he|yo yo_no_te_he|digo|dije you_didnt_hear_it|this|that
        didnt_hear_it_from dont_say_i|you_told|heard de_esto_ni_mu|pio|palabra|una
        ni_una_palabra_a|de ni_mu|pio not_a_word_to|about breathe_a_word mums_the_word
        punto_en_boca boca_cerrada lips_are_sealed
        solo|solamente_lo_sabes|sabemos|se|saben_tu|vos|yo|los|nosotros|tres|# lo_sabes_solo_tu
        solo_tu|vos_lo_sabes only_you|we|i_know|two
        only_person|one_who|that|i|ive_knows|know|told|ever youre_the_only|first_one|person
        eres|sos_el|la|lo_unic*|primer* no_lo_sabe_nadie nadie_lo_sabe|sabia|puede
        nadie_mas_lo|sabe|que nadie_sabe|sabia_que|nada|todavia|excepto|lo|esto|aun
        nadie_en_*_sabe nadie_de_*_lo|sabe nadie_se_ha_enterado nadie_debe|puede_saber*|enterar*
        nadie_tiene_que_saber*|enterar*
        nobody|noone_knows|knew_that|about|except|but|this|it|i|he|she|yet|hes|shes|my|were
        no_one_knows|knew_that|about|except|but|this|it|i|he|she|yet|hes|shes|my
        nobody|noone_else_knows|knew|can|must|should no_one_else_knows|knew|can|must|should
        nobody|noone_must|can|should|may|is_know|find|ever|supposed
        no_one_must|can|should|may|is_know|find|ever|supposed nobody|noone_at|in_*_knows
        a_espaldas_de a_mis|sus_espaldas behind_his|her|their|my|your|everyones_back
        a_escondidas_de tu_calladit*|callad* tu_ni|no_caso|has|sabes no_has_oido|visto_nada
        te_lo_digo_a_ti guardame|guardale|guardarme|guardarle_el|un|este|mi|su_secreto
        guarda|guardas|guardar|guarde|guardo|guardando|guardes_el|un|este|mi|su|ese|secreto
        secretit* no_puede|debe_salir_de no_sale|salga|saldra_de_aqui|aca|esta|casa|entre
        never_told|tell_anyone|anybody|a|this|my|him|her
        havent_told_anyone|anybody|my|him|her|them nunca_se_lo|la_he|ha|conte|conto|dije
        nunca_lo|le_he|conte|ha|dije_contado|dicho|a no_se_lo_he|ha_contado|dicho no_se_lo|la
        |les_digas|cuentes|diga|digais|contes|vayas|comentes|repitas|conteis|menciones
        no_lo|la_cuentes|digas|contes|repitas|comentes|vayas|menciones|digais
        no_cuentes|contes_nada|esto|lo|eso|que no_digas_nada_de|a|por|pero|porfa no_me_delates
        a_nadie_se|le|lo_lo|digas|cuentes dont_rat|grass|snitch cover_for_me secretly_gay
        |lesbian|trans|married|dating|seeing|muslim|jewish|catholic|christian|votes|pregnant
        |in|engaged|bi|meeting|smokes|smoking|drinks
        hasnt|isnt|not|havent_come|out|been_out|yet|to still_in_the_closet
        in_the_closet_to|about|still|yet|and out_of_the_closet no_ha_salido_del_armario
        sin_salir_del_armario sigue_en_el_armario not_out_yet you_cant|mustnt_tell
        please_dont_tell|say|mention que_nadie_se|lo|sepa|te|se_entere*|sepa|oiga|entera*
        let_nobody under_wraps on_the_down_low hush_hush say_a_word be|very|please_discreet
        se|sea|ser|seas_discret* nadie_lo_puede|debe|tiene|debia no_salga_de_ti|aqui|nosotros
        find_out_that can|must_find_out no_puedo_contar|contarte|contarlo ni_se_te_ocurra
        dont_you_dare mouth_shut petit_comite no_me_*_a_descubrir|delatar
        no_me_descubras|delates|chives can_i_trust_you can_you_keep puedo_confiar_en_ti
        te_puedo_confiar|contar_algo te_voy_a_confiar te_confio_que|algo|una abras_la_boca
        abrir_la_boca se_queda_aqui|entre|contigo se_queda_en_esta|casa|esta no_le|les_vayas_con
        ni_una|media_palabra esto_es_privad* esto_es_muy_privad* this_is|its_private muy_privad*
        quede_aqui va|sale|reza|vota|ve|esta|vive|fuma|bebe_*_a_escondidas
        va|sale|ve_a|con_*_a_escondidas a_escondidas_va|sale|fuma|reza
        en_secreto_va|sale|fuma|reza|esta on_the_quiet de_tapadillo""",
    "shh": "shh shhh shhhh chiton sh_sh calladit* callad* hush psst",
    "secret": "secreto secretos secretito* secret secrets",
    "keeps": """
        cuento cuente contar* contarte conto contado contaron digo dijo dije decirte guard* se
        sabe sabes es era tengo tiene tienen tenemos confie confio comparti* revel* tell telling
        told tells keep* know knows its thats is have has had got shared share lo me le""",
    "secret_of": """
        secreto_de_mi|mis|su|sus|tu|nuestr* secreto_entre secreto_que_me|no|guard*
        secreto_familiar|inconfesable secreto_para_ti family_secret* dark_secret*
        deepest_secret* secret_about|between|that|from|and""",
    "harmless_secret": """
        agente*|jardin|jardines|ingrediente*|codigo*|tesoro*|base*|puerta*|pasadizo*|pasaje*
        |arma*|mision*|mapa*|receta*|salsa*|servicio*|sociedad|club|amigo|santa|identidad
        |lugar|sitio|escondite|guarida|poder|superpoder|habitacion|pasillo|mensaje*|isla|tunel
        |sala|camara|truco|tecnica|carta|cartas|nivel|caja|diario|cajon|rincon|cueva|ruta|voto
        |voz|fiesta|plan|lenguaje|idioma|saludo|formula|ficha|menu|playa|tarro|alto|numero
        |rastro_secreto|secreta|secretos|secretas secret_agent*|garden*|ingredient*|code*
        |treasure*|base*|door*|passage*|weapon*|mission*|map*|recipe*|sauce*|service|society
        |club|santa|identity|place|hideout|den|lair|power*|superpower*|room*|message*|island
        |tunnel*|trick*|technique*|level*|box|drawer|diary|cave|route|ballot|handshake
        |language*|formula|menu*|beach|spot|stash|admirer|life|lives|sister|history|to|of
        |weapon|police|life|cinema|ending|track|door|word top|victorias|chambers|keeper_secret*
        chamber_of_secrets secreto_de_sus|estado|la|los|las|el|un|una|cocina|cocinero|belleza
        |todo|mucho|hacer|cerdo|que|cada|tener secreto_para|iberico|mejor|del secreto_esta_en
        secreto_a_la secreto_es_*ar|*er|*ir|el|la|que|mucha|mucho|poner|no secreto_como|ibericos
        secretos_de|del_la|cerdo|universo|cocina|los|las|mar|oficio
        secret_is_to|the|in|that|practice|a plato|filete|racion|kilo|libra_de_secreto
        cuentame|dime|sabes|cuentanos_un|algun|alguno|otro_secreto
        me_cuentas|dices_un|algun_secreto tell|give_me|us_a|your_secret* do_you_have_*_secret*
        you_have_a_secret tienes_un|algun|secretos_secreto* no_es_ningun_secreto no_secret_that
        is_no_secret its_no_secret secreto_a_voces adivina_el_secreto juego_del|de_los_secreto*
        open_secret trade_secret* trabaja_en_secreto""",
    "confess": """
        confeso confesado confesaron confiesa confesarme confesarle confesarnos confio_que
        confiado_que confesarse confesion desahogo desahogado confessed confesses confess
        admitted admits whispered susurro revelo revealed came_clean opened_up""",
    "confide": """
        me|nos|le|les_confeso|confio|confesaron|confiado|confesado|confiesa|confesara|ha_que
        |confesado|confiado|a|lo|su confessed_to_me|us|him|her|his|their confide*_in|that|to
        confidencia confidencias le_confio_que se_sincero_conmigo|sobre trusted_me_with
        me_lo_dijo_a_mi me_dijo_a_mi_solo""",
    "ask": """
        pidio pide pedido piden pidieron rogo suplico exigio hizo_prometer|jurar prometi
        prometio promete jure juro prometido jurado asked asks begged wants wanted requested
        insisted promise promised promises swear swore prometer|jurar quiere quiso prefiere
        prefers insistio ruega solicito rogaron""",
    "discreet": """
        discrecion discretion discreto discreta discreet discretos secrecy confidencialidad
        confidentiality silencio silence guardar_el_secreto guardara guarden en_secreto secret
        reserva""",
    "affair": """
        having|had|has|have|his|her|their|an_affair* an|the_affair_with cheat*_on cheater
        pone|poner|poniendo|ponia|puso|ponen|pongo_los|le|les_cuernos|cachos
        le_pone|puso|pongo_los|cuernos tiene|tenia|tuvo|tengo|es_una|un|la|el|su_amante
        un|una_amante con_su_amante liad*_con enrollad*_con acost*_con se_acuesta_con
        engana*|enganado|engano_a_mi|su|tu|la|el engana*_con infiel infieles infidel*
        unfaithful|adulter* sleeping|slept|sleeps_with hooking|hooked_up_with
        anda|esta|sale|ve|sali*_con_otr* seeing_someone|hombre|mujer_casad* married_man|woman
        hijo|hija_con_otr* another|other_else|man|woman otra_familia|novia|mujer
        otro_novio|hombre another|second|other_family love_child doble_vida double_life
        hijo_ilegitimo hijo|hija_secret* illegitimate mistress aventura_con_su|un|una|otr*
        tiene_un_lio|rollo|hijo_secreto|con un_lio_con romance_con_su|el|la fling_with
        affair_with""",
    "not_even": "ni not_even tampoco not_mi|my",
    "lies": "miente mienten mentido mintio mintiendo lies lied lying",
    "to_whom": "a to",
    "knowing": "saber saberlo enterarse entera enteren",
    "that": "que that about lo",
    "made": """
        hizo|hecho|hacen_jurar|prometer made_me_promise|swear cross_your_heart juram* swear_you""",
    "said": "solto told dijo dicho dijeron dice says said jurar jure prometer encargo",
    "quiet": """
        callar* calle callado callada callase cerrar_el|la keep_quiet|it|silent
        stay_quiet|silent silencio""",
    "should_not": """
        no_debia|debi shouldnt|cant|mustnt_be shouldnt no_deberia* no_debo no_tendria*
        should_not supposed_to_not not_supposed wasnt|isnt|im_supposed deberia_no""",
    "only": "solo solamente only just unic*",
    "you": "you ti usted vos contigo",
    "let": "let lets dejes deje dejen permitas",
    "see": "see seen vea vean lea lean read reads hear hears oiga oigan",
    "if": "if si when cuando",
    "asks": "asks ask pregunta preguntan preguntase asked pregunte llama_di",
    "want": "quiero quiere quieren queremos want wants wanted gustaria queria prefiero",
    "shame": """
        carcel jail prison preso presa reclus* robo robado robar roba robaron stole steals
        stealing stolen detenid* arrested arrest* pega pegaba pegan hits hit hitting beats beat
        abus* maltrat* violad* violo raped impuestos taxes despid* despedid* fired laid_off
        echaron divorci* separ* divorc* leaving splitting gay lesbian* lesbiana trans bisexual
        homosexual adoptad* adopted bankrupt bancarrota ruina debe_dinero deudas debts debt owes
        embarg* suspend* suspens* failed expuls* expelled cogido_dinero cogi llora* cried cries
        fuma smokes smoking drinks bebe copie copio cheated mentido menti lied lying lie
        embaraz* pregnant drog* drugs apuestas gambl* enamorad* crush le_gusto me_gustas
        le_gusta_un|una|otro|otra|mi|su in_love dejar_los quit quitting peleas divorcio mudar*
        moving vender selling roto rompi broke broken falsific* forged fake operar* botox peluca
        wig tatuaje tattoo piercing miedo secreto robar* engan* esconde hides hiding hid escond*
        mete puesto dinero money""",
    "surprise": """
        sorpresa* surprise* flores flowers hemos|he_comprado we|ive|weve_bought regal* mothers
        fathers regalo regalos present presents gift gifts cumple cumpleanos birthday reyes
        navidad christmas papa_noel santa tarta cake fiesta party amigo_invisible raton_perez
        tooth_fairy spoiler* final_de ending aniversario anniversary madres_day
        dia_de_la|del_madre|padre mothers_day fathers_day pelicula movie film serie trampa magia
        magic mago truco trick escondite hide_and chiste joke zorro cuervo lobo fox wolf""",
    "there_is": """
        entre_tu|vos_y_yo_hay|hacemos|podemos|vamos|tenemos|sumamos|somos|solo|ganamos
        between_you_and_me_there*|we between_us_there*|we|and entre_nosotros_hay|#
        entre_nosotr*_dos_hay between_us_and between_you_and_me_is me_entere se_lo_sabe_de
        keep_it_quiet_in|while confidencial_de_la not_out_yet|of_in|on|the test exam
        en_privado_con in_secret_code cheat*_on_the|a|my|his|her_test|exam|diet|quiz|game|bake
        jugar|jugamos|juegan_a_escondidas escondidas_del_sol jugar_a_las_escondidas
        in_private_lessons|school|class en_confianza_con tengo_mucha|plena|total_confianza
        game_of cuernos_del|de_ciervo|toro|alce|vikingo""",
}  # fmt: skip

_PLAY: Final = "surprise fiction harmless_secret there_is"
_BEHIND: Final = "surprise harmless_secret there_is"
_PEOPLE: Final = "kin|person|child"


def _hushed(written: str, *, unless: str = "", before: int = 4) -> Rule:
    """Return a rule of what is not to be told, unless it is a present, a game or a tale."""
    return Rule(
        written, unless=f"{_PLAY} {unless}", before=before, after=f"{_BEHIND} {unless}", behind=14
    )


RULES: Final = Rules(
    _hushed("hush", before=3),
    _hushed("neg ~4 tell ~6 nobody"),
    _hushed("nobody ~2 neg ~4 tell"),
    _hushed("nobody ~4 know ~1 kin|me|person", unless="skill"),
    _hushed("neg ~4 order ~4 kin"),
    _hushed("ask|made|said ~8 neg ~4 tell|find_out"),
    _hushed("ask|made ~8 neg ~6 know", unless="skill"),
    _hushed("ask|made|said ~12 quiet|discreet"),
    _hushed("should_not ~3 tell"),
    _hushed("only ~3 tell|keeps ~3 you"),
    _hushed("keeps ~2 only ~2 you"),
    _hushed("not_even ~3 kin ~2 know", unless="skill"),
    _hushed("only ~6 know", unless="skill"),
    _hushed("kin ~3 lies ~1 to_whom ~3 kin"),
    _hushed("neg ~5 knowing ~2 nobody"),
    _hushed("nobody ~2 know end"),
    _hushed("kin|someone ~4 knowing ~1 nobody"),
    _hushed("if ~3 find_out"),
    _hushed("nobody ~4 know ~1 that", unless="skill"),
    _hushed("neg ~2 let ~5 know|find_out|see"),
    _hushed("if ~3 kin ~2 asks"),
    _hushed("kin ~5 not_know", unless="skill", before=2),
    _hushed("not_know ~3 kin", unless="skill", before=2),
    _hushed("neg ~6 find_out", unless="skill"),
    _hushed("neg ~3 want ~7 know|find_out", unless="skill"),
    _hushed("find_out ~6 kin ~10 shame", unless="skill"),
    _hushed("shh ~14 kin"),
    _hushed("kin ~14 shh"),
    _hushed("keeps ~4 secret", before=6),
    _hushed(f"{_PEOPLE} ~6 secret", before=6),
    _hushed("secret ~3 kin", before=6),
    _hushed("secret_of", before=6),
    _hushed("confide", unless="pet"),
    _hushed(f"{_PEOPLE} ~6 confess ~8 kin"),
    _hushed("confess ~10 shame"),
    Rule(f"{_PEOPLE} ~10 affair", unless="fiction there_is pet", before=4),
    Rule(f"affair ~4 {_PEOPLE}", unless="fiction there_is pet", before=6),
    Rule("someone affair", unless="fiction there_is pet", before=6),
)
