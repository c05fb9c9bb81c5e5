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
    char *folded; /* the handle */
    int64_t sent_ms;
    bool judged;
    struct assessment assessment;
    char *assessment_json;
    GBytes *raw;
};

/* body: what a post without raw bytes came from; NULL = nothing. assess NULL: it is not judged. */
void incoming_init(struct incoming *incoming, const struct channel_post *post, GBytes *body, int64_t received_ms,
                   const struct assess *assess);
void incoming_clear(struct incoming *incoming);

/* Judges the text once more, with what is known of the author besides; own posts are not judged. */
void incoming_judge(struct incoming *incoming, const struct assess *assess, int64_t followers, const char *verified,
                    const char *relation);

/* One line of a text, for lists: blanks run together, cut at a character with "…". g_free. */
char *incoming_line(const char *text, size_t max_bytes);
