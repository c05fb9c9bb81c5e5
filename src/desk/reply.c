#include "desk/reply.h"

#include "base/id.h"
#include "base/limit.h"
#include "channels/channel.h"
#include "desk/conversation.h"
#include "store/event.h"

#include <string.h>

char *reply_line(const char *text)
{
    GString *line = g_string_new(NULL);
    int count = 0;
    bool gap = false;
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        gunichar character = g_utf8_get_char(at);
        if (g_unichar_isspace(character) || g_unichar_iscntrl(character)) {
            gap = line->len > 0;
            continue;
        }
        if (count == REPLY_LINE) {
            g_string_append(line, "…");
            break;
        }
        if (gap)
            g_string_append_c(line, ' ');
        gap = false;
        g_string_append_unichar(line, character);
        count++;
    }
    return g_string_free(line, FALSE);
}

/* ---- the channel ---- */

/* A channel as the connector's pure functions want it; the settings they need to count and to date are no secrets. */
enum mouth_state { MOUTH_OPEN, MOUTH_OFF, MOUTH_GONE };

struct mouth {
    const struct channel_kind *kind;
    enum mouth_state state;
    const char *gap; /* the setting that is missing; NULL = none */
    struct channel_account account;
    json_t *settings;
    struct rows *rows;
};

static void mouth_clear(struct mouth *mouth)
{
    json_decref(mouth->settings);
    rows_free(mouth->rows);
}
typedef struct mouth mouth_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(mouth_auto, mouth_clear)

/* kind stays NULL when it is one that this program does not know. */
static bool mouth_load(struct tx *tx, int64_t channel_id, struct mouth *mouth, GError **error)
{
    struct q_desk_channel row;
    *mouth = (struct mouth){0};
    if (!q_desk_channel(tx, &mouth->rows, error, channel_id))
        return false;
    if (!q_desk_channel_next(mouth->rows, &row))
        return true;
    mouth->state = row.deleted_ms != 0 ? MOUTH_GONE : row.enabled ? MOUTH_OPEN : MOUTH_OFF;
    mouth->settings = json_parse(row.settings, strlen(row.settings), error);
    if (mouth->settings == NULL)
        return false;
    mouth->kind = channel_kind_find(row.kind);
    mouth->account = (struct channel_account){channel_id, row.kind, mouth->settings};
    if (mouth->kind != NULL && mouth->kind->reply_gap != NULL)
        mouth->gap = mouth->kind->reply_gap(&mouth->account);
    return true;
}

static unsigned capability(enum channel_visibility visibility)
{
    return visibility == CHANNEL_PUBLIC ? CHANNEL_CAN_REPLY_PUBLIC : CHANNEL_CAN_REPLY_PRIVATE;
}

static int64_t window_ends(const struct mouth *mouth, const char *kind, enum channel_visibility visibility,
                           int64_t inbound_ms)
{
    return mouth->kind->window_ends_ms == NULL
               ? INT64_MAX
               : mouth->kind->window_ends_ms(&mouth->account, kind, visibility, inbound_ms);
}

static struct channel_length measure(const struct mouth *mouth, enum channel_visibility visibility, const char *text)
{
    return mouth->kind->measure == NULL ? (struct channel_length){0, 0}
                                        : mouth->kind->measure(&mouth->account, visibility, text);
}

/* ---- what is answered ---- */

struct answered {
    struct rows *rows;
    int64_t id, sent_ms;
    const char *native_id, *root_native_id, *kind, *visibility;
};

static void answered_clear(struct answered *answered)
{
    rows_free(answered->rows);
}
typedef struct answered answered_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(answered_auto, answered_clear)

/* The last inbound message of this visibility, NULL = of any; id 0 when there is none. */
static bool last_inbound(struct tx *tx, int64_t conversation_id, const char *visibility, struct answered *answered,
                         GError **error)
{
    struct q_desk_last_inbound row;
    rows_free(g_steal_pointer(&answered->rows));
    if (!q_desk_last_inbound(tx, &answered->rows, error, conversation_id, visibility))
        return false;
    if (q_desk_last_inbound_next(answered->rows, &row)) {
        answered->id = row.id;
        answered->sent_ms = row.sent_ms;
        answered->native_id = row.native_id;
        answered->root_native_id = row.root_native_id;
        answered->kind = row.kind;
        answered->visibility = row.visibility;
    }
    return true;
}

