#include "http/internal.h"

#include "http/query.h"

#include <string.h>

#define MAX_HEADER_TEXT 16384 /* more than libmicrohttpd's pool can hold */

struct http_request *request_new(struct http_server *server, const char *target)
{
    struct http_request *request = g_new0(struct http_request, 1);
    g_atomic_ref_count_init(&request->refs);
    g_mutex_init(&request->lock);
    request->server = server_ref(server);
    request->target = g_strdup(target);
    char *mark = strchr(request->target, '?');
    if (mark != NULL)
        *mark = '\0';
    request->query = mark ? mark + 1 : "";
    return request;
}

void request_give_up_memory(struct http_request *request)
{
    g_clear_pointer(&request->target, g_free);
    request->query = "";
    g_clear_pointer(&request->headers, g_free);
    router_match_clear(&request->match);
    g_clear_pointer(&request->incoming, g_byte_array_unref);
    g_clear_pointer(&request->body, g_bytes_unref);
    g_clear_pointer(&request->extra, g_ptr_array_unref);
    g_clear_pointer(&request->decoded, g_hash_table_unref);
}

struct http_request *request_ref(struct http_request *request)
{
    g_atomic_ref_count_inc(&request->refs);
    return request;
}

void request_unref(struct http_request *request)
{
    if (!g_atomic_ref_count_dec(&request->refs))
        return;
    request_give_up_memory(request);
    g_clear_pointer(&request->response, MHD_destroy_response);
    g_clear_pointer(&request->stream, http_stream_unref);
    server_unref(request->server);
    g_mutex_clear(&request->lock);
    g_free(request);
}

/* ---- reading the header ---- */

struct header_copy {
    GString *text;
    unsigned lengths, encodings; /* how often Content-Length and Transfer-Encoding stand there */
    bool broken, chunked;
};

static enum MHD_Result copy_header(void *data, enum MHD_ValueKind kind, const char *name, size_t name_size,
                                   const char *value, size_t value_size)
{
    struct header_copy *copy = data;
    (void)kind;
    if (value == NULL) {
        value = "";
        value_size = 0;
    }
    if (memchr(name, '\0', name_size) || memchr(value, '\0', value_size) ||
        copy->text->len + name_size + value_size > MAX_HEADER_TEXT) {
        copy->broken = true;
        return MHD_NO;
    }
    g_string_append_len(copy->text, name, (gssize)name_size);
    g_string_append_c(copy->text, '\0');
    g_string_append_len(copy->text, value, (gssize)value_size);
    g_string_append_c(copy->text, '\0');
    if (g_ascii_strcasecmp(name, "Content-Length") == 0) {
        copy->lengths++;
        copy->broken |= value_size == 0 || strspn(value, "0123456789") != value_size;
    } else if (g_ascii_strcasecmp(name, "Transfer-Encoding") == 0) {
        copy->encodings++;
        copy->chunked = g_ascii_strcasecmp(value, "chunked") == 0;
    }
    return MHD_YES;
}

/* The address the request came from, seen through proxies that are trusted to say so: from the right of
 * X-Forwarded-For up to the first that is not. */
static void find_remote(struct http_request *request, const struct sockaddr *peer)
{
    struct net_address address;
    if (peer == NULL || !net_from_sockaddr(peer, &address))
        return;
    const struct net_set *trusted = request->server->trusted;
    bool from_proxy = net_set_has(trusted, &address);
    g_autoptr(GString) chain = g_string_new(NULL);
    for (const char *at = request->headers; *at != '\0'; at += strlen(at) + 1) {
        const char *value = at + strlen(at) + 1;
        if (from_proxy && g_ascii_strcasecmp(at, "X-Forwarded-For") == 0)
            g_string_append_printf(chain, ",%s", value);
        at = value;
    }
    g_auto(GStrv) hops = g_strsplit(chain->str, ",", 0);
    for (guint i = g_strv_length(hops); i > 0 && net_set_has(trusted, &address); i--) {
        char *hop = g_strstrip(hops[i - 1]);
        struct net_address next;
        if (*hop == '\0')
            continue;
        if (!net_parse(hop, &next))
            break;
        address = next;
    }
    net_format(&address, request->remote);
    const char *scheme = from_proxy ? http_header(request, "X-Forwarded-Proto") : NULL;
    request->is_tls = scheme != NULL && g_ascii_strcasecmp(scheme, "https") == 0;
}

