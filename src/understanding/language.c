#include "understanding/language.h"

#include <string.h>

#define WORD_BYTES 16  /* of the longest in the lists below */
#define WORDS_READ 300 /* of a message: enough to tell */

/* Words that English has and its neighbours have not, small ones first, then what people write to companies. */
static const char ENGLISH[] =
    "about after all always am and any are aren't because been before but can could did do does don't even ever every "
    "for from get getting give go going good got great had has have he her here him his how i i'd i'll i'm i've if is "
    "isn't it it's its just know last like make many me more much my myself need never new next no not now of off on "
    "one only or our out over people please pls really right said same say see she should since so some still such "
    "take tell than thank thanks that that's the their them then there these they they're thing think this those "
    "time to today too trying u up us very want was wasn't way we well were what what's when where which who why "
    "will with won't work working would wrong year years yes yet you you're your yours yesterday ok okay hello hi hey "
    "help order orders refund refunds delivery delivered broken service customer support flight phone call called "
    "money back account card app email bad worst terrible awful amazing love best nice awesome cool hate sorry "
    "waiting waited late delayed cancel cancelled missing lost found price shipping package parcel size return "
    "question problem issue again answer reply nobody nothing anyone anybody someone something everything morning "
    "night week weeks day days hours month months minutes first buy bought store shop product quality fast slow cheap "
    "happy sad angry lol omg wtf btw asap thx ty bro dude wow damn shit fuck fucking scam stupid ridiculous useless "
    "item items received payment pay paid charged charge cancelled booking seat hotel room staff manager team";

/* Words of other languages that are written in Latin letters; none that English has, too. */
static const char FOREIGN[] =
    /* Spanish, Portuguese, Italian, French, Romanian */
    "que de el la los las un una unos unas por para con sin pero como más mas muy mi mis tu tus su sus se lo le les "
    "nos "
    "es está esta este esto eso esa ese ha han hay fue ser son somos soy estoy están tengo tiene tienen quiero puedo "
    "puede cuando donde dónde cuándo qué cómo gracias hola buenos buenas días pedido llegado llega ya todavía también "
    "nunca siempre nada todo todos ahora hace desde hasta del al servicio dinero cliente mal bueno malo favor "
    "não nao uma um os dos das da em na nas com você voce meu minha seu sua obrigado obrigada ainda foi está muito "
    "isso até aqui quando quero produto entrega dia bom "
    "il gli della dei delle di che non è e è sono ho hai ha abbiamo mio mia questo questa quando dove perché perche "
    "grazie ciao buongiorno ordine ancora sempre molto anche ma però per nel nella servizio vorrei soldi rimborso "
    "les une des du est et je tu il elle nous vous ils pas ne dans sur avec qui mais où est-ce c'est j'ai mon ma mes "
    "votre vos très merci bonjour salut commande livraison toujours rien jamais depuis pourquoi quand aucun aucune "
    "suis êtes avez ai été colis svp remboursement jour jours encore cette ces aux sont "
    "și este sunt nu pentru când mulțumesc "
    /* German, Dutch, Swedish, Danish, Norwegian */
    "der die das den dem des ein eine einen einem einer und ich ist nicht mit auf für von zu sie wir ihr mein meine "
    "kein keine auch noch nur schon aber wenn wie wann wo warum bitte danke hallo guten tag bestellung paket seit "
    "immer sehr wurde werden habe haben hat bin sind bei nach aus vom zum zur über geld zurück heute gestern "
    "het een van ik niet zijn wordt voor aan naar maar ook nog wel geen mijn jullie waar wanneer waarom bedankt "
    "dank bestelling pakket hoe heb heeft hebben deze dit bij uit "
    "och jag är inte det att som på för har med av en ett till den om var min mitt tack hej när varför "
    "og jeg er ikke på til af som har det mig takk tak hvor hvornår hvorfor "
    /* Polish, Czech, Turkish, Hungarian, Finnish */
    "nie się sie jest to na że ze dla jak ale czy mam gdzie kiedy dlaczego dziękuję dziekuje proszę prosze dzień dobry "
    "zamówienie paczka bardzo już "
    "je to že není jsem kde kdy proč děkuji dobrý "
    "ve bir bu çok için ile ne değil degil var yok ben sen teşekkürler tesekkurler merhaba nerede kargo siparişim "
    "siparis lütfen lutfen nasıl "
    "és nem hogy egy köszönöm "
    "ei ja on että kiitos missä "
    /* Indonesian, Malay, Tagalog, Vietnamese without marks, Swahili */
    "yang dan di ini itu tidak ada untuk dengan saya kamu anda sudah belum bisa apa kenapa kapan dimana mana terima "
    "kasih pesanan barang saya tolong mohon kak min gak nggak udah aja juga dari ke akan sangat kami pengiriman paket "
    "boleh tak dah nak macam mana "
    "ang ng mga sa ako ikaw hindi po salamat naman wala nasaan bakit kailan kayo ninyo "
    "không cảm ơn đơn hàng tôi của và là có được cho này với bạn xin chào khong toi "
    "habari asante sana yangu "
    /* Chinese in Latin letters */
    "ni wo ta shi bu hao de le ma xie xiexie nihao zenme weishenme shenme";

enum tongue { TONGUE_ENGLISH = 1, TONGUE_FOREIGN = 2 };

