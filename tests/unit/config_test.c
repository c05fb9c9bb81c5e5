/* config_test.c - where a setting comes from, and what is refused. */
#include "base/config.h"

#include <glib/gstdio.h>
#include <string.h>

static void test_defaults(void)
{
    g_autoptr(config_auto) config = config_new();
    g_assert_cmpstr(config->listen, ==, "127.0.0.1:8080");
    g_assert_cmpstr(config->trusted_proxies, ==, "loopback");
    g_assert_cmpint(config->workers, ==, 8);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        g_assert_cmpint(config->source[i], ==, CONFIG_DEFAULT);
        g_assert_true(g_str_has_prefix(config_environment(key), "HUIYIN_"));
        for (enum lang lang = LANG_ZH; lang < LANG_COUNT; lang++)
            g_assert_cmpstr(config_help(key, lang), !=, "");
    }
    g_assert_cmpstr(config_environment(CONFIG_KEY_trusted_proxies), ==, "HUIYIN_TRUSTED_PROXIES");
}

static void test_order(void)
{
    g_autofree char *dir = g_dir_make_tmp("huiyin-config-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(dir, "huiyin.conf", NULL);
    g_assert_true(g_file_set_contents(file, "[huiyin]\n# ours\nworkers = 3\nlog_level = warn\nlang = en\n", -1, NULL));
    g_autofree char *data = g_strdup_printf("HUIYIN_DATA=%s", dir);
    const char *const environment[] = {data, "HUIYIN_WORKERS=4", "HUIYIN_LOG_LEVEL=error", "OTHER=1", NULL};
    g_auto(config_arguments_auto) arguments = {0};
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_autoptr(GError) error = NULL;
    g_option_context_set_main_group(context, config_option_group(&arguments, LANG_EN));
    g_auto(GStrv) line = g_strsplit("huiyin --workers 5 --trusted-proxies 10.0.0.0/8 serve", " ", -1);
    g_assert_true(g_option_context_parse_strv(context, &line, &error));
    g_autoptr(config_auto) config = config_load(&arguments, environment, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(config->data, ==, dir);
    g_assert_cmpint(config->workers, ==, 5);
    g_assert_cmpint(config->source[CONFIG_KEY_workers], ==, CONFIG_ARGUMENT);
    g_assert_cmpstr(config->log_level, ==, "error");
    g_assert_cmpint(config->source[CONFIG_KEY_log_level], ==, CONFIG_ENVIRONMENT);
    g_assert_cmpstr(config->lang, ==, "en");
    g_assert_cmpint(config->source[CONFIG_KEY_lang], ==, CONFIG_FILE);
    g_assert_cmpstr(config->trusted_proxies, ==, "10.0.0.0/8");
    g_assert_cmpstr(line[1], ==, "serve");
    g_autofree char *help = g_option_context_get_help(context, TRUE, NULL);
    g_assert_nonnull(strstr(help, "--listen=HOST:PORT"));
    g_remove(file);
    g_rmdir(dir);
}

static void test_bad_values(void)
{
    static const struct {
        enum config_key key;
        const char *value;
    } BAD[] = {
        {CONFIG_KEY_workers, "0"},
        {CONFIG_KEY_workers, "257"},
        {CONFIG_KEY_workers, "4x"},
        {CONFIG_KEY_workers, ""},
        {CONFIG_KEY_listen, "8080"},
        {CONFIG_KEY_listen, "host:70000"},
        {CONFIG_KEY_listen, ":80"},
        {CONFIG_KEY_listen, "a b:80"},
        {CONFIG_KEY_listen, "[::1:80"},
        {CONFIG_KEY_public_url, "example"},
        {CONFIG_KEY_public_url, "ftp://x/"},
        {CONFIG_KEY_public_url, "http://x/?a"},
        {CONFIG_KEY_db, "mysql://x"},
        {CONFIG_KEY_log_level, "loud"},
        {CONFIG_KEY_log_level, "debug|info"},
        {CONFIG_KEY_lang, "fr"},
        {CONFIG_KEY_data, ""},
        {CONFIG_KEY_data, "a\nb"},
        {CONFIG_KEY_trusted_proxies, "lan"},
        {CONFIG_KEY_data, "\xff"},
        {CONFIG_KEY_outbound_allow, "10.0.0.0/33"},
    };
    g_autoptr(config_auto) config = config_new();
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(config_set(config, BAD[i].key, BAD[i].value, CONFIG_ENVIRONMENT, "environment X", &error));
        g_assert_error(error, HY_ERROR, HY_ERROR_BAD_VALUE);
        g_assert_cmpstr(error_field(error), ==, config_key_name(BAD[i].key));
        g_assert_nonnull(strstr(error->message, "environment X"));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
        g_assert_cmpint(config->source[BAD[i].key], ==, CONFIG_DEFAULT);
    }
    static const char *const LISTENS[] = {"0.0.0.0:0", "[::]:80", "localhost:8080", "my-host.example:65535"};
    for (gsize i = 0; i < G_N_ELEMENTS(LISTENS); i++)
        g_assert_true(config_set(config, CONFIG_KEY_listen, LISTENS[i], CONFIG_FILE, "f", NULL));
}

static void test_bad_files(void)
{
    static const struct {
        const char *text;
        enum hy_error code;
        const char *field;
    } BAD[] = {
        {"[huiyin]\nworker = 3\n", HY_ERROR_UNKNOWN_FIELD, "worker"},
        {"[other]\nworkers = 3\n", HY_ERROR_UNKNOWN_FIELD, "other"},
        {"workers = 3\n", HY_ERROR_BAD_VALUE, "config"},
        {"[huiyin]\nworkers\n", HY_ERROR_BAD_VALUE, "config"},
        {"[huiyin]\nworkers = many\n", HY_ERROR_BAD_VALUE, "workers"},
        {"[huiyin]\ndata = elsewhere\n", HY_ERROR_BAD_VALUE, "data"},
        {"[huiyin]\nlang = \\q\n", HY_ERROR_BAD_VALUE, "lang"},
        {"\xff\xfe", HY_ERROR_BAD_VALUE, "config"},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(BAD); i++) {
        g_autoptr(config_auto) config = config_new();
        g_autoptr(GError) error = NULL;
        g_assert_false(config_read_text(config, BAD[i].text, strlen(BAD[i].text), "huiyin.conf", true, &error));
        g_assert_error(error, HY_ERROR, (int)BAD[i].code);
        g_assert_cmpstr(error_field(error), ==, BAD[i].field);
        g_assert_nonnull(strstr(error->message, "huiyin.conf"));
    }
    g_autoptr(config_auto) config = config_new();
    g_autoptr(GError) error = NULL;
    g_assert_true(config_read_text(config, "", 0, "huiyin.conf", true, &error));
    g_assert_true(config_read_text(config, "[huiyin]\n", 9, "huiyin.conf", true, &error));
    g_auto(config_arguments_auto) arguments = {.file = g_strdup("no/such/file.conf")};
    g_assert_null(config_load(&arguments, NULL, &error));
    g_assert_error(error, HY_ERROR, HY_ERROR_NOT_FOUND);
}

static void test_secrets_stay(void)
{
    g_autoptr(config_auto) config = config_new();
    g_autoptr(GError) error = NULL;
    g_assert_false(config_set(config, CONFIG_KEY_db, "mysql://me:hunter2@h/d", CONFIG_FILE, "f", &error));
    g_assert_null(strstr(error->message, "hunter2"));
    g_clear_error(&error);
    const char *broken = "[huiyin]\ndb postgres://me:hunter2@h/d\n";
    g_assert_false(config_read_text(config, broken, strlen(broken), "f", true, &error));
    g_assert_null(strstr(error->message, "hunter2"));
    g_assert_true(config_set(config, CONFIG_KEY_db, "postgres://me:hunter2@h:5432/d", CONFIG_FILE, "f", NULL));
    g_autofree char *shown = config_shown(config, CONFIG_KEY_db);
    g_assert_cmpstr(shown, ==, "postgres://me:***@h:5432/d");
    g_assert_true(
        config_set(config, CONFIG_KEY_db, "postgres:///d?host=/run&password=hunter2", CONFIG_FILE, "f", NULL));
    g_autofree char *other = config_shown(config, CONFIG_KEY_db);
    g_assert_null(strstr(other, "hunter2"));
    g_autofree char *workers = config_shown(config, CONFIG_KEY_workers);
    g_assert_cmpstr(workers, ==, "8");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/config/defaults", test_defaults);
    g_test_add_func("/config/order", test_order);
    g_test_add_func("/config/bad-values", test_bad_values);
    g_test_add_func("/config/bad-files", test_bad_files);
    g_test_add_func("/config/secrets-stay", test_secrets_stay);
    return g_test_run();
}
