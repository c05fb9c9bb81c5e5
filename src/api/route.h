/* route.h - the tables of the interface in memory: routes, their parameters, shapes and permissions.
 * From routes.def, parameters.def, shapes.def; read by call.c, document.c and the tests. Immutable; any thread. */
#pragma once
#include "base/error.h"
#include "base/limit.h"
#include "desk/permission.h"

#include <stddef.h>

struct call;

enum field_type {
    FIELD_TEXT,
    FIELD_ID,
    FIELD_INT,
    FIELD_REAL,
    FIELD_BOOL,
    FIELD_TIME,
    FIELD_ENUM,
    FIELD_OBJECT,
    FIELD_LIST,
    FIELD_JSON
};

struct field {
    const char *name; /* NULL ends a shape */
    enum field_type type;
    bool must;
    const char *detail; /* ENUM: words; OBJECT, LIST: a shape, "TEXT" or "ID" */
    int64_t max;
    const char *about;
};

struct shape {
    const char *name, *about;
    const struct field *fields;
};

enum shape_id {
#define SHAPE(name, ...) SHAPE_##name,
#define FIELD(...)
#define END
#include "api/shapes.def"
#undef SHAPE
#undef FIELD
#undef END
    SHAPE_COUNT
};
extern const struct shape SHAPES[SHAPE_COUNT];
const struct shape *shape_find(const char *name); /* NULL when there is none */

enum route_flag {
    ROUTE_CREATES = 1 << 0,
    ROUTE_LIST = 1 << 1,
    ROUTE_RAW = 1 << 2,
    ROUTE_STREAM = 1 << 3,
    ROUTE_DIRECT = 1 << 4,
    ROUTE_LATER = 1 << 5,
};

/* Besides the permissions: */
enum { ROUTE_PUBLIC = PERMISSION_COUNT, ROUTE_NOBODY_CHECKS };

struct route {
    const char *method, *path, *name;
    bool (*handler)(struct call *call, GError **error);
    int permission; /* enum permission, ROUTE_PUBLIC, ROUTE_NOBODY_CHECKS */
    unsigned flags;
    size_t max_body;
    enum shape_id request;
    int status;
    enum shape_id answer;
    const char *summary;
};
extern const struct route ROUTES[];
extern const size_t ROUTE_COUNT;

static inline bool route_is_open(const struct route *route)
{
    return route->permission >= PERMISSION_COUNT;
}

struct parameter {
    const char *route, *name;
    enum field_type type;
    const char *detail, *about;
};
extern const struct parameter PARAMETERS[];
extern const size_t PARAMETER_COUNT;
