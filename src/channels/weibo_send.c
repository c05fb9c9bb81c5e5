/* weibo_send.c - replies, and finding out whether a doubtful one went out.
 *
 * Weibo takes no idempotency key, so a try that broke off is AMBIGUOUS. Comments are then looked for in
 * comments/by_me; private messages cannot be listed, which ends in UNCONFIRMED and a person looking. */
#include "channels/weibo.h"

#include "base/clock.h"
#include "base/id.h"
#include "channels/kit.h"

#include <arpa/inet.h>
#include <string.h>

#define BY_ME_COUNT 200
#define CLOCK_SKEW_MS (2 * CLOCK_MINUTE_MS) /* between their clock and ours */

/* What a reply stands under. */
struct target {
    int64_t status, comment; /* 0 = none */
};

static int64_t native_number(const char *native_id, const char *prefix)
{
    int64_t id = 0;
    return native_id != NULL && g_str_has_prefix(native_id, prefix) && id_parse(native_id + strlen(prefix), &id) ? id
                                                                                                                 : 0;
}

static int64_t source_number(const json_t *source, const char *key)
{
    int64_t id = 0;
    return json_opt_id(source, key, &id, NULL) ? id : 0;
}

/* From the target that came with the message; where that is missing, from the native ids. */
static struct target target_of(const struct channel_outbound *outbound)
{
    json_auto_t *source = outbound->source ? json_parse(outbound->source, strlen(outbound->source), NULL) : NULL;
    struct target target = {source_number(source, "status"), source_number(source, "comment")};
    if (target.status != 0)
        return target;
    target.comment = native_number(outbound->parent_native_id, "comment:");
    target.status = native_number(outbound->root_native_id, "status:");
    if (target.status == 0)
        target.status = native_number(outbound->parent_native_id, "status:");
    return target;
}

static void finish(struct channel_request *request, char *url, GString *form)
{
    request->method = "POST";
    request->url = url;
    request->body = g_string_free_to_bytes(form);
    kit_header(request, "Content-Type", "application/x-www-form-urlencoded");
}

static void add_number(GString *form, const char *key, int64_t number)
{
    g_autofree char *text = g_strdup_printf("%" PRId64, number);
    kit_form_add(form, key, text);
}

/* Loopback, link-local, private and unspecified addresses are not. */
static bool is_public_address(const char *text)
{
    static const struct {
        uint8_t first[2], mask[2];
    } V4[] = {{{0, 0}, {255, 0}},      {{10, 0}, {255, 0}},      {{127, 0}, {255, 0}},    {{100, 64}, {255, 192}},
              {{172, 16}, {255, 240}}, {{192, 168}, {255, 255}}, {{169, 254}, {255, 255}}};
    uint8_t v4[4], v6[16];
    if (inet_pton(AF_INET, text, v4) == 1) {
        for (gsize i = 0; i < G_N_ELEMENTS(V4); i++)
            if ((v4[0] & V4[i].mask[0]) == V4[i].first[0] && (v4[1] & V4[i].mask[1]) == V4[i].first[1])
                return false;
        return true;
    }
    return inet_pton(AF_INET6, text, v6) == 1 && (v6[0] & 0xe0) == 0x20; /* 2000::/3 is what is routed */
}

/* The agent's public address; where it is private or unknown the configured one, else whatever there is. */
static const char *rip_of(const struct channel_account *account, const struct channel_outbound *outbound)
{
    const char *agent = outbound->agent_address ? outbound->agent_address : "";
    const char *fallback = channel_setting(account, "fallback_ip");
    return is_public_address(agent) || *fallback == '\0' ? agent : fallback;
}