int request_read_header(struct http_request *request, const char *method, struct MHD_Connection *mhd)
{
    struct header_copy copy = {g_string_sized_new(512), 0, 0, false, false};
    MHD_get_connection_values_n(mhd, MHD_HEADER_KIND, copy_header, &copy);
    g_string_append_c(copy.text, '\0');
    request->headers = g_string_free(copy.text, FALSE);
    g_strlcpy(request->method, method, sizeof request->method);
    request->mhd = mhd;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    find_remote(request, info ? info->client_addr : NULL);
    if (copy.broken || copy.lengths > 1 || copy.encodings > 1 || (copy.lengths && copy.encodings) ||
        (copy.encodings && !copy.chunked))
        return HY_ERROR_BAD_REQUEST + 1;
    if (strlen(method) >= sizeof request->method)
        return HY_ERROR_METHOD + 1;
    return 0;
}

/* ---- accessors ---- */

const char *http_method(const struct http_request *request)
{
    return request->method;
}

const char *http_path(const struct http_request *request)
{
    return request->target;
}

const char *http_parameter(const struct http_request *request, const char *name)
{
    for (unsigned i = 0; i < request->match.count; i++)
        if (strcmp(request->match.names[i], name) == 0)
            return request->match.values[i];
    return NULL;
}

/* Keeps what query_get and query_cookie make for as long as the request: kind is '?' or ';'. */
static const char *remember(struct http_request *request, char kind, const char *name, const char *from,
                            char *(*find)(const char *, const char *))
{
    g_autofree char *key = g_strdup_printf("%c%s", kind, name);
    gpointer known = NULL;
    if (request->decoded == NULL)
        request->decoded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (g_hash_table_lookup_extended(request->decoded, key, NULL, &known))
        return known;
    char *value = find(from, name);
    g_hash_table_insert(request->decoded, g_steal_pointer(&key), value);
    return value;
}

const char *http_query(struct http_request *request, const char *name)
{
    return *request->query == '\0' ? NULL : remember(request, '?', name, request->query, query_get);
}

char **http_query_all(const struct http_request *request, const char *name)
{
    return query_get_all(request->query, name);
}

const char *http_query_string(const struct http_request *request)
{
    return request->query;
}

const char *http_header(const struct http_request *request, const char *name)
{
    for (const char *at = request->headers; at != NULL && *at != '\0';) {
        const char *value = at + strlen(at) + 1;
        if (g_ascii_strcasecmp(at, name) == 0)
            return value;
        at = value + strlen(value) + 1;
    }
    return NULL;
}

const char *http_cookie(struct http_request *request, const char *name)
{
    const char *header = http_header(request, "Cookie");
    return header == NULL ? NULL : remember(request, ';', name, header, query_cookie);
}

GBytes *http_body(const struct http_request *request)
{
    static GBytes *none;
    if (request->body != NULL)
        return request->body;
    if (g_once_init_enter(&none))
        g_once_init_leave(&none, g_bytes_new_static("", 0));
    return none;
}

const char *http_remote(const struct http_request *request)
{
    return request->remote;
}

bool http_is_tls(const struct http_request *request)
{
    return request->is_tls;
}

const struct http_route *http_route_of(const struct http_request *request)
{
    return request->match.route;
}

struct http_server *http_server_of(const struct http_request *request)
{
    return request->server;
}

/* ---- the answer ---- */

static bool is_clean(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 || *text == 0x7f)
            return false;
    return true;
}

