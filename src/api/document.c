/* document.c - OpenAPI and plain JSON; document_text.c: Markdown and TypeScript. */
#include "api/document.h"

#include "api/call.h"
#include "api/route.h"
#include "base/writer.h"

#include <string.h>

/* ---- OpenAPI: shapes ---- */

static const char *type_name(enum field_type type)
{
    switch (type) {
    case FIELD_INT:
        return "integer";
    case FIELD_REAL:
        return "number";
    case FIELD_BOOL:
        return "boolean";
    default:
        return "string";
    }
}

static void put_enum(struct writer *out, const char *words, bool with_null)
{
    g_auto(GStrv) list = g_strsplit(words, "|", -1);
    writer_key(out, "enum");
    writer_begin_array(out);
    for (char **word = list; *word != NULL; word++)
        writer_text(out, *word);
    if (with_null)
        writer_null(out);
    writer_end_array(out);
}

static void put_reference(struct writer *out, const char *shape)
{
    g_autofree char *path = g_strconcat("#/components/schemas/", shape, NULL);
    writer_put_text(out, "$ref", path);
}

static void put_type(struct writer *out, const char *type, bool or_null)
{
    writer_key(out, "type");
    if (!or_null) {
        writer_text(out, type);
        return;
    }
    writer_begin_array(out);
    writer_text(out, type);
    writer_text(out, "null");
    writer_end_array(out);
}

static void put_plain(struct writer *out, enum field_type type, const char *detail, int64_t max, bool or_null)
{
    put_type(out, type_name(type), or_null);
    if (type == FIELD_ID)
        writer_put_text(out, "pattern", "^[0-9]{1,19}$");
    if (type == FIELD_TIME)
        writer_put_text(out, "format", "date-time");
    if (type == FIELD_ENUM)
        put_enum(out, detail, or_null);
    if (type == FIELD_INT && max != 0)
        writer_put_i64(out, "maximum", max);
    if (type == FIELD_TEXT && max != 0)
        writer_put_i64(out, "maxLength", max);
}

static void put_list(struct writer *out, const struct field *field, bool or_null)
{
    bool is_id = strcmp(field->detail, "ID") == 0;
    put_type(out, "array", or_null);
    writer_key(out, "items");
    writer_begin_object(out);
    if (is_id || strcmp(field->detail, "TEXT") == 0)
        put_plain(out, is_id ? FIELD_ID : FIELD_TEXT, "", 0, false);
    else
        put_reference(out, field->detail);
    writer_end_object(out);
    if (field->max != 0)
        writer_put_i64(out, "maxItems", field->max);
}

static void put_object(struct writer *out, const struct field *field, bool or_null)
{
    if (!or_null) {
        put_reference(out, field->detail);
        return;
    }
    writer_key(out, "anyOf");
    writer_begin_array(out);
    writer_begin_object(out);
    put_reference(out, field->detail);
    writer_end_object(out);
    writer_begin_object(out);
    writer_put_text(out, "type", "null");
    writer_end_object(out);
    writer_end_array(out);
}

static void put_field(struct writer *out, const struct field *field)
{
    writer_key(out, field->name);
    writer_begin_object(out);
    if (field->type == FIELD_OBJECT)
        put_object(out, field, !field->must);
    else if (field->type == FIELD_LIST)
        put_list(out, field, !field->must);
    else if (field->type != FIELD_JSON)
        put_plain(out, field->type, field->detail, field->max, !field->must);
    if (*field->about != '\0')
        writer_put_text(out, "description", field->about);
    writer_end_object(out);
}

static bool is_request(const struct shape *shape)
{
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (SHAPES + ROUTES[i].request == shape)
            return true;
    }
    return false;
}

static void put_shape(struct writer *out, const struct shape *shape)
{
    bool must = false;
    writer_key(out, shape->name);
    writer_begin_object(out);
    writer_put_text(out, "type", "object");
    if (*shape->about != '\0')
        writer_put_text(out, "description", shape->about);
    writer_key(out, "properties");
    writer_begin_object(out);
    for (const struct field *field = shape->fields; field->name != NULL; field++) {
        put_field(out, field);
        must |= field->must;
    }
    writer_end_object(out);
    if (must) {
        writer_key(out, "required");
        writer_begin_array(out);
        for (const struct field *field = shape->fields; field->name != NULL; field++) {
            if (field->must)
                writer_text(out, field->name);
        }
        writer_end_array(out);
    }
    if (is_request(shape))
        writer_put_bool(out, "additionalProperties", false);
    writer_end_object(out);
}

