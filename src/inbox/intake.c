#include "inbox/intake.h"

#include "base/clock.h"
#include "base/id.h"
#include "base/limit.h"
#include "base/writer.h"
#include "desk/tag.h"
#include "inbox/incoming.h"
#include "inbox/outbox_tx.h"
#include "store/event.h"
#include "store/queries.h"
#include "understanding/rule_count.h"

#include <string.h>

#define REOPEN_MS (7 * CLOCK_DAY_MS)
#define PLATFORM_SKEW_MS (2 * CLOCK_MINUTE_MS) /* between a platform's clock and ours */
#define SUBJECT_BYTES 120                      /* the first words */
#define FOLDED_BYTES 4096                      /* of a contact: name and handles */

/* How soon an answer is due: the first line that fits. */
static const struct allowance {
    bool public_only;
    const char *category; /* NULL = any */
    int64_t answer_ms;
} ALLOWANCES[] = {
    {true, "complaint", 5 * CLOCK_MINUTE_MS},
    {false, NULL, 30 * CLOCK_MINUTE_MS},
};

struct intake_batch {
    struct assess_current *current;
    struct assess *assess; /* NULL = nothing is judged */
    struct account *account;
    GPtrArray *posts;
    char *scope;
    bool first_sign; /* nothing else tells that a channel inside Huiyin works */
    int64_t received_ms;
    unsigned count;
    struct incoming *items;
    struct intake_result *results;
    intake_done done;
    void *data;
};

/* ---- preparing: outside the transaction ---- */

struct intake_batch *intake_prepare(struct assess_current *assess, struct account *account, GPtrArray *posts,
                                    GBytes *body, int64_t received_ms)
{
    struct intake_batch *batch = g_new0(struct intake_batch, 1);
    batch->current = assess;
    batch->assess = assess != NULL ? assess_current_ref(assess) : NULL;
    batch->account = account_ref(account);
    batch->posts = g_ptr_array_ref(posts);
    batch->received_ms = received_ms;
    batch->first_sign = (account->kind->capabilities & CHANNEL_IS_LOCAL) != 0 && account_first_sign(account);
    batch->scope = account->kind->capabilities & CHANNEL_SCOPED_IDS
                       ? g_strdup_printf("%s:%" G_GINT64_FORMAT, account->kind->kind, account->channel.id)
                       : g_strdup(account->kind->kind);
    batch->count = posts->len;
    batch->items = g_new0(struct incoming, MAX(1, posts->len));
    batch->results = g_new0(struct intake_result, MAX(1, posts->len));
    for (unsigned i = 0; i < batch->count; i++)
        incoming_init(batch->items + i, g_ptr_array_index(posts, i), body, received_ms, batch->assess);
    return batch;
}

void intake_batch_free(struct intake_batch *batch)
{
    if (batch == NULL)
        return;
    for (unsigned i = 0; i < batch->count; i++)
        incoming_clear(batch->items + i);
    g_free(batch->items);
    g_free(batch->results);
    g_free(batch->scope);
    g_ptr_array_unref(batch->posts);
    account_unref(batch->account);
    assess_unref(batch->assess);
    g_free(batch);
}

/* ---- taking in: inside the transaction ---- */

struct taking {
    struct tx *tx;
    struct intake_batch *batch;
    struct incoming *item;
    struct q_intake_look seen;
    int64_t message_id, conversation_id, identity_id, contact_id;
    const char *author_name;
    int64_t followers;
    const char *verified;
};

static bool append(const struct taking *taking, enum event_kind kind, int64_t subject_id, struct writer *data,
                   GError **error)
{
    writer_end_object(data);
    struct event event = {.at_ms = taking->batch->received_ms,
                          .kind = kind,
                          .conversation_id = taking->conversation_id,
                          .subject_id = subject_id,
                          .data = data->text->str};
    return event_append(taking->tx, &event, error);
}

static bool message_event(const struct taking *taking, enum event_kind kind, GError **error)
{
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_id(&data, "channel_id", taking->batch->account->channel.id);
    writer_put_text(&data, "native_id", taking->item->native_id);
    return append(taking, kind, taking->message_id, &data, error);
}

