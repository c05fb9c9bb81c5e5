#include "base/client.h"

#include "base/limit.h"
#include "base/net.h"

#include <curl/curl.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_TIMEOUT_MS 20000
#define CONNECT_TIMEOUT_MS 10000L
#define KEEP_IDLE_S 30L /* a kept connection that was idle for longer is not used again */
#define MAX_HEADERS (64 * 1024)

struct client {
    struct client_options options;
    struct net_set *allow;
    char *ca_file;
    CURLM *multi;
    GThread *thread;

    GMutex lock;  /* of what follows */
    GQueue fresh; /* of struct call: sent and not yet seen by the thread */
    unsigned under_way;
    bool closing;
    struct client_counters counters;

    GHashTable *calls; /* CURL * → struct call; the thread's own */
};

struct call {
    struct client *client;
    CURL *easy;
    struct curl_slist *headers;
    char *method, *url;
    GBytes *body;
    long timeout_ms;
    size_t max_response;
    unsigned redirects;
    bool may_repeat;
    client_callback callback;
    void *data;

    int64_t began_us;
    unsigned attempts; /* how often curl was about to write a request */
    bool stopped;      /* an attempt too many was refused */
    bool guarded;      /* an address was refused */
    bool too_large;
    GByteArray *received;
    GString *answer_headers; /* "name" NUL "value" NUL …, of the last answer */
    char error[CURL_ERROR_SIZE];
};

static void call_free(struct call *call)
{
    if (call->easy != NULL)
        curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    g_free(call->method);
    g_free(call->url);
    g_clear_pointer(&call->body, g_bytes_unref);
    g_clear_pointer(&call->received, g_byte_array_unref);
    if (call->answer_headers != NULL)
        g_string_free(call->answer_headers, TRUE);
    g_free(call);
}
typedef struct call call_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(call_auto, call_free)

/* ---- what curl asks during a call ---- */

static bool may_connect(const struct client *client, const struct sockaddr *to)
{
    struct net_address address;
    if (!client->options.guard)
        return true;
    return net_from_sockaddr(to, &address) && (net_is_public(&address) || net_set_has(client->allow, &address));
}

/* The address is the resolved one and the socket opened here is the one used: a second look-up cannot differ. */
static curl_socket_t on_open(void *data, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct call *call = data;
    if (purpose != CURLSOCKTYPE_IPCXN || !may_connect(call->client, &to->addr)) {
        call->guarded = true;
        return CURL_SOCKET_BAD;
    }
    return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* Connected, TLS agreed, and about to write the request. More often than once and once for each redirect means that
 * curl found a kept connection dead and begins again. */
static int on_request(void *data, char *remote, char *local, int remote_port, int local_port)
{
    struct call *call = data;
    long followed = 0;
    (void)remote, (void)local, (void)remote_port, (void)local_port;
    curl_easy_getinfo(call->easy, CURLINFO_REDIRECT_COUNT, &followed);
    if (++call->attempts > 1 + (unsigned)followed && !call->may_repeat) {
        call->stopped = true;
        return CURL_PREREQFUNC_ABORT;
    }
    return CURL_PREREQFUNC_OK;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct call *call = user;
    size_t length = size * count;
    if (call->received->len + length > call->max_response) {
        call->too_large = true;
        return 0;
    }
    g_byte_array_append(call->received, (const guint8 *)data, (guint)length);
    return length;
}

static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    struct call *call = user;
    size_t length = size * count;
    const char *colon = memchr(data, ':', length);
    if (length >= 5 && memcmp(data, "HTTP/", 5) == 0) { /* another answer begins: 100, a redirect */
        g_string_truncate(call->answer_headers, 0);
        g_byte_array_set_size(call->received, 0);
        return length;
    }
    if (colon == NULL || memchr(data, '\0', length) != NULL)
        return length;
    if (call->answer_headers->len + length > MAX_HEADERS) {
        call->too_large = true;
        return 0;
    }
    g_autofree char *value = g_strstrip(g_strndup(colon + 1, length - (size_t)(colon + 1 - data)));
    g_string_append_len(call->answer_headers, data, colon - data);
    g_string_append_c(call->answer_headers, '\0');
    g_string_append(call->answer_headers, value);
    g_string_append_c(call->answer_headers, '\0');
    return length;
}