/* data is JSON, form-encoded once (the passive answer would encode it twice). */
static bool build_private(const struct channel_account *account, const struct channel_outbound *outbound,
                          struct channel_request *request, GError **error)
{
    const char *token = channel_setting(account, "message_token");
    int64_t receiver = 0;
    if (*token == '\0')
        token = channel_setting(account, "access_token");
    if (*token == '\0') {
        error_set(error, HY_ERROR_MISSING, "message_token", "neither message_token nor access_token is set");
        return false;
    }
    if (outbound->recipient_id == NULL || !id_parse(outbound->recipient_id, &receiver)) {
        error_set(error, HY_ERROR_BAD_VALUE, "recipient_id", "recipient_id is not a Weibo uid");
        return false;
    }
    json_auto_t *data = json_pack("{s:s}", "text", outbound->text);
    g_autofree char *data_text = json_format(data);
    GString *form = g_string_new(NULL);
    kit_form_add(form, "access_token", token);
    kit_form_add(form, "type", "text");
    kit_form_add(form, "data", data_text);
    add_number(form, "receiver_id", receiver);
    kit_form_add(form, "save_sender_box", "1");
    bool commercial = weibo_is_commercial(account);
    finish(request,
           weibo_url(account, commercial ? WEIBO_COMMERCIAL : WEIBO_MESSAGE,
                     commercial ? "messages/reply/biz" : "messages/reply"),
           form);
    return true;
}

static bool build_public(const struct channel_account *account, const struct channel_outbound *outbound,
                         struct channel_request *request, GError **error)
{
    struct target target = target_of(outbound);
    if (target.status == 0) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "visibility", "the platform did not say which post this is about");
        return false;
    }
    if (!weibo_authorize(account, request, error))
        return false;
    bool commercial = weibo_is_commercial(account) && target.comment != 0;
    GString *form = g_string_new(NULL);
    if (target.comment != 0)
        add_number(form, "cid", target.comment);
    add_number(form, "id", target.status);
    kit_form_add(form, "comment", outbound->text);
    if (target.comment != 0)
        kit_form_add(form, "without_mention", "0");
    kit_form_add(form, "comment_ori", "0");
    kit_form_add(form, "rip", rip_of(account, outbound));
    finish(request,
           weibo_url(account, commercial ? WEIBO_COMMERCIAL : WEIBO_API,
                     commercial            ? "comments/reply/biz"
                     : target.comment != 0 ? "comments/reply"
                                           : "comments/create"),
           form);
    return true;
}

bool weibo_send_build(const struct channel_account *account, const struct channel_outbound *outbound,
                      struct channel_request *request, GError **error)
{
    struct channel_length length = weibo_measure(account, outbound->visibility, outbound->text);
    if (length.used == 0 || length.used > length.limit) {
        error_set(error, length.used == 0 ? HY_ERROR_EMPTY : HY_ERROR_TOO_LONG, "text", "%d of %d characters",
                  length.used, length.limit);
        return false;
    }
    return outbound->visibility == CHANNEL_PRIVATE ? build_private(account, outbound, request, error)
                                                   : build_public(account, outbound, request, error);
}

/* ---- what became of it ---- */

/* A comment that was meant for another one must say so: with a cid that is gone the platform quietly makes a plain
 * comment of it. That one is out and must not be sent again; the customer's comment is not there any more. */
static void read_comment(const struct target *target, const json_t *answer, struct channel_outcome *outcome)
{
    int64_t id = weibo_id(answer);
    if (id == 0) {
        kit_outcome(outcome, CHANNEL_AMBIGUOUS, 0, json_is_object(answer) ? "no_id" : "no_json");
        return;
    }
    if (target->comment != 0 && weibo_id(json_object_get(answer, "reply_comment")) != target->comment)
        kit_outcome(outcome, CHANNEL_TARGET_GONE, 0, "became_plain_comment");
    else
        kit_outcome(outcome, CHANNEL_OK, 0, NULL);
    outcome->native_id = g_strdup_printf("comment:%" PRId64, id);
}

static bool is_true(const json_t *value)
{
    return json_is_true(value) || (json_is_string(value) && strcmp(json_string_value(value), "true") == 0);
}

