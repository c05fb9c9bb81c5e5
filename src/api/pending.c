/* pending.c - goes when every handler is there. */
#include "api/call.h"

#define ROUTE(method, path, name, ...)                                                                                 \
    __attribute__((weak)) bool api_##name(struct call *call, GError **error)                                           \
    {                                                                                                                  \
        error_set(error, HY_ERROR_NOT_SUPPORTED, NULL, "%s has no handler yet", call->request ? #name : "");           \
        return false;                                                                                                  \
    }
#include "api/routes.def"
#undef ROUTE
