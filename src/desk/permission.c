#include "desk/permission.h"

#include <glib.h>
#include <string.h>

static const char *const ROLES[ROLE_COUNT] = {"admin", "supervisor", "agent", "pr", "marketing", "viewer"};
static const char LETTERS[ROLE_COUNT + 1] = "ASGPMV";

static const struct {
    const char *name, *roles;
} PERMISSIONS[PERMISSION_COUNT] = {
#define PERMISSION(id, name, roles, ...) [PERMISSION_##id] = {name, roles},
#include "desk/permission.def"
#undef PERMISSION
};

const char *role_name(enum role role)
{
    return ROLES[role];
}

bool role_parse(const char *name, enum role *role)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(ROLES[i], name) == 0) {
            *role = (enum role)i;
            return true;
        }
    }
    return false;
}

uint64_t permission_of_role(const char *name)
{
    enum role role;
    uint64_t bits = 0;
    if (!role_parse(name, &role))
        return 0;
    for (int i = 0; i < PERMISSION_COUNT; i++) {
        if (strchr(PERMISSIONS[i].roles, LETTERS[role]) != NULL)
            bits |= PERMISSION_BIT(i);
    }
    return bits;
}

const char *permission_name(enum permission permission)
{
    return PERMISSIONS[permission].name;
}

bool permission_parse(const char *name, enum permission *permission)
{
    for (int i = 0; i < PERMISSION_COUNT; i++) {
        if (strcmp(PERMISSIONS[i].name, name) == 0) {
            *permission = (enum permission)i;
            return true;
        }
    }
    return false;
}

bool permission_parse_scopes(const char *scopes, uint64_t *bits)
{
    g_auto(GStrv) names = g_strsplit(scopes, " ", -1);
    *bits = 0;
    for (char **name = names; *name != NULL; name++) {
        enum permission permission;
        if (**name == '\0')
            continue;
        if (strcmp(*name, "all") == 0)
            *bits = PERMISSION_ALL;
        else if (permission_parse(*name, &permission))
            *bits |= PERMISSION_BIT(permission);
        else
            return false;
    }
    return true;
}