/* The keys of a message we have: those it was not known by yet are noted. */
static bool note_aliases(const struct taking *taking, int64_t message_id, GError **error)
{
    int64_t channel_id = taking->batch->account->channel.id;
    const struct incoming *item = taking->item;
    if (item->alias_id == NULL)
        return true;
    return q_intake_alias(taking->tx, error, channel_id, item->native_id, message_id) &&
           q_intake_alias(taking->tx, error, channel_id, item->alias_id, message_id);
}

/* ---- identity and contact ---- */

static bool new_person(struct taking *taking, GError **error)
{
    const struct incoming *item = taking->item;
    const struct channel_post *post = item->post;
    int64_t now_ms = taking->batch->received_ms;
    taking->author_name = *item->handle != '\0' ? item->handle : item->author_id;
    taking->followers = MAX(0, post->author.followers);
    taking->verified = post->author.verified;
    taking->contact_id = id_new(now_ms);
    taking->identity_id = id_new(now_ms);
    return q_intake_contact(taking->tx, error, taking->contact_id, taking->author_name, item->folded, now_ms) &&
           q_intake_identity(taking->tx, error, taking->identity_id, taking->contact_id, taking->batch->scope,
                             item->author_id, taking->author_name, taking->followers, taking->verified,
                             post->author.avatar_url, post->author.profile_url, now_ms);
}

static bool new_handle(struct taking *taking, GError **error)
{
    const struct q_intake_look *seen = &taking->seen;
    const struct incoming *item = taking->item;
    int64_t now_ms = taking->batch->received_ms;
    bool named_by_it = strcmp(seen->contact_name, seen->handle) == 0; /* nobody gave a name of their own */
    const char *name = named_by_it ? item->handle : seen->contact_name;
    g_autofree char *folded = NULL;
    if (strstr(seen->folded, item->folded) == NULL && strlen(seen->folded) + strlen(item->folded) < FOLDED_BYTES)
        folded = g_strconcat(seen->folded, " ", item->folded, NULL);
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "name", name);
    writer_put_text(&data, "handle", item->handle);
    return q_intake_contact_change(taking->tx, error, seen->contact_id, name, folded ? folded : seen->folded, now_ms) &&
           append(taking, EVENT_CONTACT_CHANGED, seen->contact_id, &data, error);
}

static bool is_new_text(const char *told, const char *known)
{
    return told != NULL && g_strcmp0(told, known) != 0;
}

/* Somebody known: what the post tells is kept, what it does not tell stays. */
static bool known_person(struct taking *taking, GError **error)
{
    const struct q_intake_look *seen = &taking->seen;
    const struct channel_author *author = &taking->item->post->author;
    const char *handle = taking->item->handle;
    int64_t now_ms = taking->batch->received_ms;
    bool told = author->followers >= 0;
    bool renamed = *handle != '\0' && strcmp(handle, seen->handle) != 0;
    taking->contact_id = seen->contact_id;
    taking->identity_id = seen->identity_id;
    taking->author_name = *handle != '\0' ? handle : seen->handle;
    taking->followers = told ? author->followers : seen->followers;
    taking->verified = told ? author->verified : seen->verified;
    bool changed = renamed || taking->followers != seen->followers || strcmp(taking->verified, seen->verified) != 0 ||
                   is_new_text(author->avatar_url, seen->avatar_url) ||
                   is_new_text(author->profile_url, seen->profile_url);
    if (changed &&
        !q_intake_identity_change(taking->tx, error, seen->identity_id, taking->author_name, taking->followers,
                                  taking->verified, author->avatar_url ? author->avatar_url : seen->avatar_url,
                                  author->profile_url ? author->profile_url : seen->profile_url, now_ms))
        return false;
    if (!renamed)
        return q_intake_contact_seen(taking->tx, error, seen->contact_id, now_ms);
    bool was_nameless = strcmp(seen->handle, taking->item->author_id) == 0; /* so are the messages we have */
    return new_handle(taking, error) &&
           (!was_nameless ||
            q_intake_author_named(taking->tx, error, seen->contact_id, seen->identity_id, seen->handle, handle));
}

