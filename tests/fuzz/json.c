/* JSON read and written: what is accepted is within the depth, and its compact form is read as the same value.
 * Any bytes at all become a valid JSON string. */
#include "base/json.h"
#include "base/limit.h"
#include "base/writer.h"

#include <string.h>

static void round_trip(const json_t *value)
{
    g_autofree char *text = json_format(value);
    g_autoptr(GError) error = NULL;
    json_auto_t *again = json_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    g_assert_true(json_equal(value, again));
}

static void read_fields(const json_t *object)
{
    const char *text = NULL;
    int64_t number = 0;
    bool truth = false;
    if (json_opt_text(object, "text", LIMIT_MESSAGE_TEXT, &text, NULL) && text != NULL)
        g_assert_true(g_utf8_validate(text, -1, NULL));
    if (json_opt_id(object, "id", &number, NULL))
        g_assert_cmpint(number, >=, 0);
    if (json_opt_i64(object, "count", 1, 9, 5, &number, NULL))
        g_assert_true(number >= 1 && number <= 9);
    json_opt_bool(object, "on", false, &truth, NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    json_auto_t *value = json_parse(data, size, NULL);
    if (value != NULL) {
        round_trip(value);
        if (json_is_object(value))
            read_fields(value);
    }
    g_autofree char *text = g_strndup((const char *)data, size);
    g_auto(writer_auto) writer;
    writer_init(&writer);
    writer_begin_array(&writer);
    writer_text(&writer, text);
    writer_end_array(&writer);
    gsize length;
    g_autofree char *written = writer_steal(&writer, &length);
    g_autoptr(GError) error = NULL;
    json_auto_t *array = json_parse(written, length, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(json_array_size(array), ==, 1);
    return 0;
}