/* ---- OpenAPI: routes ---- */

static void put_parameter(struct writer *out, const char *in, const char *name, enum field_type type,
                          const char *detail, const char *about, int64_t max)
{
    bool in_path = strcmp(in, "path") == 0;
    writer_begin_object(out);
    writer_put_text(out, "name", name);
    writer_put_text(out, "in", in);
    writer_put_bool(out, "required", in_path);
    if (*about != '\0')
        writer_put_text(out, "description", about);
    writer_key(out, "schema");
    writer_begin_object(out);
    put_plain(out, type, detail, max, false);
    writer_end_object(out);
    writer_end_object(out);
}

static void put_parameters(struct writer *out, const struct route *route)
{
    writer_key(out, "parameters");
    writer_begin_array(out);
    if (strstr(route->path, "{id}") != NULL)
        put_parameter(out, "path", "id", FIELD_ID, "", "", 0);
    for (size_t i = 0; i < PARAMETER_COUNT; i++) {
        const struct parameter *parameter = PARAMETERS + i;
        if (strcmp(parameter->route, route->name) == 0)
            put_parameter(out, "query", parameter->name, parameter->type, parameter->detail, parameter->about, 0);
    }
    if ((route->flags & ROUTE_LIST) != 0) {
        put_parameter(out, "query", "limit", FIELD_INT, "", "rows of the page, 50 unless told", LIMIT_PAGE_MAX);
        put_parameter(out, "query", "cursor", FIELD_TEXT, "", "next_cursor of the page before", 0);
    }
    if ((route->flags & ROUTE_CREATES) != 0)
        put_parameter(out, "header", "Idempotency-Key", FIELD_TEXT, "",
                      "the same key and request again give the same answer for seven days", LIMIT_IDEMPOTENCY_KEY);
    if ((route->flags & ROUTE_STREAM) != 0)
        put_parameter(out, "header", "Last-Event-ID", FIELD_TEXT, "", "resumes behind this one", 0);
    writer_end_array(out);
}

/* {"application/json":{"schema":{"$ref":…}}}; shape NULL: anything */
static void put_content(struct writer *out, const char *type, const char *shape)
{
    writer_key(out, "content");
    writer_begin_object(out);
    writer_key(out, type);
    writer_begin_object(out);
    if (shape != NULL) {
        writer_key(out, "schema");
        writer_begin_object(out);
        put_reference(out, shape);
        writer_end_object(out);
    }
    writer_end_object(out);
    writer_end_object(out);
}

static void put_request(struct writer *out, const struct route *route)
{
    if (route->max_body == 0 || (route->request == SHAPE_Empty && (route->flags & ROUTE_RAW) == 0))
        return;
    writer_key(out, "requestBody");
    writer_begin_object(out);
    writer_put_bool(out, "required", true);
    if ((route->flags & ROUTE_RAW) != 0)
        put_content(out, "*/*", NULL);
    else
        put_content(out, "application/json", SHAPES[route->request].name);
    writer_end_object(out);
}

static void put_answers(struct writer *out, const struct route *route)
{
    g_autofree char *status = g_strdup_printf("%d", route->status);
    writer_key(out, "responses");
    writer_begin_object(out);
    writer_key(out, status);
    writer_begin_object(out);
    writer_put_text(out, "description", route->summary);
    if ((route->flags & ROUTE_STREAM) != 0)
        put_content(out, "text/event-stream", SHAPES[route->answer].name);
    else if (route->answer == SHAPE_Empty)
        put_content(out, "*/*", NULL);
    else
        put_content(out, "application/json", SHAPES[route->answer].name);
    writer_end_object(out);
    writer_key(out, "default");
    writer_begin_object(out);
    writer_put_text(out, "description", "What went wrong");
    put_content(out, "application/json", "Error");
    writer_end_object(out);
    writer_end_object(out);
}

static void put_security(struct writer *out, const struct route *route)
{
    static const char *const SCHEMES[] = {"bearer", "session"};
    writer_key(out, "security");
    writer_begin_array(out);
    for (size_t i = 0; i < G_N_ELEMENTS(SCHEMES) && !route_is_open(route); i++) {
        writer_begin_object(out);
        writer_key(out, SCHEMES[i]);
        writer_begin_array(out);
        writer_end_array(out);
        writer_end_object(out);
    }
    writer_end_array(out);
}