static bool goes_on(const struct taking *taking)
{
    const struct q_intake_look *seen = &taking->seen;
    return seen->conversation_id != 0 &&
           (strcmp(seen->state, "resolved") != 0 || taking->batch->received_ms - seen->resolved_ms < REOPEN_MS);
}

static struct incoming_around around_of(const struct taking *taking)
{
    const struct q_intake_look *seen = &taking->seen;
    struct incoming_around around = {
        .followers = taking->followers, .verified = taking->verified, .relation = seen->relation};
    if (goes_on(taking) && seen->waiting_ms != 0) {
        around.unanswered = (int)seen->unanswered;
        around.waiting_ms = MAX(0, taking->batch->received_ms - seen->waiting_ms);
    }
    return around;
}

/* What only the database knew of the author, and of what waits already, may weigh: judged once more, with it. */
static void judge_again(struct taking *taking)
{
    const struct q_intake_look *seen = &taking->seen;
    const struct channel_author *author = &taking->item->post->author;
    bool known_relation = seen->relation != NULL && strcmp(seen->relation, "new") != 0;
    bool silent = author->followers < 0 && (taking->followers > 0 || *taking->verified != '\0');
    const struct incoming_around around = around_of(taking);
    if (seen->identity_id != 0 && (known_relation || silent || around.unanswered > 0))
        incoming_judge(taking->item, taking->batch->assess, &around);
}

/* ---- known already ---- */

/* A push tells little more than an id; the poll that finds the same message tells who that is. Only what nobody had
 * told yet counts: an old message that is read again does not bring old facts back. */
static bool tells_more(const struct taking *taking)
{
    const struct q_intake_look *seen = &taking->seen;
    const struct incoming *item = taking->item;
    const struct channel_author *author = &item->post->author;
    if (seen->identity_id == 0)
        return false;
    bool nameless = strcmp(seen->handle, item->author_id) == 0;
    return (nameless && *item->handle != '\0' && strcmp(item->handle, item->author_id) != 0) ||
           (seen->followers == 0 && author->followers > 0) ||
           (*seen->verified == '\0' && author->followers >= 0 && *author->verified != '\0');
}

/* The message we have, judged with what is known of its author now; it may only weigh more. */
static bool weigh_again(struct taking *taking, int64_t message_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_intake_known known;
    struct incoming *item = taking->item;
    if (taking->batch->assess == NULL || !q_intake_known(taking->tx, &rows, error, message_id))
        return taking->batch->assess == NULL;
    if (!q_intake_known_next(rows, &known) || strcmp(known.direction, "in") != 0)
        return true;
    g_free(item->text); /* offsets are into the text that is shown */
    item->text = g_strdup(known.text);
    const struct incoming_around around = {
        .followers = taking->followers, .verified = taking->verified, .relation = taking->seen.relation};
    incoming_judge(item, taking->batch->assess, &around);
    if (!q_intake_judged(taking->tx, error, message_id, item->assessment_json))
        return false;
    if (item->assessment.importance <= known.importance)
        return true;
    taking->conversation_id = known.conversation_id;
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_i64(&data, "importance", item->assessment.importance);
    return q_intake_conversation_weight(taking->tx, error, known.conversation_id, item->assessment.importance) &&
           append(taking, EVENT_CONVERSATION_CHANGED, 0, &data, error);
}

static bool take_known(struct taking *taking, int64_t message_id, struct intake_result *result, GError **error)
{
    *result = (struct intake_result){.fate = INTAKE_KNOWN, .message_id = message_id};
    const struct incoming *item = taking->item;
    if (!note_aliases(taking, message_id, error))
        return false;
    if (item->post->own)
        return true;
    if (item->target != NULL && !q_intake_target(taking->tx, error, message_id, item->target, item->url))
        return false;
    return !tells_more(taking) || (known_person(taking, error) && weigh_again(taking, message_id, error));
}

/* ---- conversation ---- */

