/* permission.h - roles, permissions, and which role may do what (permission.def). Pure; any thread.
 *
 *   role of a person ──permission_of_role──▶ bits ──∩ scopes of an API token──▶ struct actor ──▶ every check */
#pragma once
#include <stdbool.h>
#include <stdint.h>

enum permission {
#define PERMISSION(id, ...) PERMISSION_##id,
#include "desk/permission.def"
#undef PERMISSION
    PERMISSION_COUNT
};

#define PERMISSION_BIT(permission) (UINT64_C(1) << (permission))
#define PERMISSION_ALL (PERMISSION_BIT(PERMISSION_COUNT) - 1)

enum role { ROLE_ADMIN, ROLE_SUPERVISOR, ROLE_AGENT, ROLE_PR, ROLE_MARKETING, ROLE_VIEWER, ROLE_COUNT };

const char *role_name(enum role role); /* "admin" */
bool role_parse(const char *name, enum role *role);

/* What a role may do, as bits. Unknown names may do nothing. */
uint64_t permission_of_role(const char *role);

const char *permission_name(enum permission permission); /* "conversation.read" */
bool permission_parse(const char *name, enum permission *permission);

/* Bits of "all" or of names separated by blanks, as an API token keeps them. False: a name nobody knows. */
bool permission_parse_scopes(const char *scopes, uint64_t *bits);
