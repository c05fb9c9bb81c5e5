/* assess.h - text → assessment: what a message is about and how much it matters.
 *
 * Pure: no database, no clock, no socket. The first cut reads the lexicons of data/; trained classifiers
 * come behind the same door. An assessment says why: every label has the words that led to it. Any thread. */
#pragma once
#include "base/error.h"
#include "base/lang.h"

#include <stdint.h>

enum assess_language { ASSESS_OTHER, ASSESS_ZH_HANS, ASSESS_ZH_HANT, ASSESS_EN };

struct assess_facts {
    const char *text;
    const char *kind; /* of the message: mention, dm, … */
    bool is_public;
    int64_t followers;
    const char *verified; /* "" person organisation media government */
    int64_t reposts;      /* so far; 0 = unknown */
    const char *relation; /* of the contact: new regular loyal at_risk */
};

#define ASSESS_PARTS 8
#define ASSESS_MATCHES 16

struct assess_part {   /* one term of the readable sum */
    const char *name;  /* static: category sentiment urgency influence spread relation gravity */
    const char *value; /* static or "": "complaint" */
    int amount;        /* points; may be negative */
};
struct assess_match { /* one word that pulled; offsets are bytes of the original text */
    int begin, end;
    const char *label; /* static: category:complaint, sentiment:negative, urgency, gravity */
};

struct assessment {
    enum assess_language language;
    const char
        *category; /* static: consultation complaint suggestion after_sales order praise cooperation irrelevant */
    const char *sentiment; /* static: negative neutral positive */
    int urgency;           /* 0 none … 3 at once */
    int importance;        /* 0 … 100 = the clamped sum of parts */
    double confidence;     /* 0 … 1, of the category */
    bool needs_answer;
    struct assess_part parts[ASSESS_PARTS];
    int part_count;
    struct assess_match matches[ASSESS_MATCHES]; /* in order of begin */
    int match_count;
    const char *model; /* version of what judged, static: "lexicon-1" */
};

struct assess;                             /* compiled lexicons: immutable after loading */
struct assess *assess_new(GError **error); /* from the lexicons inside the program */
void assess_free(struct assess *assess);

/* Never fails; empty text gives irrelevant, neutral, 0. */
void assess_message(const struct assess *assess, const struct assess_facts *facts, struct assessment *out);

/* The JSON of the API: language category sentiment urgency importance confidence needs_answer
 * parts[{name,value,amount}] matches[{begin,end,label}] model; offsets in UTF-16 units. g_free. */
char *assess_format(const struct assessment *assessment, const char *text);