static void put_operation(struct writer *out, const struct route *route)
{
    g_autofree char *method = g_ascii_strdown(route->method, -1);
    writer_key(out, method);
    writer_begin_object(out);
    writer_put_text(out, "operationId", route->name);
    writer_put_text(out, "summary", route->summary);
    if (!route_is_open(route))
        writer_put_text(out, "x-permission", permission_name((enum permission)route->permission));
    put_security(out, route);
    put_parameters(out, route);
    put_request(out, route);
    put_answers(out, route);
    writer_end_object(out);
}

static bool is_first_of_path(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (strcmp(ROUTES[i].path, ROUTES[index].path) == 0)
            return false;
    }
    return true;
}

static void put_paths(struct writer *out)
{
    writer_key(out, "paths");
    writer_begin_object(out);
    for (size_t i = 0; i < ROUTE_COUNT; i++) {
        if (!is_first_of_path(i))
            continue;
        writer_key(out, ROUTES[i].path);
        writer_begin_object(out);
        for (size_t j = i; j < ROUTE_COUNT; j++) {
            if (strcmp(ROUTES[j].path, ROUTES[i].path) == 0)
                put_operation(out, ROUTES + j);
        }
        writer_end_object(out);
    }
    writer_end_object(out);
}

static void put_components(struct writer *out)
{
    writer_key(out, "components");
    writer_begin_object(out);
    writer_key(out, "schemas");
    writer_begin_object(out);
    for (size_t i = 0; i < SHAPE_COUNT; i++)
        put_shape(out, SHAPES + i);
    writer_end_object(out);
    writer_put_raw(out, "securitySchemes",
                   "{\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"an API token\"},"
                   "\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"huiyin_session\",\"description\":"
                   "\"a browser's session; calls that change something also need X-CSRF-Token\"}}");
    writer_end_object(out);
}

char *document_openapi(void)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_object(&out);
    writer_put_text(&out, "openapi", "3.1.0");
    writer_put_raw(&out, "info",
                   "{\"title\":\"Huiyin\",\"version\":\"" HUIYIN_VERSION
                   "\",\"summary\":\"Every message gets an echo\","
                   "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}}");
    writer_put_raw(&out, "servers", "[{\"url\":\"/\"}]");
    put_paths(&out);
    put_components(&out);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}

bool api_openapi_show(struct call *call, GError **error)
{
    (void)error;
    char *text = document_openapi();
    http_answer_take(call->request, 200, "application/json; charset=utf-8", text, strlen(text));
    return true;
}

/* ---- plain JSON, for tests ---- */

static void put_route(struct writer *out, const struct route *route)
{
    bool open = route_is_open(route);
    writer_begin_object(out);
    writer_put_text(out, "name", route->name);
    writer_put_text(out, "method", route->method);
    writer_put_text(out, "path", route->path);
    writer_put_text(out, "permission", open ? NULL : permission_name((enum permission)route->permission));
    writer_put_bool(out, "public", route->permission == ROUTE_PUBLIC);
    writer_key(out, "roles");
    writer_begin_array(out);
    for (int role = 0; role < ROLE_COUNT && !open; role++) {
        const char *name = role_name((enum role)role);
        if ((permission_of_role(name) & PERMISSION_BIT(route->permission)) != 0)
            writer_text(out, name);
    }
    writer_end_array(out);
    writer_put_bool(out, "creates", (route->flags & ROUTE_CREATES) != 0);
    writer_put_bool(out, "list", (route->flags & ROUTE_LIST) != 0);
    writer_put_bool(out, "raw", (route->flags & ROUTE_RAW) != 0);
    writer_put_bool(out, "stream", (route->flags & ROUTE_STREAM) != 0);
    writer_put_i64(out, "max_body", (int64_t)route->max_body);
    writer_put_text(out, "request", SHAPES[route->request].name);
    writer_put_i64(out, "status", route->status);
    writer_put_text(out, "answer", SHAPES[route->answer].name);
    writer_put_text(out, "summary", route->summary);
    writer_end_object(out);
}

char *document_json(void)
{
    g_auto(writer_auto) out;
    writer_init(&out);
    writer_begin_object(&out);
    writer_key(&out, "roles");
    writer_begin_array(&out);
    for (int role = 0; role < ROLE_COUNT; role++)
        writer_text(&out, role_name((enum role)role));
    writer_end_array(&out);
    writer_key(&out, "routes");
    writer_begin_array(&out);
    for (size_t i = 0; i < ROUTE_COUNT; i++)
        put_route(&out, ROUTES + i);
    writer_end_array(&out);
    writer_end_object(&out);
    return writer_steal(&out, NULL);
}
