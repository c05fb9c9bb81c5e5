/* document_text.c - the interface as Markdown for people and as TypeScript for the console. */
#include "api/document.h"
#include "api/route.h"
#include "base/error.h"
#include "store/event.h"

#include <string.h>

/* ---- TypeScript ---- */

static char *union_of(const char *words)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    g_autofree char *inner = g_strjoinv("' | '", list);
    return g_strconcat("'", inner, "'", NULL);
}

static char *ts_type(enum field_type type, const char *detail)
{
    static const char *const PLAIN[] = {
        [FIELD_TEXT] = "string",  [FIELD_ID] = "ID",     [FIELD_INT] = "number",  [FIELD_REAL] = "number",
        [FIELD_BOOL] = "boolean", [FIELD_TIME] = "Time", [FIELD_JSON] = "unknown"};
    switch (type) {
    case FIELD_ENUM:
        return union_of(detail);
    case FIELD_OBJECT:
        return g_strdup(detail);
    case FIELD_LIST:
        return g_strconcat(strcmp(detail, "TEXT") == 0 ? "string" : detail, "[]", NULL);
    default:
        return g_strdup(PLAIN[type]);
    }
}

static void ts_shape(GString *out, const struct shape *shape)
{
    if (*shape->about != '\0')
        g_string_append_printf(out, "/** %s */\n", shape->about);
    g_string_append_printf(out, "export interface %s {\n", shape->name);
    for (const struct field *field = shape->fields; field->name != NULL; field++) {
        g_autofree char *type = ts_type(field->type, field->detail);
        if (*field->about != '\0')
            g_string_append_printf(out, "  /** %s */\n", field->about);
        g_string_append_printf(out, "  %s%s: %s%s\n", field->name, field->must ? "" : "?", type,
                               field->must ? "" : " | null");
    }
    g_string_append(out, "}\n\n");
}

static void ts_names(GString *out, const char *type, const char *(*name)(int index), int count)
{
    g_string_append_printf(out, "export type %s =\n", type);
    for (int i = 0; i < count; i++)
        g_string_append_printf(out, "  | '%s'\n", name(i));
    g_string_append_c(out, '\n');
}

static const char *event_name(int index)
{
    return event_kind_name((enum event_kind)index);
}

static const char *may_name(int index)
{
    return permission_name((enum permission)index);
}

static const char *code_name(int index)
{
    return error_name((enum hy_error)index);
}

static void ts_query(GString *out, const struct route *route)
{
    bool any = false;
    g_string_append(out, "query: {");
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter *parameter = PARAMETERS + i;
        if (strcmp(parameter->route, route->name) != 0)
            continue;
        g_autofree char *type = parameter->type == FIELD_ENUM  ? union_of(parameter->detail)
                                : parameter->type == FIELD_INT ? g_strdup("number")
                                                               : g_strdup("string");
        g_string_append_printf(out, "%s%s?: %s", any ? "; " : " ", parameter->name, type);
        any = true;
    }
    if ((route->flags & ROUTE_LIST) != 0)
        g_string_append_printf(out, "%scursor?: string; limit?: number", any ? "; " : " ");
    g_string_append(out, any || (route->flags & ROUTE_LIST) != 0 ? " }" : "}");
}