static int64_t due_of(const struct taking *taking)
{
    const struct incoming *item = taking->item;
    if (item->judged && !item->assessment.needs_answer)
        return 0;
    bool is_public = item->post->visibility == CHANNEL_PUBLIC;
    const char *category = item->judged ? item->assessment.category : "";
    for (size_t i = 0; i < G_N_ELEMENTS(ALLOWANCES); i++) {
        const struct allowance *allowance = ALLOWANCES + i;
        if ((!allowance->public_only || is_public) &&
            (allowance->category == NULL || strcmp(allowance->category, category) == 0))
            return taking->batch->received_ms + allowance->answer_ms;
    }
    return 0;
}

static bool new_conversation(struct taking *taking, GError **error)
{
    const struct incoming *item = taking->item;
    const struct assessment *assessment = &item->assessment;
    int64_t channel_id = taking->batch->account->channel.id;
    int64_t now_ms = taking->batch->received_ms;
    g_autofree char *subject = incoming_line(item->text, SUBJECT_BYTES);
    taking->conversation_id = id_new(now_ms);
    if (!q_intake_conversation(taking->tx, error, taking->conversation_id, channel_id, taking->seen.brand_id,
                               taking->contact_id, taking->identity_id, item->thread_key, subject, taking->seen.team_id,
                               assessment->importance, item->judged ? assessment->category : "",
                               item->judged ? assessment->sentiment : "", assessment->urgency, due_of(taking),
                               item->sent_ms, item->line, now_ms))
        return false;
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_id(&data, "team_id", taking->seen.team_id);
    writer_put_id(&data, "channel_id", channel_id);
    return append(taking, EVENT_CONVERSATION_CREATED, 0, &data, error);
}

static bool more_of_conversation(struct taking *taking, GError **error)
{
    const struct q_intake_look *seen = &taking->seen;
    const struct incoming *item = taking->item;
    const struct assessment *assessment = &item->assessment;
    bool heavier = item->judged && (assessment->importance > seen->importance || *seen->category == '\0');
    bool corrected = seen->category_person_id != 0;
    bool newest = item->sent_ms >= seen->last_message_ms;
    int64_t due_ms = due_of(taking);
    if (seen->due_ms != 0 && (due_ms == 0 || seen->due_ms < due_ms))
        due_ms = seen->due_ms;
    bool resolved = strcmp(seen->state, "resolved") == 0;
    taking->conversation_id = seen->conversation_id;
    if (!q_intake_conversation_more(
            taking->tx, error, seen->conversation_id, resolved, MAX(seen->importance, assessment->importance),
            heavier && !corrected ? assessment->category : seen->category,
            heavier ? assessment->sentiment : seen->sentiment, MAX(seen->urgency, assessment->urgency), due_ms,
            MAX(seen->last_inbound_ms, item->sent_ms), MAX(seen->last_message_ms, item->sent_ms),
            newest ? item->line : NULL))
        return false;
    if (strcmp(seen->state, "open") == 0)
        return true;
    g_auto(writer_auto) data = {0};
    writer_init(&data);
    writer_begin_object(&data);
    writer_put_text(&data, "state", "open");
    return append(taking, EVENT_CONVERSATION_CHANGED, 0, &data, error);
}

/* ---- message ---- */

static bool put_message(struct taking *taking, GError **error)
{
    const struct incoming *item = taking->item;
    const struct channel_post *post = item->post;
    const struct intake_batch *batch = taking->batch;
    return q_intake_message(taking->tx, error, taking->message_id, taking->conversation_id, batch->account->channel.id,
                            item->native_id, item->parent_id, item->root_id, post->own ? "out" : "in",
                            post->visibility == CHANNEL_PUBLIC ? "public" : "private", post->kind, item->text,
                            item->url, item->media, item->counts, item->target, taking->identity_id,
                            taking->author_name, item->sent_ms, batch->received_ms, item->assessment_json) &&
           (item->raw == NULL ||
            q_intake_payload(taking->tx, error, taking->message_id, batch->received_ms, item->raw)) &&
           note_aliases(taking, taking->message_id, error);
}

static bool channel_gone(GError **error)
{
    error_set(error, HY_ERROR_NOT_FOUND, "channel", "the channel was removed");
    return false;
}

