/* kit.h - what connectors share: settings as numbers, fields with their whole name in the error,
 * payloads as platforms really send them, forms, waits.
 *
 * Pure like the connectors themselves. Any thread. */
#pragma once
#include "channels/channel.h"

#include <inttypes.h>

/* ---- settings ---- */

/* A setting as a whole number; its default where the stored text is none. */
int64_t kit_setting_i64(const struct channel_account *account, const char *key);
bool kit_setting_yes(const struct channel_account *account, const char *key); /* "yes" */

/* For check_settings: BAD_VALUE naming the key. An empty value passes kit_check_url. */
bool kit_check_url(const struct channel_account *account, const char *key, GError **error);
bool kit_check_range(const struct channel_account *account, const char *key, int64_t min, int64_t max, GError **error);
bool kit_check_yes_no(const struct channel_account *account, const char *key, GError **error);
bool kit_check_id(const struct channel_account *account, const char *key, GError **error); /* "" or decimal digits */

/* ---- reading ---- */

/* json_parse for platforms that send half an emoji (a lone surrogate), \u0000 or a broken byte inside a
 * customer's text: these become U+FFFD, so that one such text cannot stop a whole list. */
json_t *kit_parse(const void *data, size_t length, GError **error);

/* As json_get_text and its sisters, the error naming "path.key" ("data.author.id"). path NULL = the top level. */
bool kit_get_text(const json_t *object, const char *path, const char *key, size_t max_bytes, const char **out,
                  GError **error);
bool kit_opt_text(const json_t *object, const char *path, const char *key, size_t max_bytes, const char **out,
                  GError **error);
bool kit_opt_url(const json_t *object, const char *path, const char *key, const char **out, GError **error);
bool kit_get_object(const json_t *object, const char *path, const char *key, const json_t **out, GError **error);

bool kit_is_url(const char *text); /* http or https with a host, at most LIMIT_URL bytes, nothing odd inside */

/* RFC 3339 with a zone: "2026-01-02T03:04:05.678+08:00". False when it is none. */
bool kit_parse_time(const char *text, int64_t *ms);

/* ---- writing ---- */

char *kit_cut_text(const char *text); /* at LIMIT_MESSAGE_TEXT, between characters, with "…"; g_free */
GBytes *kit_raw(const json_t *item);  /* its JSON, cut at LIMIT_RAW_PAYLOAD */

void kit_form_add(GString *form, const char *key, const char *value); /* application/x-www-form-urlencoded */
void kit_header(struct channel_request *request, const char *name, const char *value);

/* ---- answers ---- */

/* Retry-After, as seconds or as a date, from 1 s to a day; 0 when absent or unreadable. */
int64_t kit_retry_after_ms(const struct channel_response *response, int64_t now_ms);

/* Sets fate, wait and code (copied, NULL = none); what the outcome held before is freed. */
void kit_outcome(struct channel_outcome *outcome, enum channel_fate fate, int64_t wait_ms, const char *native_code);
