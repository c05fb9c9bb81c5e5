/* actor.h - who does something: handed down from the API or the command line to every domain function. */
#pragma once
#include "base/lang.h"
#include "desk/permission.h"

/* Borrowed for the call it is passed to. */
struct actor {
    int64_t person_id;   /* 0 = the program or the command line */
    const char *name;    /* as shown; "command line", "system" */
    const char *address; /* where from; "" = here */
    uint64_t permissions;
    enum lang lang;
};

static inline bool actor_may(const struct actor *actor, enum permission permission)
{
    return (actor->permissions & PERMISSION_BIT(permission)) != 0;
}