/* Tags that rules put on the conversation, beside those it has. */
static bool put_tags(const struct taking *taking, GPtrArray *fresh, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_intake_tags row;
    if (!q_intake_tags(taking->tx, &rows, error, taking->conversation_id))
        return false;
    g_autoptr(GPtrArray) tags = g_ptr_array_new_with_free_func(g_free);
    while (q_intake_tags_next(rows, &row))
        g_ptr_array_add(tags, g_strdup(row.tag));
    guint before = tags->len;
    for (guint i = 0; i < fresh->len && tags->len < LIMIT_TAGS; i++)
        if (!g_ptr_array_find_with_equal_func(tags, fresh->pdata[i], g_str_equal, NULL))
            g_ptr_array_add(tags, g_strdup(fresh->pdata[i]));
    if (tags->len == before)
        return true;
    g_ptr_array_add(tags, NULL);
    g_autofree char *json = NULL;
    return tag_save(taking->tx, taking->conversation_id, (const char *const *)tags->pdata, &json, error) &&
           q_intake_conversation_tags(taking->tx, error, taking->conversation_id, json);
}

/* What the administrator's rules want beside other labels: they are counted, and tag. */
static bool obey_rules(const struct taking *taking, GError **error)
{
    struct incoming *item = taking->item;
    g_autoptr(GPtrArray) fresh = g_ptr_array_new();
    for (int i = 0; item->judged && i < item->assessment.rule_count; i++) {
        struct assess_rule *rule = item->assessment.rules + i;
        if (*rule->tag != '\0')
            g_ptr_array_add(fresh, rule->tag);
        if (!item->counted) /* once, also when the transaction runs again */
            rule_counts_add(assess_current_counts(taking->batch->current), rule->id);
    }
    item->counted = true;
    return fresh->len == 0 || put_tags(taking, fresh, error);
}

static bool take_inbound(struct taking *taking, struct intake_result *result, GError **error)
{
    const struct incoming *item = taking->item;
    const char *other_id = item->alias_id ? item->alias_id : item->native_id;
    g_autoptr(rows_auto) rows = NULL;
    if (!q_intake_look(taking->tx, &rows, error, taking->batch->account->channel.id, item->native_id, other_id,
                       taking->batch->scope, item->author_id, item->thread_key))
        return false;
    struct q_intake_look *seen = &taking->seen;
    if (!q_intake_look_next(rows, seen))
        return channel_gone(error);
    if (seen->known_id != 0 || seen->aliased_id != 0)
        return take_known(taking, seen->known_id ? seen->known_id : seen->aliased_id, result, error);
    if (!(seen->identity_id != 0 ? known_person(taking, error) : new_person(taking, error)))
        return false;
    judge_again(taking);
    taking->message_id = id_new(taking->batch->received_ms);
    if (!(goes_on(taking) ? more_of_conversation(taking, error) : new_conversation(taking, error)) ||
        !put_message(taking, error) || !obey_rules(taking, error) ||
        !message_event(taking, EVENT_MESSAGE_RECEIVED, error))
        return false;
    *result = (struct intake_result){INTAKE_TAKEN, taking->message_id, taking->conversation_id};
    return true;
}

/* ---- what our own account wrote ---- */

/* The whole text, or what stands behind "reply to @name:" or "@name", as platforms put before it. No less: a short
 * reply is a part of many others. */
static bool is_text_of(const char *told, const char *ours)
{
    g_autofree char *text = g_strstrip(g_strdup(told));
    g_autofree char *wanted = g_strstrip(g_strdup(ours));
    if (!g_str_has_suffix(text, wanted))
        return false;
    text[strlen(text) - strlen(wanted)] = '\0';
    g_strchomp(text);
    return *text == '\0' || *text == '@' || g_str_has_suffix(text, ":") || g_str_has_suffix(text, "：");
}

