#include "understanding/tsv.h"

#include "base/limit.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

static bool refuse(GError **error, enum hy_error code, const char *name, size_t line, const char *why)
{
    if (line > 0)
        error_set(error, code, "data", "%s, line %zu: %s", name, line, why);
    else
        error_set(error, code, "data", "%s: %s", name, why);
    return false;
}

/* The line's bytes become the example's: label and text end in NUL where the tab and the line's end were. */
static bool take_line(struct tsv *tsv, char *begin, char *end, const char *name, size_t line, GError **error)
{
    if (end > begin && end[-1] == '\r')
        end--;
    if (end == begin)
        return true;
    char *tab = memchr(begin, '\t', (size_t)(end - begin));
    if (tab == NULL)
        return refuse(error, HY_ERROR_BAD_VALUE, name, line, "no tab between label and text");
    size_t length = (size_t)(tab - begin);
    if (length == 0)
        return refuse(error, HY_ERROR_BAD_VALUE, name, line, "no label before the tab");
    if (length > LIMIT_LABEL)
        return refuse(error, HY_ERROR_TOO_LONG, name, line, "a label this long is none");
    if (memchr(begin, '\0', length) != NULL || !g_utf8_validate(begin, (gssize)length, NULL))
        return refuse(error, HY_ERROR_BAD_VALUE, name, line, "the label is not UTF-8");
    if (tsv->examples->len >= LIMIT_EXAMPLES)
        return refuse(error, HY_ERROR_TOO_LARGE, name, line, "too many examples");
    *tab = '\0';
    *end = '\0';
    struct example example = {.label = begin, .text = tab + 1, .length = (size_t)(end - tab - 1), .weight = 1};
    g_array_append_val(tsv->examples, example);
    return true;
}

/* bytes end in a NUL that is not counted. */
static bool take_lines(struct tsv *tsv, size_t length, const char *name, GError **error)
{
    static const char MARK[] = "\xEF\xBB\xBF";
    char *at = tsv->bytes;
    char *all = at + length;
    if (length >= 3 && memcmp(at, MARK, 3) == 0)
        at += 3;
    tsv->examples = g_array_new(FALSE, FALSE, sizeof(struct example));
    for (size_t line = 1; at < all; line++) {
        char *end = memchr(at, '\n', (size_t)(all - at));
        if (end == NULL)
            end = all;
        if (!take_line(tsv, at, end, name, line, error))
            return false;
        at = end + 1;
    }
    return tsv->examples->len > 0 || refuse(error, HY_ERROR_EMPTY, name, 0, "there is no example in it");
}

/* gzread passes plain files through. NULL: error is set. */
static char *read_whole(const char *path, size_t *length, GError **error)
{
    enum { PIECE = 1 << 20 };
    size_t room = PIECE;
    g_autofree char *bytes = g_malloc(room + 1);
    gzFile file = gzopen(path, "rb");
    if (file == NULL) {
        refuse(error, HY_ERROR_NOT_FOUND, path, 0, g_strerror(errno));
        return NULL;
    }
    int got = 1;
    for (*length = 0; got > 0 && *length <= LIMIT_EXAMPLE_BYTES;) {
        if (room - *length < PIECE) {
            room *= 2;
            bytes = g_realloc(bytes, room + 1);
        }
        got = gzread(file, bytes + *length, PIECE);
        *length += got > 0 ? (size_t)got : 0;
    }
    int status = Z_OK;
    g_autofree char *why = g_strdup(gzerror(file, &status));
    if (status == Z_ERRNO)
        why = (g_free(why), g_strdup(g_strerror(errno)));
    int closed = gzclose(file);
    if (got < 0 || closed != Z_OK) {
        refuse(error, HY_ERROR_BAD_VALUE, path, 0, got < 0 ? why : "the compressed file is cut off");
        return NULL;
    }
    if (*length > LIMIT_EXAMPLE_BYTES) {
        refuse(error, HY_ERROR_TOO_LARGE, path, 0, "more text than can be learned from");
        return NULL;
    }
    bytes[*length] = '\0';
    return g_steal_pointer(&bytes);
}

bool tsv_read(struct tsv *tsv, const char *path, GError **error)
{
    size_t length = 0;
    *tsv = (struct tsv){.bytes = read_whole(path, &length, error)};
    return tsv->bytes != NULL && take_lines(tsv, length, path, error);
}

bool tsv_parse(struct tsv *tsv, const char *bytes, size_t length, const char *name, GError **error)
{
    *tsv = (struct tsv){0};
    if (length > LIMIT_EXAMPLE_BYTES)
        return refuse(error, HY_ERROR_TOO_LARGE, name, 0, "more text than can be learned from");
    tsv->bytes = g_malloc(length + 1);
    memcpy(tsv->bytes, bytes, length);
    tsv->bytes[length] = '\0';
    return take_lines(tsv, length, name, error);
}

void tsv_clear(struct tsv *tsv)
{
    g_clear_pointer(&tsv->examples, g_array_unref);
    g_clear_pointer(&tsv->bytes, g_free);
}