/* ---- the client's thread ---- */

static void set_options(struct call *call)
{
    CURL *easy = call->easy;
    bool head = strcmp(call->method, "HEAD") == 0, get = strcmp(call->method, "GET") == 0;
    curl_easy_setopt(easy, CURLOPT_URL, call->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Huiyin/" HUIYIN_VERSION);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, call->timeout_ms);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, MIN(call->timeout_ms, CONNECT_TIMEOUT_MS));
    curl_easy_setopt(easy, CURLOPT_MAXAGE_CONN, KEEP_IDLE_S);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, call->redirects > 0 ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_MAXREDIRS, (long)call->redirects);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, call->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, call);
    if (head)
        curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
    if (call->body != NULL || (!head && !get)) {
        gsize length = 0;
        const void *body = call->body ? g_bytes_get_data(call->body, &length) : NULL;
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)length);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body ? body : "");
    }
    if (!head)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, call->method);
    if (call->client->ca_file != NULL)
        curl_easy_setopt(easy, CURLOPT_CAINFO, call->client->ca_file);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, on_open);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, call);
    curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_request);
    curl_easy_setopt(easy, CURLOPT_PREREQDATA, call);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, call);
}

static bool anything_left(const struct call *call)
{
    long header_bytes = 0;
    curl_off_t body_bytes = 0;
    curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &header_bytes);
    curl_easy_getinfo(call->easy, CURLINFO_SIZE_UPLOAD_T, &body_bytes);
    return header_bytes > 0 || body_bytes > 0;
}

static const char *detail_of(const struct call *call, CURLcode code)
{
    if (call->guarded && code == CURLE_COULDNT_CONNECT)
        return "the address is not public";
    if (call->too_large)
        return "the answer is too large";
    if (call->stopped)
        return "the kept connection closed while the request was under way";
    return call->error[0] != '\0' ? call->error : curl_easy_strerror(code);
}

/* Tells the caller; the call is over. */
static void finish(struct call *call, CURLcode code)
{
    struct client *client = call->client;
    struct client_response response = {.detail = "", .body = "", .headers = call->answer_headers};
    long status = 0;
    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    if (code == CURLE_OK && status >= 200) {
        response.fate = CLIENT_ANSWERED;
        response.status = (int)status;
        response.body = call->received->data ? (const void *)call->received->data : "";
        response.body_length = call->received->len;
    } else {
        response.fate = call->stopped || anything_left(call) ? CLIENT_BROKEN_OFF : CLIENT_NOT_REACHED;
        response.detail = detail_of(call, code);
        response.guarded = call->guarded && response.fate == CLIENT_NOT_REACHED;
    }
    response.took_ms = (g_get_monotonic_time() - call->began_us) / 1000;
    call->callback(&response, call->data);
    g_mutex_lock(&client->lock);
    client->under_way--;
    if (response.fate == CLIENT_ANSWERED)
        client->counters.answered++;
    else if (response.fate == CLIENT_NOT_REACHED)
        client->counters.not_reached++;
    else
        client->counters.broken_off++;
    g_mutex_unlock(&client->lock);
    call_free(call);
}

static void begin(struct client *client, struct call *call)
{
    set_options(call);
    g_hash_table_insert(client->calls, call->easy, call);
    if (curl_multi_add_handle(client->multi, call->easy) != CURLM_OK) {
        g_hash_table_remove(client->calls, call->easy);
        finish(call, CURLE_FAILED_INIT);
    }
}

static bool take_fresh(struct client *client)
{
    GQueue fresh = G_QUEUE_INIT;
    g_mutex_lock(&client->lock);
    fresh = client->fresh;
    g_queue_init(&client->fresh);
    bool closing = client->closing;
    g_mutex_unlock(&client->lock);
    for (struct call *call; (call = g_queue_pop_head(&fresh)) != NULL;)
        begin(client, call);
    return !closing;
}

