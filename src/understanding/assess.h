/* assess.h - text → assessment: what a message is about and how much it matters.
 *
 *   parts (rules, weights, …) ──assess_new──▶ struct assess ──assess_message──▶ assessment ──assess_format──▶ JSON
 *                                                  ▲
 *            assess_current.h: the one in use, swapped for a new one while messages are being judged
 *
 * Pure: no database, no clock, no socket. A struct assess never changes once made; a running server makes a new one
 * aside and swaps it in. An assessment says why: every label has the words that led to it. It is a plain value, without
 * anything to free: it may outlive the set that made it. Any thread. */
#pragma once
#include "base/error.h"
#include "base/lang.h"
#include "base/limit.h"

#include <stdint.h>

enum assess_language { ASSESS_OTHER, ASSESS_ZH_HANS, ASSESS_ZH_HANT, ASSESS_EN };

struct assess_facts {
    const char *text;
    const char *kind; /* of the message: mention, dm, … */
    bool is_public;
    int64_t followers;
    const char *verified; /* "" person organisation media government */
    int64_t reposts;      /* so far; 0 = unknown */
    int64_t age_ms;       /* since it was published, when reposts were counted; 0 = unknown */
    const char *relation; /* of the contact: new regular loyal at_risk */
    int unanswered;       /* messages of this person before this one that nobody has answered yet */
    int64_t waiting_ms;   /* since the oldest of them; 0 = this is the first */
};

#define ASSESS_PARTS 16
#define ASSESS_MATCHES 24
#define ASSESS_RULES 16
#define ASSESS_ENTITIES 16
#define ASSESS_BECAUSE 9 /* one a task */
#define ASSESS_WORDS 5   /* of one label */
#define ASSESS_VALUE 64  /* bytes of an entity's value, with the NUL */

struct assess_part {   /* one term of the readable sum */
    const char *name;  /* static: category sentiment urgency influence relation spread gravity waiting churn rules */
    const char *value; /* static or "": complaint, followers, reposts, reposts_per_minute, … */
    int64_t number;    /* what was counted: followers, reposts, minutes …; 0 = nothing */
    int amount;        /* points; below 0 only from rules */
};
struct assess_match { /* one word that pulled; offsets are bytes of the original text */
    int begin, end;
    const char *label; /* static: category:complaint sentiment:negative urgency gravity spam abuse churn rule */
};
struct assess_rule { /* a rule of the administrator that hit */
    int64_t id;
    char name[LIMIT_NAME + 1];
    char tag[LIMIT_NAME + 1]; /* for the conversation; "" = none */
};
struct assess_entity { /* something with a name or number of its own */
    int begin, end;
    const char *kind;         /* static: a name of understanding/entity.def */
    char value[ASSESS_VALUE]; /* in one way of writing it */
};
struct assess_word {
    int begin, end;
    float weight; /* > 0: for the label, < 0: against it; as log-odds */
};
struct assess_because {
    const char *task;  /* static: category sentiment emotion urgency … */
    const char *label; /* static; NULL: the assessment's topic */
    struct assess_word words[ASSESS_WORDS];
    int word_count; /* the strongest first */
};
struct assess_flag {
    double probability; /* 0 … 1 */
    bool is;
};

struct assessment {
    enum assess_language language;
    const char
        *category; /* static: consultation complaint suggestion after_sales order praise cooperation irrelevant */
    char topic[LIMIT_NAME + 1]; /* the administrator's own category below it; "" = none */
    const char *sentiment;      /* static: negative neutral positive */
    int strength;               /* of the sentiment: -100 … 100 */
    const char *emotion;        /* static: angry sad afraid surprised happy neutral */
    int urgency;                /* 0 none … 3 at once */
    int importance;             /* 0 … 100 = the sum of parts, clamped */
    double confidence;          /* 0 … 1, of the category */
    bool needs_answer;
    double needs_answer_probability;
    struct assess_flag spam, abuse, churn;
    uint64_t fingerprint;       /* of the text, for near-duplicates; 0 = too short to say */
    char model[LIMIT_NAME + 1]; /* versions of what judged: "lexicon-2" */
    int part_count, match_count, rule_count, entity_count, because_count;
    /* What lies behind these counts is not set. */
    struct assess_part parts[ASSESS_PARTS];
    struct assess_match matches[ASSESS_MATCHES];    /* in order of begin */
    struct assess_rule rules[ASSESS_RULES];         /* in the order of the rules */
    struct assess_entity entities[ASSESS_ENTITIES]; /* in order of begin */
    struct assess_because because[ASSESS_BECAUSE];
};

struct entity_brand;
struct importance_weights;
struct model_set;
struct rule_set;

/* What an assess is made of beside the lexicons inside the program. Each may be NULL. */
struct assess_parts {
    const struct importance_weights *weights; /* copied; NULL = importance_defaults() */
    struct rule_set *rules;                   /* a reference is kept */
    struct model_set *models;                 /* a reference is kept; NULL = the words of the lexicons alone */
    struct entity_brand *brand;               /* products, order numbers; taken over, whatever comes of it */
};

struct assess; /* immutable, reference-counted, any thread */

/* parts NULL: what is inside the program, its own model too. Some 30 ms: not on a thread that answers. INTERNAL when a
 * part cannot be compiled. */
struct assess *assess_new(const struct assess_parts *parts, GError **error);
struct assess *assess_ref(struct assess *assess);
void assess_unref(struct assess *assess); /* NULL is fine */
typedef struct assess assess_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(assess_auto, assess_unref) /* g_autoptr(assess_auto) */

/* Never fails; empty text gives irrelevant, neutral, 0. Some 40 us a post. */
void assess_message(const struct assess *assess, const struct assess_facts *facts, struct assessment *out);

/* The JSON of the API (shape Assessment in api/shapes.def), as it is stored with the message; offsets in UTF-16 units.
 * Numbers of ID and bank cards show their last four characters only, whoever reads it. text: the facts'. g_free. */
char *assess_format(const struct assessment *assessment, const char *text);

/* The importance as a sum that a person can read: "complaint +18, 1.2 M followers +14 = 32". g_free. */
char *assess_say(const struct assessment *assessment, enum lang lang);
