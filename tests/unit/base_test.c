/* base_test.c - ids, times, JSON, secrets. */
#include "base/clock.h"
#include "base/gate.h"
#include "base/id.h"
#include "base/json.h"
#include "base/secret.h"
#include "base/writer.h"

#include <glib/gstdio.h>
#include <string.h>

static void test_ids_rise(void)
{
    int64_t last = 0;
    for (int i = 0; i < 10000; i++) {
        int64_t id = id_new(1700000000000);
        g_assert_cmpint(id, >, last);
        last = id;
    }
    g_assert_cmpint(id_time_ms(id_new(1800000000000)), ==, 1800000000000);
    int64_t before = id_new(1800000000000);
    for (int i = 0; i < 10000; i++) { /* the clock was set back by an hour: still new ones, still in order */
        int64_t id = id_new(1800000000000 - 3600000);
        g_assert_cmpint(id, >, before);
        before = id;
    }
    int64_t id = 0;
    g_assert_true(id_parse("9223372036854775807", &id));
    g_assert_cmpint(id, ==, INT64_MAX);
    const char *const bad[] = {"", "0", "-1", "+1", " 1", "1 ", "9223372036854775808", "abc", "1.0", "0x1"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        g_assert_false(id_parse(bad[i], &id));
}

static void test_json_written(void)
{
    g_auto(writer_auto) w = {0};
    writer_init(&w);
    writer_begin_object(&w);
    writer_put_text(&w, "text", "a\"\\\n\x01é");
    writer_put_text(&w, "broken", "x\xff");
    writer_put_id(&w, "none", 0);
    writer_put_id(&w, "id", INT64_MAX);
    writer_put_i64(&w, "least", INT64_MIN);
    writer_put_time(&w, "at", 1767323045678);
    writer_put_time(&w, "leap", 1709164800000);
    writer_key(&w, "list");
    writer_begin_array(&w);
    writer_bool(&w, true);
    writer_null(&w);
    writer_end_array(&w);
    writer_end_object(&w);
    gsize length = 0;
    g_autofree char *text = writer_steal(&w, &length);
    g_assert_cmpstr(text, ==,
                    "{\"text\":\"a\\\"\\\\\\n\\u0001é\",\"broken\":\"x\xEF\xBF\xBD\",\"none\":null,"
                    "\"id\":\"9223372036854775807\",\"least\":-9223372036854775808,\"at\":\"2026-01-02T03:04:05.678Z\","
                    "\"leap\":\"2024-02-29T00:00:00.000Z\",\"list\":[true,null]}");
    g_assert_cmpuint(length, ==, strlen(text));
}

static void test_json_refused(void)
{
    const char *const bad[] = {"", "{", "{\"a\":1,\"a\":2}", "\"\\u0000\"", "\"\xff\"", "{} x"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_null(json_parse(bad[i], strlen(bad[i]), &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_REQUEST);
    }
    g_autoptr(GString) deep = g_string_new(NULL);
    for (int i = 0; i < 40; i++)
        g_string_append_c(deep, '[');
    for (int i = 0; i < 40; i++)
        g_string_append_c(deep, ']');
    g_assert_null(json_parse(deep->str, deep->len, NULL));

    json_auto_t *object = json_parse("{\"id\":7,\"n\":\"x\"}", 16, NULL);
    int64_t id = 0;
    g_assert_true(json_get_id(object, "id", &id, NULL));
    g_assert_cmpint(id, ==, 7);
    g_autoptr(GError) error = NULL;
    const char *text = NULL;
    g_assert_false(json_get_text(object, "who", 10, &text, &error));
    g_assert_cmpstr(error_field(error), ==, "who");
    g_autofree char *said = error_text(error, LANG_EN);
    g_assert_cmpstr(said, ==, "who is missing.");
}

static void test_secrets(void)
{
    g_autofree char *dir = g_dir_make_tmp("huiyin-XXXXXX", NULL);
    g_autoptr(secret_auto) first = secret_load(dir, NULL);
    g_autoptr(secret_auto) again = secret_load(dir, NULL);
    g_autoptr(GBytes) sealed = secret_seal(first, "令牌 token");
    g_autofree char *opened = secret_open(again, sealed, NULL);
    g_assert_cmpstr(opened, ==, "令牌 token");
    g_autoptr(GBytes) cut = g_bytes_new_from_bytes(sealed, 0, g_bytes_get_size(sealed) - 1);
    g_autoptr(GError) error = NULL;
    g_assert_null(secret_open(first, cut, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_INTERNAL);
    g_autofree char *hash = secret_hash_password("correct horse", NULL);
    g_assert_true(secret_check_password(hash, "correct horse"));
    g_assert_false(secret_check_password(hash, "correct hors"));
    g_autofree char *key = g_build_filename(dir, "secret.key", NULL);
    GStatBuf info;
    g_assert_cmpint(g_stat(key, &info), ==, 0);
    g_assert_cmpint(info.st_mode & 0777, ==, 0600);
    g_unlink(key);
    g_rmdir(dir);
}

static void *enter_gate(void *gate)
{
    return GINT_TO_POINTER(gate_enter(gate, 20000, NULL));
}

static void test_gate(void)
{
    struct gate gate;
    gate_init(&gate, "things", 2, 1);
    g_autoptr(GError) error = NULL;
    g_assert_true(gate_enter(&gate, 0, NULL));
    g_assert_true(gate_enter(&gate, 0, NULL));
    g_assert_false(gate_enter(&gate, 10, &error)); /* waited, and there was no room */
    g_assert_error(error, HY_ERROR, HY_ERROR_BUSY);
    GThread *waits = g_thread_new("waits", enter_gate, &gate);
    for (unsigned waiting = 0; waiting == 0;) {
        g_mutex_lock(&gate.lock);
        waiting = gate.waiting;
        g_mutex_unlock(&gate.lock);
    }
    g_assert_false(gate_enter(&gate, 20000, NULL)); /* one waits already: said at once */
    gate_leave(&gate);
    g_assert_true(GPOINTER_TO_INT(g_thread_join(waits)));
    gate_leave(&gate);
    gate_leave(&gate);
    g_assert_cmpuint(gate.inside, ==, 0);
    gate_clear(&gate);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/id", test_ids_rise);
    g_test_add_func("/base/json/write", test_json_written);
    g_test_add_func("/base/json/refuse", test_json_refused);
    g_test_add_func("/base/secret", test_secrets);
    g_test_add_func("/base/gate", test_gate);
    return g_test_run();
}