static void take_finished(struct client *client)
{
    int left = 0;
    for (CURLMsg *message; (message = curl_multi_info_read(client->multi, &left)) != NULL;) {
        CURL *easy = message->easy_handle;
        CURLcode code = message->data.result;
        struct call *call = g_hash_table_lookup(client->calls, easy);
        if (message->msg != CURLMSG_DONE || call == NULL)
            continue;
        curl_multi_remove_handle(client->multi, easy);
        g_hash_table_remove(client->calls, easy);
        finish(call, code);
    }
}

static void cancel_all(struct client *client)
{
    g_autoptr(GList) calls = g_hash_table_get_values(client->calls);
    for (GList *at = calls; at != NULL; at = at->next) {
        struct call *call = at->data;
        curl_multi_remove_handle(client->multi, call->easy);
        g_strlcpy(call->error, "the program is stopping", sizeof call->error);
        finish(call, CURLE_ABORTED_BY_CALLBACK);
    }
    g_hash_table_remove_all(client->calls);
}

static void *run(void *data)
{
    struct client *client = data;
    while (take_fresh(client)) {
        int running = 0;
        curl_multi_perform(client->multi, &running);
        take_finished(client);
        curl_multi_poll(client->multi, NULL, 0, 1000, NULL);
    }
    cancel_all(client);
    return NULL;
}

/* ---- from outside ---- */

struct client *client_new(const struct client_options *options, GError **error)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&ready, 1);
    }
    g_autoptr(client_auto) client = g_new0(struct client, 1);
    g_autoptr(GError) wrong = NULL;
    g_mutex_init(&client->lock);
    g_queue_init(&client->fresh);
    client->options = options ? *options : (struct client_options){0};
    client->ca_file = g_strdup(client->options.ca_file);
    client->calls = g_hash_table_new(NULL, NULL);
    client->allow = net_set_parse(client->options.allow, &wrong);
    if (client->allow == NULL) {
        error_set(error, HY_ERROR_BAD_VALUE, "allow", "%s", wrong->message);
        return NULL;
    }
    client->multi = curl_multi_init();
    if (client->multi == NULL) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "curl could not be started");
        return NULL;
    }
    unsigned total = client->options.max_connections, each = client->options.max_host_connections;
    curl_multi_setopt(client->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)(total ? total : 64));
    curl_multi_setopt(client->multi, CURLMOPT_MAX_HOST_CONNECTIONS, (long)(each ? each : 8));
    curl_multi_setopt(client->multi, CURLMOPT_MAXCONNECTS, (long)(total ? total : 64));
    curl_multi_setopt(client->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    if (client->options.max_calls == 0)
        client->options.max_calls = 4096;
    client->thread = g_thread_new("client", run, client);
    return g_steal_pointer(&client);
}

void client_free(struct client *client)
{
    if (client == NULL)
        return;
    if (client->thread != NULL) {
        g_mutex_lock(&client->lock);
        client->closing = true;
        g_mutex_unlock(&client->lock);
        curl_multi_wakeup(client->multi);
        g_thread_join(client->thread);
    }
    if (client->multi != NULL)
        curl_multi_cleanup(client->multi);
    g_hash_table_unref(client->calls);
    net_set_free(client->allow);
    g_free(client->ca_file);
    g_mutex_clear(&client->lock);
    g_free(client);
}

static bool is_line(const char *text)
{
    for (; *text != '\0'; text++)
        if ((unsigned char)*text < 0x20 && *text != '\t')
            return false;
    return true;
}