/* {"result":true}; some versions name the two people instead. */
static void read_message(const json_t *answer, struct channel_outcome *outcome)
{
    const json_t *result = json_object_get(answer, "result");
    int64_t id = weibo_id(answer);
    if (is_true(result) || (result == NULL && json_object_get(answer, "receiver_id") != NULL))
        kit_outcome(outcome, CHANNEL_OK, 0, NULL);
    else if (result != NULL)
        kit_outcome(outcome, CHANNEL_BAD_REQUEST, 0, "result");
    else
        kit_outcome(outcome, CHANNEL_AMBIGUOUS, 0, json_is_object(answer) ? "no_result" : "no_json");
    if (outcome->fate == CHANNEL_OK && id != 0)
        outcome->native_id = g_strdup_printf("dm:%" PRId64, id);
}

void weibo_send_classify(const struct channel_account *account, const struct channel_outbound *outbound,
                         const struct channel_response *response, struct channel_outcome *outcome)
{
    (void)account;
    if (response->failure != CHANNEL_ANSWERED) {
        kit_outcome(outcome, response->failure == CHANNEL_NOT_REACHED ? CHANNEL_TRANSIENT : CHANNEL_AMBIGUOUS, 0, NULL);
        return;
    }
    json_auto_t *answer = kit_parse(response->body, response->body_length, NULL);
    if (weibo_error_read(response, answer, outbound->now_ms, outcome))
        return;
    struct target target = target_of(outbound);
    if (outbound->visibility == CHANNEL_PRIVATE)
        read_message(answer, outcome);
    else
        read_comment(&target, answer, outcome);
}

/* ---- did it go out? ---- */

bool weibo_reconcile_build(const struct channel_account *account, const struct channel_outbound *outbound,
                           struct channel_request *request, GError **error)
{
    if (outbound->visibility == CHANNEL_PRIVATE) {
        error_set(error, HY_ERROR_NOT_SUPPORTED, "visibility", "sent private messages cannot be listed");
        return false;
    }
    g_autofree char *base = weibo_url(account, WEIBO_API, "comments/by_me");
    request->method = "GET";
    request->url = outbound->look_from != NULL
                       ? g_strdup_printf("%s?count=%d&max_id=%s", base, BY_ME_COUNT, outbound->look_from)
                       : g_strdup_printf("%s?count=%d", base, BY_ME_COUNT);
    return weibo_authorize(account, request, error);
}

/* Where an address ends: at a blank or at the first character that is not ASCII. */
static const char *skip_url(const char *at)
{
    if (!g_str_has_prefix(at, "http://") && !g_str_has_prefix(at, "https://"))
        return at;
    while ((unsigned char)*at > ' ' && (unsigned char)*at < 0x7f)
        at++;
    return at;
}

/* A text as the platform may give it back: entities, other blanks, addresses shortened to t.cn, "回复@name:" in front.
 * g_free. */