void http_add_header(struct http_request *request, const char *name, const char *value)
{
    if (!is_clean(value))
        return;
    if (request->extra == NULL)
        request->extra = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(request->extra, g_strdup(name));
    g_ptr_array_add(request->extra, g_strdup(value));
}

static bool has_extra(const struct http_request *request, const char *name)
{
    for (guint i = 0; request->extra != NULL && i < request->extra->len; i += 2)
        if (g_ascii_strcasecmp(request->extra->pdata[i], name) == 0)
            return true;
    return false;
}

void request_put_headers(struct http_request *request, struct MHD_Response *response, const char *content_type)
{
    static const struct {
        const char *name, *value;
        bool html; /* only for pages */
    } USUAL[] = {
        {"Cache-Control", "no-store", false},
        {"X-Content-Type-Options", "nosniff", false},
        {"Referrer-Policy", "same-origin", false},
        {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'", true},
    };
    bool html = content_type != NULL && g_str_has_prefix(content_type, "text/html");
    if (content_type != NULL)
        MHD_add_response_header(response, "Content-Type", content_type);
    for (size_t i = 0; i < G_N_ELEMENTS(USUAL); i++)
        if ((html || !USUAL[i].html) && !has_extra(request, USUAL[i].name))
            MHD_add_response_header(response, USUAL[i].name, USUAL[i].value);
    for (guint i = 0; request->extra != NULL && i < request->extra->len; i += 2)
        MHD_add_response_header(response, request->extra->pdata[i], request->extra->pdata[i + 1]);
    if (http_server_stopping(request->server))
        MHD_add_response_header(response, "Connection", "close");
}

/* Gives the answer to the connection, or drops it when that is gone. Takes over response and the answerer's
 * reference of the request; borrows stream. */
void request_set_response(struct http_request *request, int status, struct MHD_Response *response,
                          struct http_stream *stream)
{
    g_mutex_lock(&request->lock);
    g_assert(!request->answered); /* twice would be a mistake of ours */
    request->answered = true;
    bool gone = request->mhd == NULL;
    if (!gone) {
        request->response = response;
        request->status = status;
        if (stream != NULL) {
            request->stream = http_stream_ref(stream);
            stream_attach(stream, request);
        }
        if (request->suspended) {
            request->suspended = false;
            MHD_resume_connection(request->mhd);
        }
    }
    g_mutex_unlock(&request->lock);
    if (gone) {
        MHD_destroy_response(response);
        if (stream != NULL)
            stream_end(stream);
    }
    request_unref(request);
}

static void free_body(void *bytes)
{
    g_bytes_unref(bytes);
}

void http_answer(struct http_request *request, int status, const char *content_type, GBytes *body)
{
    size_t length = 0;
    const void *data = body ? g_bytes_get_data(body, &length) : NULL;
    struct MHD_Response *response = length == 0 ? MHD_create_response_from_buffer(0, (void *)"", MHD_RESPMEM_PERSISTENT)
                                                : MHD_create_response_from_buffer_with_free_callback_cls(
                                                      length, (void *)data, free_body, g_bytes_ref(body));
    request_put_headers(request, response, content_type);
    request->sent = length;
    request_set_response(request, status, response, NULL);
}

void http_answer_take(struct http_request *request, int status, const char *content_type, char *text, size_t length)
{
    g_autoptr(GBytes) body = g_bytes_new_take(text, length);
    http_answer(request, status, content_type, body);
}

void http_fail(struct http_request *request, enum hy_error code)
{
    const struct http_options *options = &request->server->options;
    if (options->on_error != NULL && __atomic_load_n(&request->server->stopping, __ATOMIC_SEQ_CST) < 2) {
        options->on_error(request, code, options->data);
        return;
    }
    char *text = g_strdup_printf("%s\n", error_name(code));
    http_answer_take(request, error_http_status(code), "text/plain; charset=utf-8", text, strlen(text));
}
