"""The people, animals and stories of everyday sentences: words that several rules need."""

from typing import Final

TABLES: Final = {
    # Whoever can have an illness or a secret. "son" is left to its possessive: it is Spanish, too.
    "kin": """
        madre* padre padres mama mamas mami papa papas papi viejita viejito herman* hij* abuel*
        abu yaya yayo yayos tio tia tios tias prim prima primo primas primos suegr* cunad* niet*
        sobrin* marido mujer espos* novio novia novios exnovi* pareja parejas amig* vecin* jefe
        jefa jefes companer* compi* profe profes profesor* maestr* familia familiar* padrin*
        madrin* padrastro madrastra hermanastr* ex nene bebe bisabuel* colega* compadre comadre
        senor senora entrenador* socio socia inquilin* cuidador* mother* father* mum mums mummy
        mummys mom moms mommy mommys dad dads daddy daddys sister* brother*
        my|his|her|our|their|your_son|sons daughter* gran grans grandma* grandpa* grandad*
        granddad* grandfather* grandmother* grandson* granddaughter* grandparent* granny nan
        nans nana aunt aunts auntie aunty uncle uncles cousin* husband* wife wifes boyfriend*
        girlfriend* partner partners friend friends mate bestie neighbo* boss teacher teachers
        coworker* colleague* nephew* niece* roommate* flatmate* parent parents fiance* stepmum
        stepmom stepdad stepson stepdaughter family inlaws landlord* coach nanny lady bloke guy""",
    "child": """
        nino nina ninos ninas nene nena nenes chico chica chicos chicas crio crios kid kids
        child children baby boy girl boys girls toddler""",
    "person": """
        persona usuari* user users person persons speaker hablante visitante visitor guest
        invitad* interlocutor* cliente""",
    "me": """
        yo me mi mis mio mia nos nuestr* tengo tuve he soy estoy estuve ando llevo padezco sufro
        tomo conmigo i im ive id my mine we our ours us weve were""",
    "someone": """
        tiene tienen tenia tenian tuvo tuvieron tenes tener esta estan estaba estaban estuvo
        estado ha han habia anda va lleva quede quedo quedado quedar llevaba es era fue son
        sigue padec* sufr* le les se su sus ella el con toma toman vive convive is are was been
        being has had have got gets he she hes shes hed shed his her him they them their theyre
        its with takes lives""",
    "pet": """
        perr* gat* gatit* cachorr* conej* hamster* vaca vacas yegua caball* poni pez peces loro
        lorito tortug* canari* pajar* cobaya* periquit* oveja* cabra* gallin* leon leona
        elefant* panda* dog dogs puppy puppies cat cats kitten* kitty rabbit* bunny horse* pony
        cow cows goldfish fish parrot* budgie guinea_pig* tortoise turtle* sheep goat hen
        elephant* lion* animal* mascota* pet pets veterinari* vet vets""",
    "of_pet": """
        perr*|gat*|conej*|yegua|vaca|hamster|loro|caballo_de_mi|la|el|su|un|una_*
        del_perro|gato|conejo|caballo|hamster|loro|cachorro
        de_la|mi|su_gat*|perr*|yegua|coneja|cobaya
        for|to_the|my|our_dog|cat|rabbit|horse|puppy|kitten|hamster al_perro|gato|conejo
        a_la_gata|perra perrun* felin* canin*""",
    "fiction": """
        in_the|a|this_book|film|movie|story|novel|show_*_*
        en_la|el|una|un_pelicula|peli|serie|libro|cuento|novela_*_* pelicula* peli pelis serie
        series novela* telenovela* el|un|este|ese|los|del|al|mi|su|cada_cuento cuentos fabula*
        leyenda* historieta* personaj* protagonist* actor actriz obra teatro libro libros comic
        comics tebeo* dibujos cancion poema caricatura* princes* principe dragon* bruja* brujo*
        hada* ogro lobo pirata* espia* detective* muneca* muneco* peluche* dinosaurio* capitulo
        temporada videojuego* culebron film films movie movies episode* show novel* book books
        story stories tale tales fairy fable* character* actress cartoon* princess* prince
        witch* wizard* pirate* spy spies doll dolls teddy dinosaur* play plays played playing
        pretend* juega jugamos juegan jugar jugando jugue jugaba juego juegos game games lyrics
        poem blancanieves cenicienta caperucita pinocho shrek hogwarts potter disney""",
}
"""Words by theme."""