static char *plain(const char *text)
{
    static const struct {
        const char *entity, *character;
    } ENTITIES[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&#39;", "'"}, {"&amp;", "&"}};
    g_autoptr(GString) decoded = g_string_new(text);
    for (gsize i = 0; i < G_N_ELEMENTS(ENTITIES); i++)
        g_string_replace(decoded, ENTITIES[i].entity, ENTITIES[i].character, 0);
    const char *at = decoded->str;
    const char *colon = strchr(at, ':');
    if (g_str_has_prefix(at, "回复@") && colon != NULL)
        at = colon + 1;
    GString *result = g_string_new(NULL);
    while (*at) {
        const char *after = skip_url(at);
        if (after != at)
            g_string_append_c(result, '\1');
        else if (!g_unichar_isspace(g_utf8_get_char(at)))
            g_string_append_len(result, at, (gssize)(g_utf8_next_char(at) - at));
        at = after != at ? after : g_utf8_next_char(at);
    }
    return g_string_free(result, FALSE);
}

static bool is_it(const json_t *comment, const struct target *target, const char *wanted, int64_t since_ms)
{
    const char *created = json_string_value(json_object_get(comment, "created_at"));
    const char *text = json_string_value(json_object_get(comment, "text"));
    int64_t created_ms = 0;
    if (created == NULL || text == NULL || !weibo_parse_time(created, &created_ms) || created_ms < since_ms ||
        weibo_id(json_object_get(comment, "status")) != target->status)
        return false;
    int64_t answered = weibo_id(json_object_get(comment, "reply_comment"));
    if (answered != 0 && target->comment != 0 && answered != target->comment)
        return false;
    g_autofree char *theirs = plain(text);
    return strcmp(theirs, wanted) == 0;
}

/* Does the list reach back to before the first try? Then what is not in it is not there. An empty page further back
 * proves nothing: platforms stop listing somewhere. */
static bool reaches_back(const json_t *answer, const json_t *comments, int64_t since_ms)
{
    size_t count = json_array_size(comments);
    const json_t *total = json_object_get(answer, "total_number");
    if (json_is_integer(total) && (size_t)MAX(json_integer_value(total), 0) <= count)
        return true;
    for (size_t i = 0; i < count; i++) {
        const char *created = json_string_value(json_object_get(json_array_get(comments, i), "created_at"));
        int64_t created_ms = 0;
        if (created != NULL && weibo_parse_time(created, &created_ms) && created_ms < since_ms)
            return true;
    }
    return false;
}

/* Where the page of older ones begins; NULL when that cannot be said. By id, not by number: what is written meanwhile
 * must not move the pages. g_free. */
static char *older_than(const json_t *comments)
{
    int64_t least = 0;
    for (size_t i = 0; i < json_array_size(comments); i++) {
        int64_t id = weibo_id(json_array_get(comments, i));
        least = id != 0 && (least == 0 || id < least) ? id : least;
    }
    return least > 1 ? g_strdup_printf("%" PRId64, least - 1) : NULL;
}

static void look_for(const struct channel_account *account, const struct channel_outbound *outbound,
                     const json_t *answer, const json_t *comments, struct channel_outcome *outcome)
{
    struct target target = target_of(outbound);
    int64_t since_ms = outbound->first_try_ms - CLOCK_SKEW_MS;
    g_autofree char *wanted = plain(outbound->text);
    for (size_t i = 0; i < json_array_size(comments); i++) {
        const json_t *comment = json_array_get(comments, i);
        if (is_it(comment, &target, wanted, since_ms)) {
            kit_outcome(outcome, CHANNEL_OK, 0, NULL);
            if (weibo_id(comment) != 0)
                outcome->native_id = g_strdup_printf("comment:%" PRId64, weibo_id(comment));
            return;
        }
    }
    int64_t settled_ms =
        MAX(outbound->first_try_ms, outbound->last_try_ms) + kit_setting_i64(account, "settle_s") * 1000;
    bool whole = reaches_back(answer, comments, since_ms);
    bool certain = whole && outbound->now_ms >= settled_ms;
    kit_outcome(outcome, certain ? CHANNEL_TRANSIENT : CHANNEL_AMBIGUOUS, 0,
                certain ? "not_found"
                : whole ? "not_settled"
                        : "not_reached");
    outcome->look_on = whole ? NULL : older_than(comments);
}

void weibo_reconcile_read(const struct channel_account *account, const struct channel_outbound *outbound,
                          const struct channel_response *response, struct channel_outcome *outcome)
{
    json_auto_t *answer =
        response->failure == CHANNEL_ANSWERED ? kit_parse(response->body, response->body_length, NULL) : NULL;
    const json_t *comments = json_object_get(answer, "comments");
    bool refused = answer != NULL && weibo_error_read(response, answer, outbound->now_ms, outcome);
    if (refused || !json_is_array(comments) || response->status < 200 || response->status > 299) {
        g_autofree char *code = refused ? g_strdup(outcome->native_code) : NULL;
        int64_t wait_ms = refused ? outcome->wait_ms : 0;
        kit_outcome(outcome, CHANNEL_AMBIGUOUS, wait_ms, code);
        return;
    }
    look_for(account, outbound, answer, comments, outcome);
}