/* What a reply of this visibility would answer. A private one may answer a public post; never the other way round. */
static bool find_fitting(struct tx *tx, int64_t conversation_id, const char *visibility, struct answered *answered,
                         GError **error)
{
    if (!last_inbound(tx, conversation_id, visibility, answered, error))
        return false;
    return answered->id != 0 || strcmp(visibility, "public") == 0 ||
           last_inbound(tx, conversation_id, NULL, answered, error);
}

static bool find_named(struct tx *tx, int64_t conversation_id, const struct reply *reply, struct answered *answered,
                       GError **error)
{
    struct q_desk_message row;
    if (!q_desk_message(tx, &answered->rows, error, reply->in_reply_to))
        return false;
    bool fits = q_desk_message_next(answered->rows, &row) && row.conversation_id == conversation_id &&
                strcmp(row.direction, "in") == 0 &&
                (strcmp(reply->visibility, "private") == 0 || strcmp(row.visibility, "public") == 0);
    if (!fits) {
        error_set(error, HY_ERROR_BAD_VALUE, "in_reply_to", "no inbound message of this conversation that fits");
        return false;
    }
    answered->id = reply->in_reply_to;
    answered->sent_ms = row.sent_ms;
    answered->native_id = row.native_id;
    answered->root_native_id = row.root_native_id;
    answered->kind = row.kind;
    answered->visibility = row.visibility;
    return true;
}

/* ---- checks ---- */

static bool check_text(const char *text, GError **error)
{
    if (strlen(text) > LIMIT_REPLY_TEXT) {
        error_set(error, HY_ERROR_TOO_LONG, "text", "more than %d bytes", LIMIT_REPLY_TEXT);
        return false;
    }
    g_autofree char *line = reply_line(text);
    if (*line == '\0') {
        error_set(error, HY_ERROR_EMPTY, "text", "nothing but blanks");
        return false;
    }
    return true;
}

static bool check_visibility(const char *visibility, enum channel_visibility *out, GError **error)
{
    *out = strcmp(visibility, "public") == 0 ? CHANNEL_PUBLIC : CHANNEL_PRIVATE;
    if (*out == CHANNEL_PUBLIC || strcmp(visibility, "private") == 0)
        return true;
    error_set(error, HY_ERROR_BAD_VALUE, "visibility", "public or private");
    return false;
}

static bool check_channel(const struct mouth *mouth, enum channel_visibility visibility, GError **error)
{
    const char *field = mouth->kind == NULL || mouth->state != MOUTH_OPEN           ? "channel"
                        : (mouth->kind->capabilities & capability(visibility)) == 0 ? "visibility"
                                                                                    : mouth->gap;
    if (field != NULL)
        error_set(error, HY_ERROR_NOT_SUPPORTED, field, "the channel cannot answer this way");
    return field == NULL;
}

static bool check_fit(const struct mouth *mouth, enum channel_visibility visibility, const struct reply *reply,
                      const struct answered *answered, int64_t now_ms, GError **error)
{
    if (answered->id == 0) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "visibility", "there is no message to answer this way");
        return false;
    }
    struct channel_length length = measure(mouth, visibility, reply->text);
    if (length.limit > 0 && length.used > length.limit) {
        error_set(error, HY_ERROR_TOO_LONG, "text", "%d of %d by the channel's count", length.used, length.limit);
        return false;
    }
    if (window_ends(mouth, answered->kind, visibility, answered->sent_ms) <= now_ms) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "window_closed", "the reply window is over");
        return false;
    }
    return true;
}

