/* A body against a shape (the first byte chooses it): either it is taken, and then what is not null has only known
 * names, or the first thing wrong is named in UTF-8. Cursors: what is taken is written back the same. */
#include "api/cursor.h"
#include "api/shape.h"

#include <stdint.h>
#include <string.h>

static void check_cursor(const char *text)
{
    int64_t keys[2];
    if (!cursor_parse("list", text, keys, 2, NULL))
        return;
    int64_t again[2];
    g_autofree char *cursor = cursor_format("list", keys, 2);
    g_assert_true(cursor_parse("list", cursor, again, 2, NULL));
    g_assert_cmpmem(keys, sizeof keys, again, sizeof again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    const struct shape *shape = SHAPES + data[0] % SHAPE_COUNT;
    g_autoptr(GError) error = NULL;
    json_auto_t *value = json_parse(data + 1, size - 1, NULL);
    if (value != NULL && !shape_check(shape, value, &error)) {
        g_assert_nonnull(error_field(error));
        g_assert_true(g_utf8_validate(error_field(error), -1, NULL));
    } else if (value != NULL) {
        const char *name = NULL;
        json_t *unused = NULL;
        json_object_foreach (value, name, unused) {
            bool known = false;
            for (const struct field *field = shape->fields; field->name != NULL; field++)
                known |= strcmp(field->name, name) == 0;
            g_assert_true(known);
        }
    }
    g_autofree char *text = g_strndup((const char *)data, size);
    check_cursor(text);
    return 0;
}
