#include "base/writer.h"

#include <string.h>

/* g_string_append_len without its general case: answers are made of thousands of short pieces. */
static inline void put(GString *text, const char *bytes, gsize length)
{
    if (G_UNLIKELY(text->len + length >= text->allocated_len)) {
        g_string_append_len(text, bytes, (gssize)length);
        return;
    }
    memcpy(text->str + text->len, bytes, length);
    text->len += length;
    text->str[text->len] = '\0';
}

void writer_init(struct writer *writer)
{
    writer->text = g_string_sized_new(1024);
    writer->comma = false;
}

char *writer_steal(struct writer *writer, gsize *length)
{
    if (length != NULL)
        *length = writer->text->len;
    GString *text = g_steal_pointer(&writer->text);
    return g_string_free(text, FALSE);
}

void writer_clear(struct writer *writer)
{
    if (writer->text != NULL)
        g_string_free(g_steal_pointer(&writer->text), TRUE);
}

static void separate(struct writer *writer)
{
    if (writer->comma)
        g_string_append_c(writer->text, ',');
    writer->comma = true;
}

static void begin(struct writer *writer, char bracket)
{
    separate(writer);
    g_string_append_c(writer->text, bracket);
    writer->comma = false;
}

static void end(struct writer *writer, char bracket)
{
    g_string_append_c(writer->text, bracket);
    writer->comma = true;
}

void writer_begin_object(struct writer *writer)
{
    begin(writer, '{');
}

void writer_end_object(struct writer *writer)
{
    end(writer, '}');
}

void writer_begin_array(struct writer *writer)
{
    begin(writer, '[');
}

void writer_end_array(struct writer *writer)
{
    end(writer, ']');
}

static void quote(GString *out, const char *text)
{
    static const char HEX[] = "0123456789abcdef";
    g_string_append_c(out, '"');
    const char *run = text;
    const char *at = text;
    for (; *at != '\0'; at++) {
        unsigned char byte = (unsigned char)*at;
        if (byte >= 0x20 && byte != '"' && byte != '\\')
            continue;
        put(out, run, (gsize)(at - run));
        run = at + 1;
        switch (byte) {
        case '"':
            put(out, "\\\"", 2);
            break;
        case '\\':
            put(out, "\\\\", 2);
            break;
        case '\n':
            put(out, "\\n", 2);
            break;
        default: {
            const char escape[6] = {'\\', 'u', '0', '0', HEX[byte >> 4], HEX[byte & 15]};
            put(out, escape, sizeof escape);
        }
        }
    }
    put(out, run, (gsize)(at - run));
    g_string_append_c(out, '"');
}

void writer_key(struct writer *writer, const char *key)
{
    separate(writer);
    g_string_append_c(writer->text, '"');
    put(writer->text, key, strlen(key));
    put(writer->text, "\":", 2);
    writer->comma = false;
}

void writer_text(struct writer *writer, const char *value)
{
    if (value == NULL) {
        writer_null(writer);
        return;
    }
    separate(writer);
    if (g_utf8_validate(value, -1, NULL)) {
        quote(writer->text, value);
        return;
    }
    g_autofree char *repaired = g_utf8_make_valid(value, -1);
    quote(writer->text, repaired);
}

void writer_i64(struct writer *writer, int64_t value)
{
    separate(writer);
    char digits[24];
    char *at = digits + sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        *--at = (char)('0' + left % 10);
    while ((left /= 10) != 0);
    if (value < 0)
        *--at = '-';
    put(writer->text, at, (gsize)(digits + sizeof digits - at));
}

void writer_real(struct writer *writer, double value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    separate(writer);
    g_string_append(writer->text, g_ascii_formatd(digits, sizeof digits, "%.6g", value));
}

void writer_bool(struct writer *writer, bool value)
{
    separate(writer);
    put(writer->text, value ? "true" : "false", value ? 4 : 5);
}

void writer_null(struct writer *writer)
{
    separate(writer);
    put(writer->text, "null", 4);
}

void writer_id(struct writer *writer, int64_t id)
{
    if (id == 0) {
        writer_null(writer);
        return;
    }
    separate(writer);
    g_string_append_c(writer->text, '"');
    writer->comma = false;
    writer_i64(writer, id);
    g_string_append_c(writer->text, '"');
}

void writer_raw(struct writer *writer, const char *json)
{
    separate(writer);
    const char *text = json ? json : "null";
    put(writer->text, text, strlen(text));
}

/* Days since 1970 to a date in the proleptic Gregorian calendar: Howard Hinnant,
 * "chrono-Compatible Low-Level Date Algorithms", civil_from_days. */
static void civil_date(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned day_of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

static char *two(char *at, unsigned value)
{
    *at++ = (char)('0' + value / 10 % 10);
    *at++ = (char)('0' + value % 10);
    return at;
}

void writer_time(struct writer *writer, int64_t ms)
{
    if (ms == 0) {
        writer_null(writer);
        return;
    }
    int64_t seconds = ms / 1000 - (ms % 1000 < 0);
    unsigned fraction = (unsigned)(ms - seconds * 1000);
    int64_t days = seconds / 86400 - (seconds % 86400 < 0);
    unsigned in_day = (unsigned)(seconds - days * 86400);
    int year = 0;
    unsigned month = 0;
    unsigned day = 0;
    civil_date(days, &year, &month, &day);
    year = CLAMP(year, 0, 9999);

    char text[32];
    char *at = text;
    *at++ = '"';
    at = two(at, (unsigned)year / 100);
    at = two(at, (unsigned)year % 100);
    *at++ = '-';
    at = two(at, month);
    *at++ = '-';
    at = two(at, day);
    *at++ = 'T';
    at = two(at, in_day / 3600);
    *at++ = ':';
    at = two(at, in_day / 60 % 60);
    *at++ = ':';
    at = two(at, in_day % 60);
    *at++ = '.';
    *at++ = (char)('0' + fraction / 100);
    at = two(at, fraction % 100);
    *at++ = 'Z';
    *at++ = '"';
    separate(writer);
    put(writer->text, text, (gsize)(at - text));
}

void writer_put_text(struct writer *writer, const char *key, const char *value)
{
    writer_key(writer, key);
    writer_text(writer, value);
}

void writer_put_i64(struct writer *writer, const char *key, int64_t value)
{
    writer_key(writer, key);
    writer_i64(writer, value);
}

void writer_put_bool(struct writer *writer, const char *key, bool value)
{
    writer_key(writer, key);
    writer_bool(writer, value);
}

void writer_put_id(struct writer *writer, const char *key, int64_t id)
{
    writer_key(writer, key);
    writer_id(writer, id);
}

void writer_put_time(struct writer *writer, const char *key, int64_t ms)
{
    writer_key(writer, key);
    writer_time(writer, ms);
}

void writer_put_raw(struct writer *writer, const char *key, const char *json)
{
    writer_key(writer, key);
    writer_raw(writer, json);
}
