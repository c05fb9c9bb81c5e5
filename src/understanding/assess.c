#include "understanding/assess.h"

#include "understanding/entity.h"
#include "understanding/evidence.h"
#include "understanding/importance.h"
#include "understanding/language.h"
#include "understanding/learned.h"
#include "understanding/reason.h"
#include "understanding/rule_set.h"
#include "understanding/shipped.h"
#include "understanding/similar.h"

#include <math.h>
#include <string.h>

#define LEXICON_VERSION "lexicon-2"
#define SENTIMENT_CLEAR 19 /* a strength nearer to 0 is neutral */
#define FLAG_CLEAR 0.5
#define PRIVATE_ASKS 0.7 /* log-odds */

/* What one message needs while it is looked at; kept for the next one. */
struct work {
    struct normalized normalized;
    struct evidence evidence;
    struct evidence_scratch *evidence_scratch;
    struct rule_scratch *rules;
    struct learned_scratch *learned;
    struct entities entities;
    struct reasons *reasons;
};

struct assess {
    int references;
    struct importance_weights weights;
    struct evidence_lexicon *lexicon;
    struct rule_set *rules;     /* NULL = none */
    struct learned *learned;    /* NULL = the words alone */
    struct entity_brand *brand; /* NULL = none */
    char *version;
    GMutex lock;     /* guards idle, the one thing that changes */
    GPtrArray *idle; /* of struct work * */
};

static void work_free(void *data)
{
    struct work *work = data;
    normalized_clear(&work->normalized);
    evidence_scratch_free(work->evidence_scratch);
    rule_scratch_free(work->rules);
    learned_scratch_free(work->learned);
    entities_clear(&work->entities);
    reasons_free(work->reasons);
    g_free(work);
}

static void assess_free(struct assess *assess)
{
    g_ptr_array_unref(assess->idle);
    evidence_lexicon_free(assess->lexicon);
    rule_set_unref(assess->rules);
    learned_free(assess->learned);
    entity_brand_free(assess->brand);
    g_free(assess->version);
    g_mutex_clear(&assess->lock);
    g_free(assess);
}

/* The model inside the program, as a set. */
static struct model_set *shipped_set(GError **error)
{
    g_autoptr(model_auto) shipped = shipped_model(error);
    return shipped != NULL ? model_set_new(&shipped, 1) : NULL;
}

static void take_models(struct assess *assess, struct model_set *models)
{
    if (models == NULL) {
        assess->version = g_strdup(LEXICON_VERSION);
        return;
    }
    assess->learned = learned_new(models);
    g_autofree char *version = learned_version(assess->learned);
    assess->version = g_strdup_printf("%s %s", version, LEXICON_VERSION);
}

struct assess *assess_new(const struct assess_parts *parts, GError **error)
{
    g_autoptr(model_set_auto) shipped = parts == NULL ? shipped_set(error) : NULL;
    struct assess_parts inside = {.models = shipped};
    const struct assess_parts *given = parts != NULL ? parts : &inside;
    if (parts == NULL && shipped == NULL)
        return NULL;
    struct assess *assess = g_new0(struct assess, 1);
    assess->references = 1;
    assess->weights = given->weights != NULL ? *given->weights : importance_defaults();
    assess->rules = given->rules != NULL ? rule_set_ref(given->rules) : NULL;
    assess->brand = given->brand;
    take_models(assess, given->models);
    g_mutex_init(&assess->lock);
    assess->idle = g_ptr_array_new_with_free_func(work_free);
    assess->lexicon = evidence_lexicon_new(error);
    if (assess->lexicon != NULL)
        return assess;
    assess_free(assess);
    return NULL;
}

struct assess *assess_ref(struct assess *assess)
{
    g_atomic_int_inc(&assess->references);
    return assess;
}

void assess_unref(struct assess *assess)
{
    if (assess != NULL && g_atomic_int_dec_and_test(&assess->references))
        assess_free(assess);
}

/* A set never changes; the list of idle scratches does, under its lock. */
static struct work *take_work(const struct assess *assess)
{
    struct assess *changeable = (struct assess *)(uintptr_t)assess;
    struct work *work = NULL;
    g_mutex_lock(&changeable->lock);
    if (assess->idle->len > 0)
        work = g_ptr_array_steal_index_fast(assess->idle, assess->idle->len - 1);
    g_mutex_unlock(&changeable->lock);
    if (work != NULL)
        return work;
    work = g_new0(struct work, 1);
    normalized_init(&work->normalized);
    work->evidence_scratch = evidence_scratch_new(assess->lexicon);
    work->rules = assess->rules != NULL ? rule_scratch_new(assess->rules) : NULL;
    work->learned = assess->learned != NULL ? learned_scratch_new(assess->learned) : NULL;
    entities_init(&work->entities);
    work->reasons = reasons_new();
    return work;
}