static bool check(const struct client_request *request, GError **error)
{
    static const char TOKEN[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    const char *method = request->method ? request->method : "GET";
    if (*method == '\0' || strspn(method, TOKEN) != strlen(method)) {
        error_set(error, HY_ERROR_BAD_VALUE, "method", "not a method");
        return false;
    }
    if (request->url == NULL || *request->url == '\0') {
        error_set(error, HY_ERROR_BAD_VALUE, "url", "no URL");
        return false;
    }
    if (strlen(request->url) > LIMIT_URL) {
        error_set(error, HY_ERROR_TOO_LONG, "url", "longer than %d bytes", LIMIT_URL);
        return false;
    }
    CURLU *parts = curl_url();
    char *scheme = NULL;
    bool good = is_line(request->url) && strchr(request->url, ' ') == NULL &&
                curl_url_set(parts, CURLUPART_URL, request->url, 0) == CURLUE_OK &&
                curl_url_get(parts, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
                (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
    curl_free(scheme);
    curl_url_cleanup(parts);
    if (!good) {
        error_set(error, HY_ERROR_BAD_VALUE, "url", "not an http or https URL");
        return false;
    }
    for (const char *const *header = request->headers; header != NULL && *header != NULL; header++) {
        if (!is_line(*header) || strchr(*header, ':') == NULL || **header == ':') {
            error_set(error, HY_ERROR_BAD_VALUE, "headers", "not \"Name: value\" on one line");
            return false;
        }
    }
    return true;
}

/* "Name:" alone would take the header away in curl's language; sent empty it is written "Name;". */
static char *curl_header(const char *header)
{
    const char *colon = strchr(header, ':');
    return colon[1 + strspn(colon + 1, " \t")] == '\0' ? g_strdup_printf("%.*s;", (int)(colon - header), header)
                                                       : g_strdup(header);
}

static struct call *call_new(struct client *client, const struct client_request *request, client_callback callback,
                             void *data)
{
    struct call *call = g_new0(struct call, 1);
    call->client = client;
    call->method = g_strdup(request->method ? request->method : "GET");
    call->url = g_strdup(request->url);
    call->body = request->body ? g_bytes_ref(request->body) : NULL;
    call->timeout_ms = request->timeout_ms > 0 ? request->timeout_ms : DEFAULT_TIMEOUT_MS;
    call->max_response = request->max_response ? request->max_response : LIMIT_RESPONSE;
    call->redirects = request->redirects;
    call->may_repeat = request->may_repeat || strcmp(call->method, "GET") == 0 || strcmp(call->method, "HEAD") == 0;
    call->callback = callback;
    call->data = data;
    call->began_us = g_get_monotonic_time();
    call->received = g_byte_array_new();
    call->answer_headers = g_string_new(NULL);
    call->headers = curl_slist_append(NULL, "Expect:"); /* no waiting for 100: the request leaves in one go */
    bool typed = false;
    for (const char *const *header = request->headers; header != NULL && *header != NULL; header++) {
        g_autofree char *line = curl_header(*header);
        typed |= g_ascii_strncasecmp(line, "Content-Type:", 13) == 0;
        call->headers = curl_slist_append(call->headers, line);
    }
    if (!typed) /* curl would say it is a form */
        call->headers = curl_slist_append(call->headers, "Content-Type:");
    call->easy = curl_easy_init();
    return call;
}

bool client_send(struct client *client, const struct client_request *request, client_callback callback, void *data,
                 GError **error)
{
    if (!check(request, error))
        return false;
    g_autoptr(call_auto) call = call_new(client, request, callback, data);
    if (call->easy == NULL) {
        error_set(error, HY_ERROR_INTERNAL, NULL, "curl has no handle left");
        return false;
    }
    g_mutex_lock(&client->lock);
    bool taken = !client->closing && client->under_way < client->options.max_calls;
    if (taken) {
        client->under_way++;
        g_queue_push_tail(&client->fresh, g_steal_pointer(&call));
    }
    g_mutex_unlock(&client->lock);
    if (!taken) {
        error_set(error, HY_ERROR_BUSY, NULL, "too many outgoing requests at one time");
        return false;
    }
    curl_multi_wakeup(client->multi);
    return true;
}

const char *client_response_header(const struct client_response *response, const char *name)
{
    const GString *headers = response->headers;
    for (gsize at = 0; at < headers->len;) {
        const char *key = headers->str + at, *value = key + strlen(key) + 1;
        if (g_ascii_strcasecmp(key, name) == 0)
            return value;
        at += strlen(key) + strlen(value) + 2;
    }
    return NULL;
}

void client_counters(struct client *client, struct client_counters *out)
{
    g_mutex_lock(&client->lock);
    *out = client->counters;
    out->under_way = client->under_way;
    g_mutex_unlock(&client->lock);
}