char *document_typescript(void)
{
    GString *out = g_string_new("// Generated from the tables of the program. Do not edit.\n\n"
                                "export type ID = string\nexport type Time = string\n\n");
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        ts_shape(out, SHAPES + i);
    ts_names(out, "EventKind", event_name, EVENT_KIND_COUNT);
    ts_names(out, "Permission", may_name, PERMISSION_COUNT);
    ts_names(out, "ErrorCode", code_name, HY_ERROR_COUNT);
    g_string_append(out, "export const ROUTES = {\n");
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = ROUTES + i;
        g_string_append_printf(out, "  %s: { method: '%s', path: '%s', permission: '%s', creates: %s, list: %s },\n",
                               route->name, route->method, route->path,
                               route_is_open(route) ? "" : permission_name((enum permission)route->permission),
                               (route->flags & ROUTE_CREATES) != 0 ? "true" : "false",
                               (route->flags & ROUTE_LIST) != 0 ? "true" : "false");
    }
    g_string_append(out, "} as const\n\nexport interface Calls {\n");
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = ROUTES + i;
        g_string_append_printf(out, "  %s: { request: %s; answer: %s; ", route->name, SHAPES[route->request].name,
                               SHAPES[route->answer].name);
        ts_query(out, route);
        g_string_append(out, " }\n");
    }
    g_string_append(out, "}\n");
    return g_string_free(out, FALSE);
}

/* ---- Markdown ---- */

/* "[Session](#session)": headings' anchors are in small letters. */
static void md_link(GString *out, const char *shape)
{
    g_autofree char *anchor = g_ascii_strdown(shape, -1);
    g_string_append_printf(out, "[%s](#%s)", shape, anchor);
}

static void md_routes(GString *out)
{
    g_string_append(out, "## Addresses\n\n| | | who | body | answer | |\n|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        const struct route *route = ROUTES + i;
        const char *who = route->permission == ROUTE_PUBLIC ? "everybody"
                          : route->permission == ROUTE_NOBODY_CHECKS
                              ? "its own proof"
                              : permission_name((enum permission)route->permission);
        g_string_append_printf(out, "| %s | `%s` | %s | ", route->method, route->path, who);
        if (route->request != SHAPE_Empty) {
            md_link(out, SHAPES[route->request].name);
            g_string_append_c(out, ' ');
        }
        g_string_append_printf(out, "| %d ", route->status);
        if (route->answer != SHAPE_Empty)
            md_link(out, SHAPES[route->answer].name);
        g_string_append_printf(out, " | %s |\n", route->summary);
    }
}

static void md_parameters(GString *out)
{
    g_string_append(out, "\n## Query parameters\n\nLists also take `limit` (1 to 200, 50 unless told) and `cursor`.\n\n"
                         "| call | parameter | values | |\n|---|---|---|---|\n");
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter *parameter = PARAMETERS + i;
        static const char *const TYPES[] = {
            [FIELD_TEXT] = "text", [FIELD_ID] = "id", [FIELD_INT] = "number", [FIELD_ENUM] = ""};
        g_autoptr(GString) values =
            g_string_new(parameter->type == FIELD_ENUM ? parameter->detail : TYPES[parameter->type]);
        g_string_replace(values, "|", " · ", 0);
        g_string_append_printf(out, "| %s | `%s` | %s | %s |\n", parameter->route, parameter->name, values->str,
                               parameter->about);
    }
}

static void md_field(GString *out, const struct field *field)
{
    static const char *const TYPES[] = {
        [FIELD_TEXT] = "text", [FIELD_ID] = "id",     [FIELD_INT] = "integer", [FIELD_REAL] = "number",
        [FIELD_BOOL] = "bool", [FIELD_TIME] = "time", [FIELD_JSON] = "JSON"};
    g_autoptr(GString) type = g_string_new(NULL);
    bool list = field->type == FIELD_LIST;
    if (field->type == FIELD_ENUM) {
        g_string_assign(type, field->detail);
        g_string_replace(type, "|", " · ", 0);
    } else if (list && (strcmp(field->detail, "TEXT") == 0 || strcmp(field->detail, "ID") == 0)) {
        g_string_printf(type, "list of %s", strcmp(field->detail, "ID") == 0 ? "id" : "text");
    } else if (list || field->type == FIELD_OBJECT) {
        g_string_assign(type, list ? "list of " : "");
        md_link(type, field->detail);
    } else {
        g_string_assign(type, TYPES[field->type]);
    }
    if (field->max != 0)
        g_string_append_printf(type, ", at most %" G_GINT64_FORMAT, field->max);
    g_string_append_printf(out, "| `%s`%s | %s | %s |\n", field->name, field->must ? "" : " ?", type->str,
                           field->about);
}

