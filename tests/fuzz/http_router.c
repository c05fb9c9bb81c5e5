/* Any path against a small table: a match has decoded parameters, and what is not matched says which methods would be.
 */
#include "http/limit.h"
#include "http/router.h"

#include <string.h>

static void handler(struct http_request *request, void *data)
{
    (void)request;
    (void)data;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct http_route ROUTES[] = {
        {"GET", "/api/things", 0, 0, handler, NULL},
        {"POST", "/api/things/{id}", 0, 0, handler, NULL},
        {"GET", "/api/{kind}/{id}/x", 0, 0, handler, NULL},
        {"GET", "/{path*}", 0, 0, handler, NULL},
    };
    static struct router *router;
    if (router == NULL)
        router = router_new(ROUTES, G_N_ELEMENTS(ROUTES), NULL);
    g_autofree char *path = g_strndup((const char *)data, size);
    static const char *const METHODS[] = {"GET", "HEAD", "POST", "DELETE"};
    for (gsize i = 0; i < G_N_ELEMENTS(METHODS); i++) {
        struct router_match match;
        bool good = router_find(router, METHODS[i], path, &match);
        g_assert_true(good || match.route == NULL || match.count < ROUTER_MAX_PARAMETERS);
        for (unsigned n = 0; n < match.count; n++)
            g_assert_true(g_utf8_validate(match.values[n], -1, NULL));
        g_assert_true(match.route == NULL || match.allow == NULL);
        g_assert_false(good && i < 2 && match.route == NULL); /* {path*} takes every GET */
        router_match_clear(&match);
    }
    char key[64];
    limit_address_key(path, key, sizeof key);
    return 0;
}
