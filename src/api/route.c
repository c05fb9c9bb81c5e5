#include "api/route.h"

#include "api/call.h"

#include <string.h>

#define MUST true
#define MAY false
const struct shape SHAPES[SHAPE_COUNT] = {
#define SHAPE(name, about)                                                                                             \
    {                                                                                                                  \
#name, about, (const struct field[])                                                                           \
        {
#define FIELD(name, type, need, detail, max, about) {#name, FIELD_##type, need, detail, max, about},
#define END                                                                                                            \
    {                                                                                                                  \
        NULL                                                                                                           \
    }                                                                                                                  \
    }                                                                                                                  \
    }                                                                                                                  \
    ,
#include "api/shapes.def"
#undef SHAPE
#undef FIELD
#undef END
};

enum {
    CREATES = ROUTE_CREATES,
    LIST = ROUTE_LIST,
    RAW = ROUTE_RAW,
    STREAM = ROUTE_STREAM,
    DIRECT = ROUTE_DIRECT,
    LATER = ROUTE_LATER,
    PERMISSION_PUBLIC = ROUTE_PUBLIC,
    PERMISSION_NOBODY_CHECKS = ROUTE_NOBODY_CHECKS,
};
const struct route ROUTES[] = {
#define ROUTE(method, path, name, permission, flags, max_body, request, status, answer, summary)                       \
    {#method,         path,   #name,          api_##name, PERMISSION_##permission, flags, max_body,                    \
     SHAPE_##request, status, SHAPE_##answer, summary},
#include "api/routes.def"
#undef ROUTE
};
const size_t ROUTE_COUNT = G_N_ELEMENTS(ROUTES);

const struct parameter PARAMETERS[] = {
#define PARAMETER(route, name, type, detail, about) {#route, #name, FIELD_##type, detail, about},
#include "api/parameters.def"
#undef PARAMETER
};
const size_t PARAMETER_COUNT = G_N_ELEMENTS(PARAMETERS);

const struct shape *shape_find(const char *name)
{
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        if (strcmp(SHAPES[i].name, name) == 0)
            return SHAPES + i;
    }
    return NULL;
}
