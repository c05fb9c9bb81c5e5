/* weibo_poll.c - the three lists, each from its newest id of last time onwards.
 *
 * Cursor: {"list":0,"since":["0","0","0"],"max":"…","top":"…","seen":n,"pages":n}
 *   list   which list is next; WEIBO_LIST_COUNT = the round is over
 *   since  per list, the newest id that has been walked down to
 *   max    where in the list the walk stands (inclusive, as the platform has it); absent = at its top
 *   top    the newest id met in this walk: becomes since when the walk has arrived
 *
 * Some posts become visible minutes after their id was given out, so a list is asked for a little further back than
 * since: an id's upper bits count seconds, and five minutes of them are read again. What is known by then is known.
 * Meeting one of the old ones also shows, without another request, that the walk has arrived.
 *
 * A walk goes down page by page until it meets since. It makes at most PAGES_PER_ROUND
 * requests a round; what is left is walked in the next one, from the same place. The very
 * first walk of a list takes one page: yesterday's mentions are not today's work. */
#include "channels/weibo.h"

#include "base/id.h"
#include "channels/kit.h"

#include <string.h>

#define PAGE_COUNT 50
#define PAGES_PER_ROUND 10
#define OVERLAP_IDS (INT64_C(300) << 22)

static const struct {
    const char *path, *commercial, *key;
} LISTS[WEIBO_LIST_COUNT] = {
    [WEIBO_STATUS_MENTIONS] = {"statuses/mentions", "statuses/mentions/biz", "statuses"},
    [WEIBO_COMMENT_MENTIONS] = {"comments/mentions", "comments/mentions/biz", "comments"},
    [WEIBO_COMMENTS_TO_ME] = {"comments/to_me", NULL, "comments"},
};

struct walk {
    unsigned list;
    int64_t since[WEIBO_LIST_COUNT];
    int64_t max, top;
    int64_t seen;
    int64_t pages; /* of this round, over all lists */
};

static int64_t id_at(const json_t *value)
{
    int64_t id = 0;
    g_autofree char *text = value ? json_id_text(value) : NULL;
    return text != NULL && id_parse(text, &id) ? id : 0;
}

static int64_t small_at(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return CLAMP(json_integer_value(value), 0, INT64_C(1) << 32);
}

/* A cursor that cannot be read counts as none: the lists are walked anew and what is known is known. */
static struct walk walk_parse(const char *cursor)
{
    struct walk walk = {.list = 0};
    json_auto_t *json = cursor ? json_parse(cursor, strlen(cursor), NULL) : NULL;
    if (!json_is_object(json))
        return walk;
    walk.list = (unsigned)MIN(small_at(json, "list"), WEIBO_LIST_COUNT);
    for (size_t i = 0; i < WEIBO_LIST_COUNT; i++)
        walk.since[i] = id_at(json_array_get(json_object_get(json, "since"), i));
    walk.max = id_at(json_object_get(json, "max"));
    walk.top = id_at(json_object_get(json, "top"));
    walk.seen = small_at(json, "seen");
    walk.pages = small_at(json, "pages");
    return walk;
}

static void set_id(json_t *object, const char *key, int64_t id)
{
    g_autofree char *text = g_strdup_printf("%" PRId64, id);
    if (id != 0)
        json_object_set_new(object, key, json_string(text));
}

static char *walk_format(const struct walk *walk)
{
    json_auto_t *json = json_object();
    json_t *since = json_array();
    for (size_t i = 0; i < WEIBO_LIST_COUNT; i++) {
        g_autofree char *text = g_strdup_printf("%" PRId64, walk->since[i]);
        json_array_append_new(since, json_string(text));
    }
    json_object_set_new(json, "list", json_integer(walk->list));
    json_object_set_new(json, "since", since);
    json_object_set_new(json, "seen", json_integer(walk->seen));
    json_object_set_new(json, "pages", json_integer(walk->pages));
    set_id(json, "max", walk->max);
    set_id(json, "top", walk->top);
    return json_format(json);
}

static void walk_next_list(struct walk *walk)
{
    walk->list++;
    walk->max = walk->top = walk->seen = 0;
}

/* An empty list counts as walked, too, or else its first mentions would be taken for old ones. */
static void walk_arrive(struct walk *walk)
{
    walk->since[walk->list] = MAX(MAX(walk->since[walk->list], walk->top), 1);
    walk_next_list(walk);
}

/* Where reading begins: exclusive, 0 = at the list's very beginning. */
static int64_t walk_floor(const struct walk *walk)
{
    int64_t since = walk->since[walk->list];
    return since > OVERLAP_IDS ? since - OVERLAP_IDS : since;
}