static void add_words(GHashTable *words, const char *list, enum tongue tongue)
{
    g_auto(GStrv) parts = g_strsplit(list, " ", -1);
    for (int i = 0; parts[i] != NULL; i++) {
        g_autofree char *folded = fold_string(parts[i]);
        if (folded[0] != '\0' && !g_hash_table_contains(words, folded))
            g_hash_table_insert(words, g_steal_pointer(&folded), GINT_TO_POINTER(tongue));
    }
}

static GHashTable *words_table(void)
{
    static GHashTable *words;
    static gsize once;
    if (g_once_init_enter(&once)) {
        words = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        add_words(words, ENGLISH, TONGUE_ENGLISH);
        add_words(words, FOREIGN, TONGUE_FOREIGN);
        g_once_init_leave(&once, 1);
    }
    return words;
}

struct reading {
    int words, english, foreign;
};

/* don't, it's, we've; c'est, l'ordine. */
static int apostrophe(const char *word, size_t length)
{
    static const char *const ENDS[] = {"'t", "'s", "'m", "'re", "'ve", "'ll", "'d"};
    const char *mark = memchr(word, '\'', length);
    if (mark == NULL)
        return 0;
    for (size_t i = 0; i < G_N_ELEMENTS(ENDS); i++)
        if (g_str_equal(mark, ENDS[i]) && mark - word >= 1)
            return TONGUE_ENGLISH;
    return mark - word <= 2 ? TONGUE_FOREIGN : 0;
}

static void see_word(struct reading *reading, const char *word, size_t length)
{
    int tongue = GPOINTER_TO_INT(g_hash_table_lookup(words_table(), word));
    if (tongue == 0)
        tongue = apostrophe(word, length);
    reading->english += tongue == TONGUE_ENGLISH;
    reading->foreign += tongue == TONGUE_FOREIGN;
    reading->words++;
}

/* One word from `at` (letters of Latin scripts, ' or ’ inside) into word; *length is 0 for what is none. Its end. */
static size_t read_word(const GString *text, size_t at, char *word, size_t *length)
{
    *length = 0;
    while (at < text->len) {
        size_t next = at;
        uint32_t c = fold_next(text->str, &next);
        bool mark = (c == '\'' || c == 0x2019) && *length > 0;
        bool letter = (c < 0x80 && g_ascii_isalpha((char)c)) || (c >= 0xC0 && c < 0x250) || (c >= 0x1E00 && c < 0x1F00);
        if (!mark && !letter)
            break;
        size_t bytes = mark ? 1 : next - at;
        if (*length + bytes < WORD_BYTES) {
            if (mark)
                word[*length] = '\'';
            else
                memcpy(word + *length, text->str + at, bytes);
        }
        *length += bytes;
        at = next;
    }
    word[MIN(*length, WORD_BYTES - 1)] = '\0';
    return at;
}

static struct reading read_words(const struct normalized *normalized)
{
    const GString *text = normalized->fold.text;
    struct reading reading = {0};
    char word[WORD_BYTES];
    for (size_t at = 0; at < text->len && reading.words < WORDS_READ;) {
        size_t length = 0;
        size_t end = read_word(text, at, word, &length);
        if (length == 0) {
            fold_next(text->str, &end);
        } else if (length < WORD_BYTES) {
            see_word(&reading, word, length);
        } else {
            reading.words++;
        }
        at = end;
    }
    return reading;
}

/* Without a small word of any language it is English as long as nothing speaks against it. */
static bool reads_english(const struct normalized *normalized, const struct reading *reading)
{
    if (reading->english != reading->foreign &&
        !(reading->english == 1 && reading->foreign == 0 && normalized->accented > 0))
        return reading->english > reading->foreign;
    return normalized->accented == 0;
}

static enum assess_language chinese(const struct normalized *normalized)
{
    return normalized->fold.traditional > normalized->fold.simplified ? ASSESS_ZH_HANT : ASSESS_ZH_HANS;
}

enum assess_language language_guess(const struct normalized *normalized)
{
    /* A Chinese word has about two characters, a Latin one five letters. */
    int han = normalized->han * 5 / 2;
    int rest = normalized->latin + normalized->other * 2 + normalized->hangul * 3;
    if (normalized->kana > 1 && normalized->kana * 6 > normalized->han + normalized->kana)
        return ASSESS_OTHER;
    if (normalized->kana == 1 && normalized->han < 2)
        return ASSESS_OTHER;
    if (normalized->hangul > normalized->han || normalized->other > normalized->latin + han)
        return ASSESS_OTHER;
    if (normalized->han > 0 && han >= rest)
        return chinese(normalized);
    if (normalized->latin < 2 && normalized->han == 0)
        return ASSESS_OTHER;
    struct reading reading = read_words(normalized);
    if (normalized->han >= 2 && (reading.english + reading.foreign) * 2 <= normalized->han)
        return chinese(normalized); /* names, models, units in Latin letters */
    if (normalized->latin < 2)
        return normalized->han > 0 ? chinese(normalized) : ASSESS_OTHER;
    return reads_english(normalized, &reading) ? ASSESS_EN : ASSESS_OTHER;
}

const char *language_format(enum assess_language language)
{
    static const char *const NAMES[] = {"other", "zh-Hans", "zh-Hant", "en"};
    return NAMES[language];
}