static bool check_seen(struct tx *tx, const struct actor *actor, int64_t conversation_id, int64_t seen_id,
                       GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    if (seen_id == 0)
        return true;
    if (!q_desk_answered_since(tx, &rows, error, conversation_id, seen_id, actor->person_id))
        return false;
    if (rows_count(rows) == 0)
        return true;
    error_set(error, HY_ERROR_ANSWERED, "seen_message_id", "a colleague has answered since");
    return false;
}

/* ---- doing it ---- */

/* On the platform a public answer is a reply; a private one is of the kind of the dialogue it goes into. */
static const char *kind_of(enum channel_visibility visibility, const struct answered *answered)
{
    if (visibility == CHANNEL_PUBLIC)
        return "reply";
    return strcmp(answered->visibility, "private") == 0 ? answered->kind : "dm";
}

static bool queue(struct tx *tx, const struct actor *actor, int64_t now_ms,
                  const struct q_desk_conversation *conversation, const struct reply *reply,
                  enum channel_visibility visibility, const struct answered *answered, int64_t id, GError **error)
{
    g_autofree char *native_id = g_strdup_printf("out:%" G_GINT64_FORMAT, id);
    const char *data = visibility == CHANNEL_PUBLIC ? "{\"visibility\":\"public\"}" : "{\"visibility\":\"private\"}";
    struct event event = {.at_ms = now_ms,
                          .kind = EVENT_MESSAGE_QUEUED,
                          .conversation_id = conversation->id,
                          .subject_id = id,
                          .person_id = actor->person_id,
                          .data = data};
    return q_desk_message_insert(tx, error, id, conversation->id, conversation->channel_id, native_id,
                                 answered->native_id, visibility == CHANNEL_PUBLIC ? answered->root_native_id : NULL,
                                 reply->visibility, kind_of(visibility, answered), reply->text, actor->person_id,
                                 actor->name, now_ms) &&
           q_outbox_insert(tx, error, id, conversation->id, conversation->channel_id, answered->id, actor->address,
                           now_ms) &&
           event_append(tx, &event, error) && q_desk_draft_remove(tx, error, conversation->id, actor->person_id);
}

static bool settle(struct tx *tx, const struct actor *actor, int64_t now_ms, const struct reply *reply,
                   const struct q_desk_conversation *before, GError **error)
{
    g_autofree char *line = reply_line(reply->text);
    struct q_desk_conversation after = *before;
    if (after.assignee_id == 0)
        after.assignee_id = actor->person_id;
    if (after.first_owner_id == 0)
        after.first_owner_id = actor->person_id;
    after.state = reply->resolve ? "resolved" : "pending";
    if (!reply->resolve)
        after.resolved_ms = 0;
    else if (strcmp(before->state, "resolved") != 0)
        after.resolved_ms = now_ms;
    after.due_ms = after.waiting_ms = after.snoozed_until_ms = 0;
    after.unread = 0;
    after.last_text = line;
    after.last_direction = "out";
    after.last_message_ms = after.last_outbound_ms = now_ms;
    after.outbound_count++;
    return conversation_save(tx, actor->person_id, now_ms, before, &after, error);
}

bool reply_send(struct tx *tx, const struct actor *actor, int64_t now_ms, int64_t conversation_id,
                const struct reply *reply, int64_t *message_id, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_desk_conversation conversation;
    enum channel_visibility visibility = CHANNEL_PUBLIC;
    g_auto(mouth_auto) mouth = {0};
    g_auto(answered_auto) answered = {0};
    if (!check_text(reply->text, error) || !check_visibility(reply->visibility, &visibility, error) ||
        !conversation_load(tx, conversation_id, &rows, &conversation, error) ||
        !check_seen(tx, actor, conversation_id, reply->seen_message_id, error) ||
        !mouth_load(tx, conversation.channel_id, &mouth, error) || !check_channel(&mouth, visibility, error))
        return false;
    bool found = reply->in_reply_to != 0 ? find_named(tx, conversation_id, reply, &answered, error)
                                         : find_fitting(tx, conversation_id, reply->visibility, &answered, error);
    if (!found || !check_fit(&mouth, visibility, reply, &answered, now_ms, error))
        return false;
    *message_id = id_new(now_ms);
    return queue(tx, actor, now_ms, &conversation, reply, visibility, &answered, *message_id, error) &&
           settle(tx, actor, now_ms, reply, &conversation, error);
}