static char *list_url(const struct channel_account *account, const struct walk *walk)
{
    bool commercial = weibo_is_commercial(account) && LISTS[walk->list].commercial != NULL;
    g_autofree char *base = weibo_url(account, commercial ? WEIBO_COMMERCIAL : WEIBO_API,
                                      commercial ? LISTS[walk->list].commercial : LISTS[walk->list].path);
    GString *url = g_string_new(base);
    g_string_append_printf(url, "?count=%d", PAGE_COUNT);
    if (walk_floor(walk) != 0)
        g_string_append_printf(url, "&since_id=%" PRId64, walk_floor(walk));
    if (walk->max != 0)
        g_string_append_printf(url, "&max_id=%" PRId64, walk->max);
    return g_string_free(url, FALSE);
}

bool weibo_poll_build(const struct channel_account *account, const char *cursor, bool first,
                      struct channel_request *request, int64_t *wait_ms, GError **error)
{
    struct walk walk = walk_parse(cursor);
    *wait_ms = kit_setting_i64(account, "poll_interval_s") * 1000;
    if (*channel_setting(account, "access_token") == '\0')
        return false; /* a channel that only receives pushes */
    if (first && walk.list >= WEIBO_LIST_COUNT)
        walk.list = 0;
    else if (walk.list >= WEIBO_LIST_COUNT || (!first && walk.pages >= PAGES_PER_ROUND))
        return false;
    request->method = "GET";
    request->url = list_url(account, &walk);
    return weibo_authorize(account, request, error);
}

/* ---- answers ---- */

/* Reads the page's new items, oldest first, and moves the walk. A short page proves nothing, as the platform
 * leaves out deleted items after counting; total (INT64_MAX = not told) does. */
static void read_page(const struct channel_account *account, struct walk *walk, const json_t *items, int64_t total,
                      GPtrArray *posts)
{
    int64_t since = walk->since[walk->list];
    int64_t bottom = walk_floor(walk);
    int64_t lowest = INT64_MAX;
    int64_t fresh = 0;
    bool met = false;
    for (size_t i = json_array_size(items); i > 0; i--) {
        const json_t *item = json_array_get(items, i - 1);
        int64_t id = weibo_id(item);
        met |= id != 0 && id <= since;
        if (id == 0 || id <= bottom || (walk->max != 0 && id > walk->max))
            continue; /* not asked for, or deleted */
        fresh++;
        lowest = MIN(lowest, id);
        walk->top = MAX(walk->top, id);
        struct channel_post *post = weibo_item_read(account, (enum weibo_list)walk->list, item);
        if (post != NULL)
            g_ptr_array_add(posts, post);
    }
    walk->seen += fresh;
    if (fresh == 0 || since == 0 || met || lowest - 1 <= since || walk->seen >= total)
        walk_arrive(walk);
    else
        walk->max = lowest - 1;
}

static void fail(struct walk *walk, struct channel_outcome *outcome, char **next_cursor)
{
    if (outcome->fate == CHANNEL_AMBIGUOUS || outcome->fate == CHANNEL_OK) /* reading has no effect to doubt */
        outcome->fate = CHANNEL_TRANSIENT;
    if (outcome->fate != CHANNEL_PERMISSION)
        return;
    /* One list that the app may not read must not keep the others from being read next time. */
    walk_next_list(walk);
    *next_cursor = walk_format(walk);
}

bool weibo_poll_parse(const struct channel_account *account, const char *cursor,
                      const struct channel_response *response, GPtrArray *posts, char **next_cursor,
                      struct channel_outcome *outcome, GError **error)
{
    (void)error;
    struct walk walk = walk_parse(cursor);
    *next_cursor = NULL;
    if (walk.list >= WEIBO_LIST_COUNT) /* this answer is the first of a new round */
        walk.list = 0, walk.pages = 0;
    if (walk.pages >= PAGES_PER_ROUND)
        walk.pages = 0; /* likewise, of a walk that was cut short */
    walk.pages++;
    if (response->failure != CHANNEL_ANSWERED) {
        kit_outcome(outcome, CHANNEL_TRANSIENT, 0, NULL);
        return true;
    }
    json_auto_t *answer = kit_parse(response->body, response->body_length, NULL);
    if (weibo_error_read(response, answer, 0, outcome)) {
        fail(&walk, outcome, next_cursor);
        return true;
    }
    const json_t *items = json_object_get(answer, LISTS[walk.list].key);
    if (!json_is_array(items)) { /* half a body, or none: the platform's way of saying nothing to the banned */
        kit_outcome(outcome, CHANNEL_TRANSIENT, 0, response->body_length == 0 ? "empty_answer" : "not_a_list");
        return true;
    }
    const json_t *total = json_object_get(answer, "total_number");
    read_page(account, &walk, items, json_is_integer(total) ? json_integer_value(total) : INT64_MAX, posts);
    *next_cursor = walk_format(&walk);
    kit_outcome(outcome, CHANNEL_OK, 0, NULL);
    return true;
}
