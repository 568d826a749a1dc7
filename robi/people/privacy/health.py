"""Sensitive facts of somebody's health.

Owns where the line is (docs/decisions/0008-privacy-gate.md): a diagnosis that stays or that can
be held against someone is private; what is told at any table (a cold, a headache, an allergy, a
broken leg) is not. A term alone is a topic. It is a fact when it stands near someone, and no
animal, story, school project or figure of speech stands between. One list of words, so that what is
private can be read at one glance.
"""

from typing import Final

from robi.people.privacy.rules import Rule, Rules

TABLES: Final = {
    # An illness, a disability, an addiction, a pregnancy: private when it is somebody's.
    "illness": """
        cancer canceres paraly* paralis* paralizad* cambiar_de_sexo malign* benign* nodulo
        nodulos tumour* prediabet* hipogluc* hypoglyc* congenit* malform* hereditari* cromosom*
        retraso_mental|madurativo learning_disabilit*|difficult* special_needs
        necesidades_especiales obes* bariatric* reduccion_de_estomago gastric_bypass|band|sleeve
        tlp tca postpart* postnatal_depress* delirios delusion* paranoi* manic mania_episod*
        catatoni* heart|birth_defect* defecto_de_nacimiento|congenito defecto_en_el_corazon
        tumor tumores tumoral leucemia leukaemia leukemia linfoma lymphoma melanoma metast*
        carcinoma mieloma myeloma sarcoma oncolog* vih hiv sida aids seropositiv* hepatitis
        sifilis syphilis gonorr* clamidia chlamydia herpes vph hpv papiloma ladillas ets std sti
        enfermedad_venerea venereal* transmision_sexual depresion depression depresiv*
        clinically_depressed bipolar* esquizo* schizo* psicosis psicotic* psychosis psychotic
        brote_psicotico ataque*_de_panico|ansiedad panic_attack* panic_disorder
        crisis_de_panico|ansiedad toc ocd tdah tda adhd add autis* asperger* tea_grado
        espectro_autista on_the_spectrum autism_spectrum anorexi* anorexic* bulimi* atracones
        motor_neuron* mnd glaucoma retinosis neuropat* nefritis meningitis encefalitis sepsis
        artritis_reumatoide rheumatoid_arthritis obsesivo_compulsiv* obsessive_compulsive
        lesion_medular spinal_injury muscular_dystrophy addict addicts junkie yonqui heroinoman*
        cocainoman* apnea apnoea psoriasis porfiria esquizoafectiv* hidrocefal* hydroceph*
        macular binge_eat* eating|personality|bipolar|mental|mood|anxiety_disorder* trastorno*
        borderline ptsd tept estres_postraumatic* post_traumatic autolesion* self_harm* suicid*
        nervous|mental_breakdown mentalmente_enferm* mentally_ill enfermedad|problema*_mental*
        problema*_de_salud_mental salud_mental mental_health_issue*|problem*|condition*
        mental_illness alcoholic* alcoholism* alcohol_addict* drogadict* toxicoman* ludopat*
        drug|gambling|drinking|porn|alcohol_addict*|problem*|habit
        problema*_con_la_bebida|droga|coca problema*_con_las_drogas|apuestas
        problema*_con_el_alcohol|juego|porno problema*_de_alcohol|drogas|juego|bebida sobredosis
        overdos* adiccion* addiction discapaci* disabil* disabled minusvali* invalidez
        incapacidad paraplej* paraplegi* tetraplej* quadripleg* hemiplej* paralisis_cerebral
        cerebral_palsy sindrome_de_down downs|down_syndrome silla_de_ruedas wheelchair sordomud*
        sord* deaf cieg* blind ceguera invidente* amputad* amput* protesis prosthetic diabet*
        azucar_en_sangre azucar_en_la_sangre azucar_alt* epilep* convulsion* seizure* parkinson*
        alzheimer* alzeimer* alzhimer* demencia dementia senil senile esclerosis sclerosis ela
        als lupus fibromialg* fibromyalg* crohn* colitis huntington* distrofia dystrophy
        fibrosis_quistica cystic_fibrosis espina_bifida anemia_falciforme sickle_cell hemofil*
        haemophil* hemophil* infarto infartos ictus stroke derrame derrames embolia trombosis
        thrombosis aneurisma aneurysm angina_de_pecho heart_attack*
        heart_disease|condition|failure|problem*|murmur|surgery corazon_malo|enfermo|delicado
        mal|mala|enferm*|delicad*|problema*_del|de_corazon arritmia* soplo arrhythmia marcapasos
        pacemaker stent* bypass cateter* catheter* insuficiencia_renal|cardiaca
        kidney|liver_failure|disease|problem* rinones_mal fallo_renal dialisis dialysis
        trasplant* transplant* cirrosis cirrhosis epoc copd enfisema emphysema tubercul* asma
        asthma* asmatic* hipertens* hypertens* high_blood_pressure tension|presion_alta
        tension|presion_muy_alta colesterol_alto high_cholesterol hipotiroid* hypothyroid*
        hipertiroid* endometrios* ovarios_poliquistic* embaraz* pregnan* prenad* preggers preggo
        encinta esteril infertil* aborto* abortion* miscarr* menopaus* fecundacion fiv ivf
        inseminacion incontinen* impoten* disfuncion_erectil erectile* hemorroid*
        panal_de_adulto colostom* ostomy ileostom*
        enfermedad_rara|terminal|grave|degenerativa|cronica|autoinmune
        terminal|chronic|serious|rare|degenerative|autoimmune_illness|disease|condition
        fase_terminal cuidados_paliativos paliativos palliative hospice vegetativo coma_etilico
        lobotom* electrosho* narcolep* tourette* dislex* dyslex*""",
    # What is taken or done against one of them.
    "medicine": """
        antidepr* ansiolit* antipsic* antipsych* litio lithium prozac sertralin* fluoxetin*
        paroxetin* citalopram escitalopram lexapro zoloft lorazepam orfidal diazepam valium
        alprazolam trankim* xanax clonazepam rivotril klonopin quetiapin* seroquel olanzapin*
        risperidon* risperdal haloperidol aripiprazol* abilify venlafaxin* trazodon* bupropion*
        wellbutrin mirtazapin* concerta rubifen ritalin* adderall metilfenid* methylphenid*
        elvanse vyvanse metadon* methadon* antabus* naltrexon* antirretrovir* antiretrovir*
        truvada insulin* metformin* ozempic quimio* chemo* radioterap* radiotherap* tamoxifen*
        morfina morphine fentan* oxicodon* oxycod* viagra cialis levodopa sinemet donepezil*
        warfarin* sintrom acenocumarol enalapril* keppra levetiracetam depakin* valproat*
        lamotrigin* tegretol mastectom* histerectom* hysterectom* vasectom* ligadura_de_trompas
        lumpectom* prostatectom* biopsia* biopsy""",
    # Private by itself, whoever it is about.
    "grave": """
        hang|hanged|hung_himself|herself|myself ahorcar* ahorco intent*_matar*|suicid*|quitarse
        want|wanted|wants_to_disappear not_exist dejar_de_existir no_existir
        wish_i_was|were_dead wish_i_were_dead better_off_without_me ojala_no_despert*
        ojala_me_muriera no_despertar* no_quiero_estar_en_este|aqui|viv*
        no_quiero_seguir_en|aqui tired_of_living cansad*_de_vivir no_merece_la_pena_vivir
        no_point_in_living se_hace|hago_cortes me_hago_cortes hace_cortes_en
        deje|dejo|dejado_el_alcohol deje|dejo|dejado_la_bebida|droga|coca
        deje|dejo|dejado_de_beber|consumir|drogar* deje|dejo|dejado_las_drogas drinking_again
        stopped|quit|gave_drinking|up_drinking volvio|vuelto|volvi|recaido_a|en_beber|consumir
        support_group grupo_de_apoyo cambio_de_sexo sex_change gender_reassign*
        hormone_therapy|treatment transicion_de_genero having_a|our_baby having_twins
        tendremos|tendran_un_bebe panales|panal_para|de_adulto* dio_a_luz_*_*_*_muert*
        biopsia|biopsy_*_mal|bad|positiv* tom*_todas_las_pastillas nacio_muert* stillborn
        stillbirth nacio|nacido|naci_sin_un|una|brazo|pierna born_without verrugas_genitales
        genital* morning_after_pill pastilla_del_dia_despues anticonceptiv* birth_control
        quedarnos|quedarme|quedarse|quedar_embaraz* trying_for_a|another_baby
        trying_to_conceive|get_pregnant buscando_un_bebe|embarazo in_recovery_from in_recovery
        queda|quedan_poco_tiempo hasnt|not_long_left|to_live pierde|pierdo|perdiendo_la_memoria
        losing_his|her|my_memory|mind memory_is_gone|going control_his|her|my_bladder
        se_le_va_la_cabeza ya_no_sabe_quien ya_no_habla_ni toma*_todas_las_pastillas
        me_tome|trague_*_pastillas took_too_many|all_pills|the|my too_many_pills
        se_tomo_*_*_pastillas espera_para|de_un_rinon|higado|corazon|pulmon|trasplante
        waiting_for_a_kidney|liver|heart|lung|transplant
        bebe_desde|todo|todos|como_por|el|los|la|un cant_stop_drinking|gambling
        no_puede_dejar_de_beber|jugar starving|starves_myself|herself|himself desfibrilador
        defibrillator bolsa_de_orina paro_cardiaco cardiac_arrest heart_stopped
        me_quiero_morir|matar|suicidar quiero_morir* quiero_matarme quiero_suicid*
        ganas_de_morir* quitar*_la_vida quite_la_vida quito_la_vida no_quiero_vivir
        no_quiero_seguir_viviendo no_quiere_vivir no_tengo|tiene_ganas_de_vivir
        sin_ganas_de_vivir acabar_con_todo acabar_con_mi_vida desaparecer_para_siempre
        want_to_die wanna_die wants_to_die dont_want_to_live dont_want_to_be_alive|here
        doesnt_want_to_live end|ended|ending_my|his|her|their_life end_it_all
        take|took|taken|taking_my|his|her_own_life kill|killed|killing_myself|himself|herself
        better_off_dead me_corto_los|las|en me_autolesion* se_autolesion* se_corta_los|las|en
        corto_los_brazos hacerme_dano me_hago_dano hacerse_dano
        cut|cuts|cutting|hurt|hurts|hurting|harm|harming_myself|herself|himself oigo_voces
        oye_voces escucho_voces escucha_voces hear|hears|hearing_voices
        test*_de_embarazo_positiv* test|prueba_de_embarazo_dio|salio|ha lineas_en_el_test
        positive_pregnancy pregnancy_test_was|came|is
        esperando|esperamos|espero|espera|esperan_un_bebe|hijo|nino|crio
        esperando|esperamos|espero|espera_una_nina|criatura|hija espera*_gemel*|mellizos
        esperando_a_mi_hij* expecting_a|our|twins|her|another|my|baby
        voy|va|vamos_a_ser_mama|papa|madre|padre|padres|mami|abuel*
        estoy|esta|estamos_de_#_semanas|meses #_weeks|months_pregnant|along no_me_baja|viene
        missed_my|her_period embarazo_positivo dio|salio|da|dado_positivo_el|la
        test_dio_positiv* me|le|lo|la_internaron me|le|lo|la_ingresaron_en
        was|been|got|being_sectioned se_acuerda_de_quien*|nosotros en_estado|cinta
        im|is|shes|are|were_expecting bun_in_the_oven baby_in_my|her|mommys|mummys_tummy|belly
        bebe_en_la|su|mi_barriga|panza|tripa|tripita tener|tendre|tendra_un|otro_bebe
        having_a|another_baby have_a_baby_in con_ganas_de_ser_madre
        perdi|perdio|perdimos|perdieron_el|al|un|mi|su_bebe
        perdi|perdio|perdimos_a_mi|su|nuestro_bebe
        lost|lose|losing_the|her|my|our|a|their_baby|pregnancy
        no_puedo|puede|podemos|pueden_tener_hij* no_puedo|puede_quedar*_embaraz*
        cant|cannot_have_kids|children|babies cant_have_a_baby unable_to_have_kids|children
        cant_get_pregnant cant_conceive tratamiento_de_fertilidad fertility_treatment|clinic
        clinica_de_fertilidad interrump*_el_embarazo had_a_termination se_mea|orina|caga_encima
        se_hace_pis|caca_encima wets_the_bed_at|again meses|semanas|poco_de_vida
        months|weeks_to_live dado_#_meses given_#_months its|is_terminal
        lo_mio|suyo|de_no_tiene_cura no_tiene_cura_lo no_hay_cura_para lo_mio_es_cronico
        alcoholicos_anonimos narcoticos_anonimos alcoholics_anonymous narcotics_anonymous
        aa_meeting* proyecto_hombre drogo|droga|drogaba_desde se_droga me_drogo drogarme
        drogarse metido_en_la_droga metid*_en_drogas se_mete_coca|rayas se_mete_de_todo
        sufr*_del_corazon|rinon|higado|nervios aborte abortado abortar aborted miscarried
        de_baja_por_depresion|estres|ansiedad off_work_with_stress|depression|anxiety|burnout
        fumo|fuma_porros|marihuana|crack bebe_demasiado bebe_a_escondidas bebe_sin_parar
        bebe_mucho_alcohol bebo_demasiado toma_mucho_todos|y|alcohol
        drinks|drinking|drink_too_much drinks_heavily|every_night|all drunk_every
        mind|memoria_ya_no_le|funciona no_nos_reconoce ya_no_me_reconoce no_me_conoce
        nos_conoce_ya doesnt_recogni*_us|me|anyone anymore_recogni* en_estado_vegetativo
        grado_de_discapacidad|minusvalia|dependencia #_de_discapacidad
        recovering_addict|alcoholic sober_for|since clean_for|since #_sobri* #_sober
        meses|anos|dias_sobri* meses|anos|dias|semanas_limpi*
        months|years|days|weeks_sober|clean meses|anos_sin_beber|consumir|drogarme
        recai|recayo|recaido_en|otra|de recai_ y_recaido relapsed kidneys|liver_are|is_failing
        adict*|enganchad*_al|a_alcohol|juego|porno|drogas adict*|enganchad*_a_la|las_droga*
        |coca*|heroina|pastillas|apuestas|marihuana|maquinas|bebida|cocaina|tragaperras
        adict*|enganchad*_a_los_porros|tranq*|calmantes addicted|hooked_to|on_alcohol|drugs
        |cocaine|heroin|gambling|pills|painkillers|porn|meth|opioids|oxy|weed|booze""",
    "anxiety": "ansiedad anxiety deprimid* depressed estres_cronico panico fobia*",
    "clinical": """
        tengo tiene tuve tuvo padec* sufr* toma* pastill* medic* diagnos* baja_por trastorno
        ingres* tratan tratando tratamiento desde years anos crisis ataque* attack* disorder
        have has had ive having with suffer* struggl* live lives off_work treated treatment
        leave for_my|his|her con_mi|su estoy esta estan anda sigue im is am shes hes been
        mi_ansiedad su_ansiedad my_anxiety her_anxiety his_anxiety""",
    "diagnosed": "diagnostic* diagnosed diagnosis",
    "mild": """
        alerg* resfri* catarro gripe otitis anginas esguince faringitis gastroenteritis
        conjuntiv* caries miop* astigm* piojos varicela covid coronavirus allerg* cold flu
        sprain* lice cavity cavities chickenpox shortsighted nearsighted tendinitis intoleran*
        celiac* coeliac coche ordenador lavadora car engine averia""",
    "healer": """
        psicolog* psiquiatr* terapeuta* terapia terapias loquero loqueros psychologist*
        psychiatr* therapist* therapy shrink counsell* counsel* desintoxicacion desintox detox
        rehab rehabilitacion_por|de_las|la|drogas|droga|alcohol|el centro_de_rehabilitacion
        en_rehabilitacion_por unidad_del_dolor oncologo oncologa neurolog* cardiolog* nefrolog*
        hematolog* reumatolog* urolog* oncologist neurologist cardiologist""",
    "visit": """
        of out left came salio sale salir voy va vamos van fui fue fuimos ir ido iba yendo veo
        ve vemos ver visto cita citas consulta sesion* tratamiento estoy esta estuvo estuve
        entro entra ingres* internad* internaron acud* llev* manda* derivad* derivo empece
        empieza* empez* necesit* dicho dijo dice see sees seeing saw seen visit* going goes went
        go gone start* appointment* session* been sent referred in into attend* told tells my
        his her mi su""",
    "occupation": """
        es|soy|ser|de|como|era|is|am|im|be|as_psicolog*|psiquiatra|terapeuta|neurolog*
        |cardiolog*|oncolog* es|soy|ser|era_una|un_psicolog*|psiquiatra|terapeuta is|am|im|be
        |as|was_a|an_psychologist|psychiatrist|therapist|counsellor|counselor|shrink
        |neurologist|cardiologist|oncologist physical|occupational|speech|retail_therap*
        para_psicolog*|psiquiatra|terapeuta speech_therap* physio* estudi*_psicolog*
        study*_psycholog* carrera_de_psicolog* guidance_counselor terapia_de_pareja_en
        musica_terapia asignatura_de_psicologia""",
    "liquor": """
        whisky whiskey vodka ron rum ginebra gin vino wine cerveza* beer beers aguardiente
        tequila botella botellas bottle bottles litro alcohol trago tragos copas""",
    "drinks": "bebe bebo beber bebia bebian toma tomaba drinks drink drinking drank empina",
    "daily": "cada todos dia_si diario diaria every all_day day daily noche night",
    "purge": "vomit* provoca_el throws|throw|threw_up makes_herself|himself purg*",
    "purposely": """
        a_proposito on_purpose despues_de_comer|cenar after_eating|meals|dinner|every dedos
        fingers to_lose adelgazar engordar""",
    "drug": """
        heroin* cocain* coca crack meth metanfetamin* drogas droga drugs tranquilizantes
        tranquilizers marihuana weed pastis extasis ecstasy speed porros anfetamin*""",
    "takes": """
        tom* consum* met* pinch* chut* inyect* esnif* recet* enganchad* depend* on take takes
        taking took prescribed uses using used shoot* snort* inject* deje dejo fuma fumo vende
        vendia smokes does addicted""",
    "pills": """
        pastill* medicacion medicament* medicina tratamiento* inyeccion* jarabe gotas_para pills
        pill medication* medicine* meds treatment* injection* tablets parches""",
    "against": """
        depresion ansiedad nervios dormir corazon tension azucar vih cabeza esquizo* epilep*
        tiroides rinon* colesterol sangre memoria bipolar* animo depression anxiety heart blood
        hiv thyroid nerves adhd tdah sleep sleeping cholesterol kidney* liver memory seizures""",
    "surgery": """
        operar* operad* operan opero opera operacion extirp* quitar* quitado quitan cirugia
        intervencion surgery operat* removed removing remove""",
    "organ": """
        corazon prostata pecho pechos utero matriz ovario* cerebro tumor rinon* higado pulmon*
        colon mama_por testiculo* vejiga tiroides heart brain breast* prostate womb uterus
        kidney* lung* bowel liver thyroid bladder ovar* pancreas mastectom* cabeza_por""",
    "exam": """
        biopsia biopsy scan scans tac escaner resonancia mri mamografia mammogram ecografia
        ultrasound analitica analisis tests results resultados colonoscopia colonoscopy xray
        radiografia medicos medico doctor doctors hospital cirujano surgeon specialist
        especialista""",
    "scan": """
        biopsia biopsy scan scans tac escaner resonancia mri mamografia mammogram ecografia
        ultrasound colonoscopia colonoscopy xray radiografia""",
    "bad": """
        something algo mal malo mala malos raro sombra mancha grave serio bad shadow spot
        abnormal anormal worrying preocupante operarme muriendo dying incurable tiempo""",
    "starve": """
        no_come|como|comer|comia|comido wont|doesnt|dont|stopped|not|refuses_eat|eating to_eat
        deja*|dejo_de_comer""",
    "thin": "adelgazar kilos flac* delgad* skinny thin fat gord* weighs pesa weight peso",
    "fails": """
        stopped paro para falta controla control fatal mal hecho_polvo falla fallando fallan
        failing fails failed bad""",
    "positive": "positiv* tested_positive",
    "disease_test": """
        vih hiv sifilis drogas clamidia hepatitis drugs cocaina cocaine alcohol tuberculosis""",
    "elder": """
        abuel* yaya yayo abu padre madre grandma grandpa gran nan nana grandad dad mum mom
        suegr*""",
    "diapers": "panal panales diaper* nappies nappy sonda incontinence_pads",
    "lump": "bulto bultito lump mancha_en_el shadow_on",
    "site": "pecho mama seno cuello axila pulmon* breast neck armpit lung* testic*",
    # A topic, many people, a sign of the zodiac: no fact about anybody.
    "topic": """
        sobre about contra against documental* documentary examen exam clase clases charla
        charlas deberes homework project trabajo_del|de|para proyecto investig* research*
        scientist* cientific* donar* donat* donado signo horoscopo zodiac* horoscope estudi*
        study studies studying studied ensen* explica* explain* signific* means mean_does
        causa|causas|origen_del causes_of define personas cuantas|cuantos how_many
        is|are_*_caused|contagious|curable|hereditary|bad is|are_*_*_caused definicion
        definition que_es|son|era_el|la|los|las|un|una|lo|eso what_is|are|does|causes
        whats_a|an|cancer|the que_significa como_se_cura|contagia|previene cura_del
        dia_mundial|del_contra world_cancer asociacion charity charities campana prevenir
        prevent* evitar avoid vacuna* vaccine* carrera_contra_el lazo ribbon museo museum
        curiosidad* noticia* news articulo article podcast teach* trabaj*_con|en
        work*_with|in|at|for ayuda*_a_gente|personas help*_people|others volunt* gente people
        personas_con|que many_women|men las_mujeres muchos|muchas|algunos|hay_ninos|mujeres
        los_fumadores|enfermos|pacientes|ninos|ancianos pacientes patients uno_de_cada
        one_in|of_the millones imagina imagine si_tuviera mercado economi* economy recesion
        bolsa guerra war tropico historia_de_la disfra* costume* great_depression gran_depresion
        refran chiste chistes joke jokes dog_had aparcamiento plaza_de parking rampa ramp ramps
        entrada_para access* palabra word enfermer* hospital_de medico_de doctor_at research
        medic*_del_corazon experto* expert* sistema museos""",
    "figurative": """
        soy|eres|es|somos|son_cancer im|am|is|are|was_a|an_cancer is|are_cancers mi_signo
        muero|morir|morirse|muere_de risa|sueno|hambre_infart* morir*_de_risa|hambre|sed|sueno
        |calor|frio|verguenza|amor|ganas|pena|asco|aburrimiento quiero_morir*_de
        kill|killed_myself_laughing want_to_die_laughing|of infarto_cuando|al|con|si|como
        da|dio|daba|dar|de_un_infarto_al|cuando|con|de|si|como
        casi_me_da|dio_un_infarto|algo|ictus iba_a_darme_un_infarto
        nearly|almost|gave|give|gives|giving_me|had|having|have|him|us_a_heart|stroke
        casi_me_da|dio|mata precio|cuenta|partido|susto_de_infarto de_infarto partido_de_infarto
        stroke_of|luck heart_stroke
        sord*|cieg*|blind|deaf_without|con|para|with|como|as|por|to|si
        estas|are|eres_cieg*|sord*|you_blind|you_deaf blind_date|spot|as|man|taste
        gallinita_ciega cita|citas_a_ciegas a_ciegas venetian* blinds color|colour_blind
        tone_deaf turn_a_blind ansiedad_de|por_saber|ver me_da_ansiedad da_ansiedad
        por_ansiedad_de depression_era embaraz*_de_ilusion|ganas|ideas|felicidad embarazos*
        pregnant_pause|with_ideas idea*_embaraz* es|eres|sois|soy_un_cancer|crack
        es_un_verdadero_cancer is_a_cancer_on toc_toc un_crack a_crack crack_del|de|en
        crack_jugando down_the|jones ela_stic different_strokes breast|back|swim*_stroke
        butterfly_stroke brush_stroke stroke_the|him|her|a|my ordenador|laptop|computer|pc_virus
        bipolar_el|weather|tiempo tiempo|weather_esta|is|es_bipolar|loco
        adict*_al_chocolate|trabajo|cafe tension_alta_en alta_tension tension_en_el idiot*
        autista_perdido aborto*_la|el_mision|plan|despegue abort*_mission abort*_the_mission
        sugar_rush coma_y_punto punto_y_coma coma_profundo_sueno add_to|the|a|some|two|sugar
        |milk|salt|more|me|it|up|in|this|that|and|on|another|water|# to_add you_add
        i|we|can|please|then|just|lets_add also_add estudio_blind hearing_aid band_aid*
        first_aid* aids_in coca_cola blind_mice deaf_ears oidos_sordos dialogo_de_sordos
        golpe_de_ciego""",
    "behind_topic": """
        en_biologia|clase|ciencias|naturales|historia in_biology|class|science research charity
        charities month awareness week museum ward hospital vaccine patients del_perro juego
        game sign""",
    "why": """
        ansiedad|anxiety|anxious|deprimid*|depressed_porque|por|cuando|because|when|about|over
        |con|by|si|at""",
    "trivial": """
        futbol partido equipo barca madrid atleti betis sevilla liga serie lluvia tiempo lunes
        examen vacaciones verano football game match team season rain weather monday holiday*
        show finale ending final temporada domingo sunday perdido_el lost_the river boca""",
    "bearer_of": "de del of",
}  # fmt: skip