static void give_back(const struct assess *assess, struct work *work)
{
    struct assess *changeable = (struct assess *)(uintptr_t)assess;
    g_mutex_lock(&changeable->lock);
    g_ptr_array_add(assess->idle, work);
    g_mutex_unlock(&changeable->lock);
}

/* ---- what the words say ---- */

static void tell_flag(struct assess_flag *flag, double probability)
{
    flag->probability = probability;
    flag->is = probability >= FLAG_CLEAR;
}

static void label_by_words(const struct evidence *evidence, const struct assess_facts *facts,
                           struct importance_basis *basis, struct assessment *out)
{
    evidence_category(evidence, facts->is_public, &basis->category, &out->confidence);
    out->strength = evidence_strength(evidence);
    out->sentiment = out->strength <= -SENTIMENT_CLEAR  ? "negative"
                     : out->strength >= SENTIMENT_CLEAR ? "positive"
                                                        : "neutral";
    out->emotion = lexicon_emotion_format(evidence_emotion(evidence));
    tell_flag(&out->spam, evidence_flag(evidence, LEXICON_SPAM));
    tell_flag(&out->abuse, evidence_flag(evidence, LEXICON_ABUSE));
    tell_flag(&out->churn, evidence_flag(evidence, LEXICON_CHURN));
    bool calls = basis->category != LEXICON_IRRELEVANT;
    out->needs_answer = calls;
    out->needs_answer_probability = calls ? MAX(0.5, out->confidence) : MIN(0.5, 1 - out->confidence);
    basis->urgency = evidence->urgency;
}

/* ---- what the administrator says ---- */

static void follow(const struct rule *rule, struct importance_basis *basis, struct assessment *out)
{
    const struct rule_then *then = &rule->then;
    if (*out->topic == '\0' && then->topic != NULL)
        g_strlcpy(out->topic, then->topic, sizeof out->topic);
    basis->urgency = MAX(basis->urgency, then->urgency);
    basis->rule_points = CLAMP(basis->rule_points + then->points, -100, 100);
    if (then->gravity != NULL) {
        basis->gravity = then->gravity;
        basis->gravity_weight = 3;
    }
    if (then->spam)
        out->spam = (struct assess_flag){1, true};
    if (then->abuse)
        out->abuse = (struct assess_flag){1, true};
    if (then->churn)
        out->churn = (struct assess_flag){1, true};
}

static void tell_rule(const struct rule *rule, struct assessment *out)
{
    if (out->rule_count == ASSESS_RULES)
        return;
    struct assess_rule *told = out->rules + out->rule_count++;
    told->id = rule->id;
    g_strlcpy(told->name, rule->name, sizeof told->name);
    g_strlcpy(told->tag, rule->then.tag != NULL ? rule->then.tag : "", sizeof told->tag);
}

/* Of two rules that name a category or a topic the first one wins; the rest adds up. */
static void obey_rules(const struct assess *assess, struct work *work, struct importance_basis *basis,
                       struct assessment *out)
{
    size_t count = 0;
    bool named = false;
    const struct rule_hit *hits = rule_set_run(assess->rules, work->rules, &work->normalized, out->language, &count);
    for (size_t i = 0; i < count; i++) {
        const struct rule_then *then = &hits[i].rule->then;
        if (!named && then->category != NULL && lexicon_category_parse(then->category, &basis->category)) {
            named = true;
            out->confidence = 1;
            out->needs_answer = basis->category != LEXICON_IRRELEVANT;
            out->needs_answer_probability = out->needs_answer ? 1 : 0;
        }
        follow(hits[i].rule, basis, out);
        tell_rule(hits[i].rule, out);
        reasons_add_rule(work->reasons, rule_marks(work->rules, hits + i), hits[i].mark_count);
    }
}

/* ---- what is going on around it ---- */

