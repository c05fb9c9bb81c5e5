/* incoming.h - one post of a platform, made ready for the transaction: cut to size, judged.
 *
 *   channel_post ──▶ incoming_init ──▶ intake_take writes it (and may have it judged once more)
 *
 * What a platform says is cut to the sizes of base/limit.h (bounded.h) and its clock is believed only about the past.
 * Pure: no database; one thread at a time. Nothing here fails. */
#pragma once
#include "channels/channel.h"
#include "understanding/assess.h"

struct incoming {
    const struct channel_post *post;                  /* borrowed */
    char *native_id, *alias_id, *parent_id, *root_id; /* bounded; NULL = none, as the following */
    char *author_id, *handle;
    char *thread_key; /* "private" or "post:ROOT" */
    char *text, *line, *media, *url, *counts, *target;
    char *folded;            /* the handle */
    int64_t sent_ms, age_ms; /* age: when it reached us */
    bool judged;
    bool counted; /* the rules that hit it */
    struct assessment assessment;
    char *assessment_json;
    GBytes *raw;
};

/* body: what a post without raw bytes came from; NULL = nothing. assess NULL: it is not judged. */
void incoming_init(struct incoming *incoming, const struct channel_post *post, GBytes *body, int64_t received_ms,
                   const struct assess *assess);
void incoming_clear(struct incoming *incoming);

/* What is known around a post, beside its text. */
struct incoming_around {
    int64_t followers;
    const char *verified, *relation;
    int unanswered;     /* the person's messages before this one that wait for an answer */
    int64_t waiting_ms; /* since the first of them */
};
/* Judges the text once more, with what is known besides; own posts are not judged. */
void incoming_judge(struct incoming *incoming, const struct assess *assess, const struct incoming_around *around);

/* One line of a text, for lists: blanks run together, cut at a character with "…". g_free. */
char *incoming_line(const char *text, size_t max_bytes);
