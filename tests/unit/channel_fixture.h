/* channel_fixture.h - requests and answers for connector tests, made from plain text. */
#pragma once
#include "channels/channel.h"

#include <string.h>

#define FIXTURE_PAIRS 12

/* Headers or query parameters: name, value, name, value, …, NULL. */
struct fixture_pairs {
    const char *pair[FIXTURE_PAIRS];
};

struct fixture_request {
    struct fixture_pairs headers, query;
};

static inline const char *fixture_find(const struct fixture_pairs *pairs, const char *name)
{
    for (int i = 0; i + 1 < FIXTURE_PAIRS && pairs->pair[i] != NULL; i += 2)
        if (g_ascii_strcasecmp(pairs->pair[i], name) == 0)
            return pairs->pair[i + 1];
    return NULL;
}

static inline const char *fixture_header(const void *request, const char *name)
{
    return fixture_find(&((const struct fixture_request *)request)->headers, name);
}

static inline const char *fixture_query(const void *request, const char *name)
{
    return fixture_find(&((const struct fixture_request *)request)->query, name);
}

static inline struct channel_push fixture_push(const char *method, const struct fixture_request *request,
                                               const char *body)
{
    return (struct channel_push){method, fixture_header, fixture_query, request, body, strlen(body)};
}

static inline const char *fixture_response_header(const void *response, const char *name)
{
    return fixture_find(response, name);
}

static inline struct channel_response fixture_answer(int status, const char *body)
{
    static const struct fixture_pairs NONE = {{NULL}};
    return (struct channel_response){CHANNEL_ANSWERED, status, fixture_response_header, &NONE, body, strlen(body)};
}

static inline struct channel_response fixture_answer_with(int status, const struct fixture_pairs *headers,
                                                          const char *body)
{
    return (struct channel_response){CHANNEL_ANSWERED, status, fixture_response_header, headers, body, strlen(body)};
}

static inline struct channel_response fixture_failure(enum channel_failure failure)
{
    struct channel_response response = fixture_answer(0, "");
    response.failure = failure;
    return response;
}

/* tests/unit/fixtures/NAME, whole. g_free. */
static inline char *fixture_read(const char *name)
{
    g_autofree char *path = g_test_build_filename(G_TEST_DIST, "fixtures", name, NULL);
    char *content = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents(path, &content, NULL, &error);
    g_assert_no_error(error);
    return content;
}

/* The value of a request's header; NULL when it is not sent. Borrowed. */
static inline const char *fixture_sent_header(const struct channel_request *request, const char *name)
{
    for (guint i = 0; i < request->headers->len; i++) {
        const char *line = g_ptr_array_index(request->headers, i);
        size_t length = strlen(name);
        if (g_ascii_strncasecmp(line, name, length) == 0 && strncmp(line + length, ": ", 2) == 0)
            return line + length + 2;
    }
    return NULL;
}

static inline char *fixture_sent_body(const struct channel_request *request)
{
    gsize length = 0;
    const char *data = g_bytes_get_data(request->body, &length);
    return g_strndup(data, length);
}

static inline void fixture_assert_error(const GError *error, enum hy_error code, const char *field)
{
    g_assert_error(error, HY_ERROR, (int)code);
    g_assert_cmpstr(error_field(error), ==, field);
}

/* Settings from JSON, with the kind's defaults filled in. json_decref. */
static inline json_t *fixture_settings(const struct channel_kind *kind, const char *json)
{
    g_autoptr(GError) error = NULL;
    json_t *settings = json_parse(json, strlen(json), &error);
    g_assert_no_error(error);
    g_assert_true(channel_settings_complete(kind, settings, &error));
    g_assert_no_error(error);
    return settings;
}