static void md_shapes(GString *out)
{
    g_string_append(out,
                    "\n## Shapes\n\nA field marked ? may be left out of a request and may be null in an answer.\n");
    for (size_t i = 0; i < SHAPE_COUNT; i++) {
        const struct shape *shape = SHAPES + i;
        g_string_append_printf(out, "\n### %s\n\n", shape->name);
        if (*shape->about != '\0')
            g_string_append_printf(out, "%s.\n\n", shape->about);
        if (shape->fields->name == NULL)
            continue;
        g_string_append(out, "| field | | |\n|---|---|---|\n");
        for (const struct field *field = shape->fields; field->name != NULL; field++)
            md_field(out, field);
    }
}

static void md_rest(GString *out)
{
    static const char *const EVENTS[] = {
#define EVENT(id, name, permission, about) about,
#include "store/event.def"
#undef EVENT
    };
    static const struct {
        const char *roles, *about;
    } MAY[] = {
#define PERMISSION(id, name, roles, zh, en) {roles, en},
#include "desk/permission.def"
#undef PERMISSION
    };
    g_string_append(out, "\n## Events\n\n| kind | |\n|---|---|\n");
    for (int i = 0; i < EVENT_KIND_COUNT; i++)
        g_string_append_printf(out, "| `%s` | %s |\n", event_name(i), EVENTS[i]);
    g_string_append(out, "\n## Permissions\n\nRoles: **A**dmin, **S**upervisor, a**G**ent, **P**R, **M**arketing, "
                         "**V**iewer.\n\n| permission | roles | |\n|---|---|---|\n");
    for (int i = 0; i < PERMISSION_COUNT; i++)
        g_string_append_printf(out, "| `%s` | %s | %s |\n", may_name(i), MAY[i].roles, MAY[i].about);
    g_string_append(out, "\n## Errors\n\n| code | status | again? |\n|---|---|---|\n");
    for (int i = 0; i < HY_ERROR_COUNT; i++)
        g_string_append_printf(out, "| `%s` | %d | %s |\n", code_name(i), error_http_status((enum hy_error)i),
                               error_may_retry((enum hy_error)i) ? "yes" : "");
}

char *document_markdown(void)
{
    GString *out = g_string_new(
        "# The interface\n\n"
        "Made by `huiyin routes --format md` from the tables in `src/api`; the same as OpenAPI 3.1 at "
        "`/openapi.json`.\n\n"
        "* **Who**: `Authorization: Bearer TOKEN` (`huiyin token add`), or a browser's session; with a session, calls "
        "that "
        "change something need its token as `X-CSRF-Token`.\n"
        "* **JSON** in and out, UTF-8. Ids are strings of digits, times `2026-01-02T03:04:05.678Z`. A field that is "
        "unknown, missing, too long or of another type is refused by name.\n"
        "* **Errors**: `{\"error\":{\"code\",\"message\",\"field\"}}`; the message is in the caller's language "
        "(`Accept-Language`, or the setting of the user).\n"
        "* **Lists**: `{\"items\":[…],\"next_cursor\":…}`; null: that was the last page.\n"
        "* **Once**: calls that create take `Idempotency-Key`. The same key and request again give the first answer "
        "with "
        "`Idempotency-Replayed: true` for seven days.\n"
        "* **Live**: `GET /api/v1/events` sends `event: hello`, then `event: change` with `id:` and a list of "
        "[Event](#event), `event: presence` without id, and `event: reload` when there is too much to catch up on. "
        "`Last-Event-ID` resumes without gap or repeat.\n\n");
    md_routes(out);
    md_parameters(out);
    md_shapes(out);
    md_rest(out);
    return g_string_free(out, FALSE);
}