_HARMLESS: Final = "pet of_pet fiction topic figurative"
_BEHIND: Final = "of_pet behind_topic figurative"
_NEAR: Final = 8
"""Words over which someone has an illness: "she stopped eating and the doctor says it is …"."""

RULES: Final = Rules(
    Rule(f"me|kin|person ~{_NEAR} illness|medicine", unless=_HARMLESS, after=_BEHIND, behind=2),
    Rule(f"someone|child ~{_NEAR} illness|medicine",
         unless=_HARMLESS, before=6, after=_BEHIND, behind=2),
    Rule("illness|medicine ~2 bearer_of ~2 kin|child", unless=_HARMLESS, before=2),
    Rule("illness|medicine ~1 me ~3 kin|me", unless=_HARMLESS, before=2),
    Rule("medicine ~2 me", unless=_HARMLESS, before=3),
    Rule("grave", unless="pet of_pet fiction figurative", before=6, after="figurative", behind=3),
    Rule("clinical ~2 anxiety", unless=f"{_HARMLESS} why", before=4, after="why", behind=1),
    Rule("me|kin|person|someone ~3 why", unless=_HARMLESS, after="trivial", behind=8),
    Rule("me|kin|person|someone ~4 diagnosed", unless=_HARMLESS, before=2, after="mild", behind=6),
    Rule("visit ~4 healer", unless="pet of_pet fiction occupation figurative", before=4),
    Rule("me|kin|person|someone ~5 takes ~4 drug", unless=_HARMLESS, before=4),
    Rule("drug ~3 daily|kin", unless=_HARMLESS, before=4),
    Rule("drinks ~4 liquor ~5 daily", unless="pet fiction"),
    Rule("purge ~5 purposely", unless="pet fiction"),
    Rule("me|kin|person|someone ~5 pills ~3 against",
         unless="pet of_pet fiction topic", before=4, after="of_pet", behind=2),
    Rule("me|kin|person|someone ~3 surgery ~4 organ",
         unless="pet of_pet fiction topic", before=4, after="of_pet", behind=2),
    Rule("me|kin|person ~5 exam ~3 bad", unless=_HARMLESS, after="mild", behind=4),
    Rule("me|kin|person ~4 bad ~3 scan", unless=_HARMLESS),
    Rule("exam ~4 bad ~4 organ", unless=_HARMLESS, before=3),
    Rule("starve ~8 thin", unless=_HARMLESS, before=3),
    Rule("thin ~8 starve", unless=_HARMLESS, before=3),
    Rule("organ ~3 surgery|fails", unless="pet of_pet fiction topic figurative", before=4),
    Rule("positive ~3 disease_test", unless=_HARMLESS, before=4),
    Rule("me|elder ~6 diapers", unless="pet fiction"),
    Rule("me|kin|person|someone ~5 lump ~4 site", unless="pet fiction"),
)  # fmt: skip
