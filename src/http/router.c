#include "http/router.h"

#include "http/query.h"

#include <string.h>

#define MAX_SEGMENTS 32

struct node {
    GHashTable *children; /* literal segment → struct node */
    struct node *any;     /* {name} */
    GPtrArray *routes;    /* of const struct http_route *, ending here */
    GPtrArray *tails;     /* ending in {name*} here */
};

struct router {
    struct node *root;
};

struct path {
    unsigned count;
    char *segments[MAX_SEGMENTS];       /* decoded */
    const char *rest[MAX_SEGMENTS + 1]; /* raw, from that segment on */
};

static void node_free(void *data)
{
    struct node *node = data;
    if (node == NULL)
        return;
    g_hash_table_unref(node->children);
    node_free(node->any);
    g_ptr_array_unref(node->routes);
    g_ptr_array_unref(node->tails);
    g_free(node);
}

static struct node *node_new(void)
{
    struct node *node = g_new0(struct node, 1);
    node->children = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, node_free);
    node->routes = g_ptr_array_new();
    node->tails = g_ptr_array_new();
    return node;
}

static const struct http_route *with_method(const GPtrArray *routes, const char *method)
{
    for (guint i = 0; i < routes->len; i++) {
        const struct http_route *route = routes->pdata[i];
        if (strcmp(route->method, method) == 0)
            return route;
    }
    return NULL;
}

static struct node *child_of(struct node *node, const char *segment)
{
    if (segment[0] == '{') {
        if (node->any == NULL)
            node->any = node_new();
        return node->any;
    }
    struct node *child = g_hash_table_lookup(node->children, segment);
    if (child == NULL) {
        child = node_new();
        g_hash_table_insert(node->children, g_strdup(segment), child);
    }
    return child;
}

static bool add(struct router *router, const struct http_route *route, GError **error)
{
    const char *inside = route->path + (route->path[0] == '/');
    g_auto(GStrv) segments = *inside ? g_strsplit(inside, "/", -1) : g_strdupv((char *[]){(char *)"", NULL});
    struct node *node = router->root;
    unsigned parameters = 0;
    GPtrArray *ends = NULL;
    bool good = route->path[0] == '/' && g_strv_length(segments) < MAX_SEGMENTS;
    for (char **segment = segments; good && *segment != NULL; segment++) {
        size_t length = strlen(*segment);
        bool named = (*segment)[0] == '{';
        parameters += named;
        good = parameters <= ROUTER_MAX_PARAMETERS && (!named || (length > 2 && (*segment)[length - 1] == '}'));
        if (good && named && (*segment)[length - 2] == '*') {
            good = segment[1] == NULL;
            ends = node->tails;
        } else if (good) {
            node = child_of(node, *segment);
        }
    }
    if (ends == NULL)
        ends = node->routes;
    if (!good || with_method(ends, route->method) != NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "routes", "%s %s %s", route->method, route->path,
                  good ? "stands twice in the table" : "is no path for a route");
        return false;
    }
    g_ptr_array_add(ends, (gpointer)route);
    return true;
}

struct router *router_new(const struct http_route *routes, size_t count, GError **error)
{
    struct router *router = g_new0(struct router, 1);
    router->root = node_new();
    for (size_t i = 0; i < count; i++) {
        if (!add(router, &routes[i], error)) {
            router_free(router);
            return NULL;
        }
    }
    return router;
}

void router_free(struct router *router)
{
    if (router == NULL)
        return;
    node_free(router->root);
    g_free(router);
}

/* What is looked for while walking: a route for method, or (method NULL) the methods of every node that fits. */
struct search {
    const struct path *path;
    const char *method;
    GPtrArray *allowed; /* of const char * */
};

static const struct http_route *try_list(const struct search *search, const GPtrArray *routes)
{
    if (search->method != NULL) {
        const struct http_route *route = with_method(routes, search->method);
        if (route == NULL && strcmp(search->method, "HEAD") == 0)
            route = with_method(routes, "GET");
        return route;
    }
    for (guint i = 0; i < routes->len; i++) {
        const struct http_route *route = routes->pdata[i];
        g_ptr_array_add(search->allowed, (gpointer)route->method);
    }
    return NULL;
}