/* "???", "在吗", "hello??": somebody knocks again. */
static bool is_knock(const struct normalized *normalized)
{
    static const char *const KNOCKS[] = {"在吗",  "在不在", "人呢",   "有人吗",
                                         "hello", "hello?", "anyone", "anybody there"};
    const struct normalized *n = normalized;
    if (n->han + n->kana + n->hangul + n->latin + n->other == 0)
        return n->questions + n->exclaims > 0;
    for (size_t i = 0; i < G_N_ELEMENTS(KNOCKS); i++)
        if (g_str_has_prefix(n->fold.text->str, KNOCKS[i]) && n->fold.text->len < strlen(KNOCKS[i]) + 8)
            return true;
    return false;
}

/* Somebody who writes again and again without an answer gets more urgent, whatever they write. */
static int urgency_around(const struct normalized *normalized, const struct assess_facts *facts)
{
    if (facts->unanswered >= 5 || (facts->unanswered >= 2 && is_knock(normalized)))
        return 2;
    return facts->unanswered >= 2 || (facts->unanswered >= 1 && is_knock(normalized)) ? 1 : 0;
}

/* Who writes in private, or knocks again, waits for an answer rather than not. */
static void look_around(const struct normalized *normalized, const struct assess_facts *facts,
                        struct importance_basis *basis, struct assessment *out)
{
    double p = CLAMP(out->needs_answer_probability, 0.001, 0.999);
    basis->urgency = MAX(basis->urgency, urgency_around(normalized, facts));
    if (!facts->is_public)
        out->needs_answer_probability = 1 / (1 + (1 - p) / p * exp(-PRIVATE_ASKS));
    if (facts->unanswered > 0 && is_knock(normalized))
        out->needs_answer_probability = 1;
    out->needs_answer = out->needs_answer || out->needs_answer_probability >= 0.5;
}

static void tell_entities(const struct assess *assess, struct work *work, const char *text, struct assessment *out)
{
    entity_find(assess->brand, &work->normalized, text, &work->entities);
    const GArray *found = work->entities.found;
    out->entity_count = (int)MIN(found->len, ASSESS_ENTITIES);
    for (int i = 0; i < out->entity_count; i++) {
        const struct entity *entity = &g_array_index(found, struct entity, i);
        const char *value = entity_value(&work->entities, entity);
        struct assess_entity *told = out->entities + i;
        told->begin = (int)entity->begin;
        told->end = (int)entity->end;
        told->kind = entity_kind_format(entity->kind);
        g_strlcpy(told->value, value, sizeof told->value);
        const char *bad = NULL; /* what was cut ends in a whole character */
        if (strlen(value) >= sizeof told->value && !g_utf8_validate(told->value, -1, &bad))
            told->value[bad - told->value] = '\0';
    }
}

static void judge(const struct assess *assess, struct work *work, const struct assess_facts *facts,
                  struct assessment *out)
{
    struct importance_basis basis = {.category = LEXICON_IRRELEVANT};
    evidence_read(assess->lexicon, work->evidence_scratch, &work->normalized, &work->evidence);
    label_by_words(&work->evidence, facts, &basis, out);
    if (work->learned != NULL)
        learned_judge(assess->learned, work->learned, facts->text, &work->evidence, &basis, out);
    basis.gravity = work->evidence.topic;
    basis.gravity_weight = work->evidence.gravity;
    reasons_begin(work->reasons, &work->normalized, evidence_pulls(work->evidence_scratch));
    if (assess->rules != NULL)
        obey_rules(assess, work, &basis, out);
    look_around(&work->normalized, facts, &basis, out);
    out->category = lexicon_category_format(basis.category);
    out->urgency = basis.urgency;
    out->fingerprint = similar_fingerprint(&work->normalized);
    tell_entities(assess, work, facts->text, out);
    importance_sum(&assess->weights, &basis, facts, out);
    if (work->learned != NULL)
        learned_explain(assess->learned, work->learned, out);
    reasons_tell_words(work->reasons, out);
    reasons_tell_matches(work->reasons, basis.category, out);
}

void assess_message(const struct assess *assess, const struct assess_facts *facts, struct assessment *out)
{
    memset(out, 0, offsetof(struct assessment, parts)); /* the lists behind it have their counts */
    out->category = "irrelevant";
    out->sentiment = "neutral";
    out->emotion = "neutral";
    g_strlcpy(out->model, assess->version, sizeof out->model);
    struct work *work = take_work(assess);
    normalize_text(&work->normalized, facts->text, strlen(facts->text));
    out->language = language_guess(&work->normalized);
    if (work->normalized.fold.text->len > 0)
        judge(assess, work, facts, out);
    give_back(assess, work);
}
