/* Labelled texts of any bytes: what is read lies inside, labels are words, and errors name the line. */
#include "understanding/tsv.h"

#include "base/limit.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_auto(tsv_auto) tsv = {0};
    g_autoptr(GError) error = NULL;
    bool read = tsv_parse(&tsv, (const char *)data, size, "fuzz.tsv", &error);
    g_assert_true(read == (error == NULL));
    if (!read) {
        g_assert_nonnull(strstr(error->message, "fuzz.tsv"));
        return 0;
    }
    g_assert_cmpuint(tsv.examples->len, >, 0);
    for (guint i = 0; i < tsv.examples->len; i++) {
        const struct example *example = &g_array_index(tsv.examples, struct example, i);
        g_assert_true(*example->label != '\0' && strlen(example->label) <= LIMIT_LABEL);
        g_assert_true(g_utf8_validate(example->label, -1, NULL));
        g_assert_true(example->text > tsv.bytes && example->text + example->length <= tsv.bytes + size);
        g_assert_cmpint(example->text[example->length], ==, '\0');
    }
    return 0;
}