static const struct http_route *walk(const struct search *search, const struct node *node, unsigned at)
{
    const struct http_route *route = NULL;
    if (at == search->path->count) {
        route = try_list(search, node->routes);
    } else {
        const char *segment = search->path->segments[at];
        const struct node *child = g_hash_table_lookup(node->children, segment);
        if (child != NULL)
            route = walk(search, child, at + 1);
        if (route == NULL && node->any != NULL && segment[0] != '\0')
            route = walk(search, node->any, at + 1);
    }
    if (route == NULL && search->method != NULL)
        route = try_list(search, node->tails);
    return route;
}

static void path_clear(struct path *path)
{
    for (unsigned i = 0; i < path->count; i++)
        g_free(path->segments[i]);
}
typedef struct path path_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(path_auto, path_clear)

/* Splits first and decodes then, so that an escaped slash stays inside its segment. */
static bool path_parse(const char *text, struct path *path)
{
    path->count = 0;
    if (*text != '/')
        return false;
    while (*text == '/') {
        text++;
        if (path->count == MAX_SEGMENTS)
            return true; /* deeper than any route: ends in a tail or nowhere */
        size_t length = strcspn(text, "/");
        char *segment = query_decode(text, length, false);
        if (segment == NULL)
            return false;
        path->rest[path->count] = text;
        path->segments[path->count++] = segment;
        text += length;
    }
    path->rest[path->count] = text;
    return true;
}

static bool keep_parameters(const struct path *path, struct router_match *match)
{
    g_auto(GStrv) names = g_strsplit(match->route->path + 1, "/", -1);
    for (unsigned i = 0; names[i] != NULL; i++) {
        size_t length = strlen(names[i]);
        if (names[i][0] != '{')
            continue;
        bool tail = names[i][length - 2] == '*';
        const char *rest = i < path->count ? path->rest[i] : "";
        char *value = tail ? query_decode(rest, strlen(rest), false) : g_strdup(path->segments[i]);
        if (value == NULL)
            return false;
        match->names[match->count] = g_strndup(names[i] + 1, length - (tail ? 3 : 2));
        match->values[match->count++] = value;
    }
    return true;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "GET, HEAD, OPTIONS" out of the methods found; NULL when none. */
static char *format_allow(GPtrArray *allowed)
{
    if (allowed->len == 0)
        return NULL;
    for (guint i = 0, n = allowed->len; i < n; i++)
        if (strcmp(allowed->pdata[i], "GET") == 0)
            g_ptr_array_add(allowed, (gpointer) "HEAD");
    g_ptr_array_add(allowed, (gpointer) "OPTIONS");
    g_ptr_array_sort(allowed, by_name);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < allowed->len; i++)
        if (i == 0 || strcmp(allowed->pdata[i], allowed->pdata[i - 1]) != 0)
            g_string_append_printf(text, "%s%s", i == 0 ? "" : ", ", (const char *)allowed->pdata[i]);
    return g_string_free(text, FALSE);
}

bool router_find(const struct router *router, const char *method, const char *path, struct router_match *match)
{
    g_auto(path_auto) parsed = {0};
    memset(match, 0, sizeof *match);
    if (!path_parse(path, &parsed))
        return false;
    struct search search = {&parsed, method, NULL};
    match->route = walk(&search, router->root, 0);
    if (match->route != NULL)
        return keep_parameters(&parsed, match);
    g_autoptr(GPtrArray) allowed = g_ptr_array_new();
    search = (struct search){&parsed, NULL, allowed};
    walk(&search, router->root, 0);
    match->allow = format_allow(allowed);
    return true;
}

void router_match_clear(struct router_match *match)
{
    for (unsigned i = 0; i < match->count; i++) {
        g_free(match->names[i]);
        g_free(match->values[i]);
    }
    g_free(match->allow);
    memset(match, 0, sizeof *match);
}