/* ---- limits ---- */

static char *gap_text(const struct mouth *mouth, enum lang lang)
{
    const struct channel_setting_kind *setting = mouth->kind->settings;
    while (setting->key != NULL && strcmp(setting->key, mouth->gap) != 0)
        setting++;
    const char *label = setting->key != NULL ? setting->label[lang] : mouth->gap;
    return lang == LANG_ZH
               ? g_strdup_printf("此渠道只能接收：没有填写“%s”（%s）。请管理员在渠道设置里补上。", label, mouth->gap)
               : g_strdup_printf("This channel only receives: its setting “%s” (%s) is empty. Ask an administrator to "
                                 "fill it in.",
                                 label, mouth->gap);
}

/* Why it is not possible; NULL when it is. g_free. */
static char *why_not(const struct mouth *mouth, const struct answered *answered, int64_t ends_ms, int64_t now_ms,
                     enum lang lang)
{
    static const char *const STATES[][LANG_COUNT] = {
        [MOUTH_OFF] = {"渠道已停用，请管理员先启用。",
                       "The channel is switched off; ask an administrator to switch it on."},
        [MOUTH_GONE] = {"渠道已断开，不能再从这里回复。",
                        "The channel was disconnected; nothing can be sent through it any more."}};
    static const char *const NOTHING[LANG_COUNT] = {"没有可以这样回复的来信。",
                                                    "There is no message that could be answered this way."};
    if (mouth->state != MOUTH_OPEN)
        return g_strdup(STATES[mouth->state][lang]);
    if (mouth->gap != NULL)
        return gap_text(mouth, lang);
    if (answered->id == 0)
        return g_strdup(NOTHING[lang]);
    return ends_ms > now_ms ? NULL : g_strdup(channel_fate_text(CHANNEL_WINDOW_CLOSED, lang));
}

static void write_limit(const struct mouth *mouth, enum channel_visibility visibility, const struct answered *answered,
                        enum lang lang, int64_t now_ms, struct writer *out)
{
    int64_t ends = answered->id == 0 ? INT64_MAX : window_ends(mouth, answered->kind, visibility, answered->sent_ms);
    g_autofree char *reason = why_not(mouth, answered, ends, now_ms, lang);
    writer_begin_object(out);
    writer_put_text(out, "visibility", visibility == CHANNEL_PUBLIC ? "public" : "private");
    writer_put_bool(out, "possible", reason == NULL);
    writer_put_text(out, "reason", reason ? reason : "");
    writer_put_i64(out, "limit", measure(mouth, visibility, "").limit);
    writer_put_text(out, "counter", mouth->kind->counter ? mouth->kind->counter : "none");
    writer_put_time(out, "window_ends_at", ends == INT64_MAX ? 0 : ends);
    writer_end_object(out);
}

bool reply_limits(struct tx *tx, const struct q_desk_conversation *conversation, enum lang lang, int64_t now_ms,
                  struct writer *out, GError **error)
{
    g_auto(mouth_auto) mouth = {0};
    if (!mouth_load(tx, conversation->channel_id, &mouth, error))
        return false;
    writer_begin_array(out);
    for (int i = CHANNEL_PUBLIC; mouth.kind != NULL && i <= CHANNEL_PRIVATE; i++) {
        enum channel_visibility visibility = (enum channel_visibility)i;
        g_auto(answered_auto) answered = {0};
        if ((mouth.kind->capabilities & capability(visibility)) == 0)
            continue;
        if (!find_fitting(tx, conversation->id, visibility == CHANNEL_PUBLIC ? "public" : "private", &answered, error))
            return false;
        write_limit(&mouth, visibility, &answered, lang, now_ms, out);
    }
    writer_end_array(out);
    return true;
}
