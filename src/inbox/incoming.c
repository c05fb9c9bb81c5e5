#include "inbox/incoming.h"

#include "base/fold.h"
#include "base/json.h"
#include "base/limit.h"
#include "inbox/bounded.h"

#include <string.h>

#define PRIVATE_THREAD "private"
#define LINE_BYTES 240 /* last_text */
#define CUT_MARK "\n[…]"

char *incoming_line(const char *text, size_t max_bytes)
{
    GString *line = g_string_sized_new(MIN(strlen(text), max_bytes) + 8);
    bool blank = false;
    for (const char *at = text; *at != '\0'; at++) {
        if (line->len > max_bytes + 8)
            break;
        if (g_ascii_isspace(*at) || g_ascii_iscntrl(*at)) {
            blank = line->len > 0;
            continue;
        }
        if (blank)
            g_string_append_c(line, ' ');
        blank = false;
        g_string_append_c(line, *at);
    }
    size_t kept = bounded_cut(line->str, line->len, max_bytes);
    if (kept < line->len) {
        g_string_truncate(line, kept);
        g_string_append(line, "…");
    }
    return g_string_free(line, FALSE);
}

void incoming_judge(struct incoming *incoming, const struct assess *assess, const struct incoming_around *around)
{
    const struct channel_post *post = incoming->post;
    if (assess == NULL || post->own)
        return;
    int64_t reposts = 0;
    if (incoming->counts != NULL) {
        json_auto_t *counts = json_parse(incoming->counts, strlen(incoming->counts), NULL);
        reposts = json_integer_value(json_object_get(counts, "reposts"));
    }
    struct assess_facts facts = {.text = incoming->text,
                                 .kind = post->kind,
                                 .is_public = post->visibility == CHANNEL_PUBLIC,
                                 .followers = MAX(0, around->followers),
                                 .verified = around->verified,
                                 .reposts = reposts,
                                 .age_ms = incoming->age_ms,
                                 .relation = around->relation,
                                 .unanswered = around->unanswered,
                                 .waiting_ms = around->waiting_ms};
    assess_message(assess, &facts, &incoming->assessment);
    g_free(incoming->assessment_json);
    incoming->assessment_json = assess_format(&incoming->assessment, incoming->text);
    incoming->judged = true;
}

static char *thread_key(const struct incoming *incoming)
{
    if (incoming->post->visibility == CHANNEL_PRIVATE)
        return g_strdup(PRIVATE_THREAD);
    return g_strconcat("post:", incoming->root_id ? incoming->root_id : incoming->native_id, NULL);
}

void incoming_init(struct incoming *incoming, const struct channel_post *post, GBytes *body, int64_t received_ms,
                   const struct assess *assess)
{
    *incoming = (struct incoming){.post = post};
    incoming->native_id = bounded_id(post->native_id);
    incoming->alias_id = bounded_id(post->alias_id);
    incoming->parent_id = bounded_id(post->parent_native_id);
    incoming->root_id = bounded_id(post->root_native_id);
    incoming->author_id = bounded_id(post->author.native_id);
    incoming->handle = bounded_text(post->author.handle ? post->author.handle : "", LIMIT_NAME, "…");
    incoming->text = bounded_text(post->text, LIMIT_MESSAGE_TEXT, CUT_MARK);
    incoming->line = incoming_line(incoming->text, LINE_BYTES);
    incoming->url = post->url != NULL && strlen(post->url) <= LIMIT_URL ? bounded_text(post->url, LIMIT_URL, "") : NULL;
    incoming->media = bounded_media(post->media);
    incoming->counts = bounded_json(post->counts);
    incoming->target = bounded_json(post->target);
    incoming->thread_key = thread_key(incoming);
    incoming->sent_ms = post->sent_ms > 0 && post->sent_ms <= received_ms ? post->sent_ms : received_ms;
    incoming->age_ms = received_ms - incoming->sent_ms;
    incoming->raw = bounded_raw(post->raw ? post->raw : body);
    incoming->folded = fold_string(*incoming->handle != '\0' ? incoming->handle
                                   : incoming->author_id     ? incoming->author_id
                                                             : "");
    const struct incoming_around around = {
        .followers = post->author.followers, .verified = post->author.verified, .relation = ""};
    incoming_judge(incoming, assess, &around);
}

void incoming_clear(struct incoming *incoming)
{
    char *const TEXTS[] = {incoming->native_id, incoming->alias_id,   incoming->parent_id,      incoming->root_id,
                           incoming->author_id, incoming->handle,     incoming->text,           incoming->line,
                           incoming->url,       incoming->media,      incoming->counts,         incoming->target,
                           incoming->folded,    incoming->thread_key, incoming->assessment_json};
    for (size_t i = 0; i < G_N_ELEMENTS(TEXTS); i++)
        g_free(TEXTS[i]);
    g_clear_pointer(&incoming->raw, g_bytes_unref);
}