/* Is it a reply of ours whose fate we did not know? Then now we do. */
static bool settle_reply(struct taking *taking, bool *settled, struct intake_result *result, GError **error)
{
    const struct incoming *item = taking->item;
    const char *visibility = item->post->visibility == CHANNEL_PUBLIC ? "public" : "private";
    g_autoptr(rows_auto) rows = NULL;
    if (!q_intake_unsettled(taking->tx, &rows, error, taking->conversation_id, visibility))
        return false;
    struct q_intake_unsettled row;
    while (q_intake_unsettled_next(rows, &row)) {
        if (item->sent_ms < row.first_try_ms - PLATFORM_SKEW_MS || !is_text_of(item->text, row.text))
            continue;
        *settled = true;
        *result = (struct intake_result){.fate = INTAKE_KNOWN, .message_id = row.id};
        return outbox_settle_sent(taking->tx, row.id, item->native_id, taking->batch->received_ms, error) &&
               note_aliases(taking, row.id, error);
    }
    return true;
}

static bool take_own(struct taking *taking, struct intake_result *result, GError **error)
{
    const struct incoming *item = taking->item;
    const char *other_id = item->alias_id ? item->alias_id : item->native_id;
    g_autoptr(rows_auto) rows = NULL;
    if (!q_intake_look_own(taking->tx, &rows, error, taking->batch->account->channel.id, item->native_id, other_id,
                           item->parent_id ? item->parent_id : "", item->root_id ? item->root_id : ""))
        return false;
    struct q_intake_look_own seen;
    if (!q_intake_look_own_next(rows, &seen))
        return channel_gone(error);
    if (seen.known_id != 0 || seen.aliased_id != 0)
        return take_known(taking, seen.known_id ? seen.known_id : seen.aliased_id, result, error);
    taking->conversation_id = seen.by_parent         ? seen.by_parent
                              : seen.by_parent_alias ? seen.by_parent_alias
                                                     : seen.by_root;
    *result = (struct intake_result){.fate = INTAKE_LEFT_OUT};
    if (taking->conversation_id == 0)
        return true;
    bool settled = false;
    if (!settle_reply(taking, &settled, result, error))
        return false;
    if (settled)
        return true;
    taking->message_id = id_new(taking->batch->received_ms);
    taking->author_name = *item->handle != '\0' ? item->handle : taking->batch->account->name;
    *result = (struct intake_result){INTAKE_TAKEN, taking->message_id, taking->conversation_id};
    return put_message(taking, error) &&
           q_intake_conversation_answered(taking->tx, error, taking->conversation_id, item->sent_ms, item->line) &&
           message_event(taking, EVENT_MESSAGE_SENT, error);
}

bool intake_take(struct tx *tx, void *data, GError **error)
{
    struct intake_batch *batch = data;
    for (unsigned i = 0; i < batch->count; i++) {
        struct taking taking = {.tx = tx, .batch = batch, .item = batch->items + i};
        if (taking.item->native_id == NULL || (taking.item->author_id == NULL && !taking.item->post->own)) {
            error_set(error, HY_ERROR_MISSING, "native_id", "a post without an id or an author");
            return false;
        }
        bool ok = taking.item->post->own ? take_own(&taking, batch->results + i, error)
                                         : take_inbound(&taking, batch->results + i, error);
        if (!ok)
            return false;
    }
    return !batch->first_sign || channel_health_begin(tx, batch->account->channel.id, batch->received_ms, error);
}

const struct intake_result *intake_results(const struct intake_batch *batch, unsigned *count)
{
    *count = batch->count;
    return batch->results;
}

bool intake_all_known(const struct intake_batch *batch)
{
    for (unsigned i = 0; i < batch->count; i++)
        if (batch->results[i].fate != INTAKE_KNOWN)
            return false;
    return batch->count > 0;
}

/* ---- without waiting ---- */

static void submitted(void *data, const GError *error)
{
    struct intake_batch *batch = data;
    batch->done(batch, error, batch->data);
    intake_batch_free(batch);
}

void intake_submit_async(struct store *store, struct intake_batch *batch, intake_done done, void *data)
{
    batch->done = done;
    batch->data = data;
    if (batch->count == 0)
        submitted(batch, NULL);
    else
        store_write_async(store, intake_take, batch, submitted);
}
