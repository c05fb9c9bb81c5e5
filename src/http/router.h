/* router.h - which route an address means. Built once, then read by any thread. */
#pragma once
#include "http/server.h"

#define ROUTER_MAX_PARAMETERS 8

struct router;

/* BAD_VALUE naming "routes" for a path that is no path and for two routes that nothing tells apart. routes is
 * borrowed. Free with router_free. */
struct router *router_new(const struct http_route *routes, size_t count, GError **error);
void router_free(struct router *router);

struct router_match {
    const struct http_route *route; /* NULL: none with this method */
    char *allow;                    /* then: "GET, HEAD, OPTIONS", or NULL when the path is not known at all */
    unsigned count;
    char *names[ROUTER_MAX_PARAMETERS];  /* owned */
    char *values[ROUTER_MAX_PARAMETERS]; /* owned, decoded */
};

/* False when the path is not decodable: BAD_REQUEST. path begins with '/' and has no query. O(segments) for tables
 * without overlaps. match is overwritten; clear it afterwards. */
bool router_find(const struct router *router, const char *method, const char *path, struct router_match *match);
void router_match_clear(struct router_match *match);
