/* A whole huiyin.conf, and each single value: what is refused names a field, what is accepted is shown again as a
 * value that is accepted. */
#include "base/config.h"
#include "base/net.h"

#include <string.h>

static void check_shown(const struct config *config)
{
    g_autoptr(config_auto) again = config_new();
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        enum config_key key = (enum config_key)i;
        g_autofree char *shown = config_shown(config, key);
        g_autoptr(GError) error = NULL;
        config_set(again, key, shown, CONFIG_FILE, "shown", &error);
        g_assert_no_error(error);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(config_auto) config = config_new();
    g_autoptr(GError) error = NULL;
    if (!config_read_text(config, (const char *)data, size, "huiyin.conf", false, &error)) {
        g_assert_nonnull(error_field(error));
        g_assert_true(g_utf8_validate(error->message, -1, NULL));
    }
    g_autofree char *value = g_strndup((const char *)data, size);
    for (int i = 0; i < CONFIG_KEY_COUNT; i++) {
        g_autoptr(GError) wrong = NULL;
        if (!config_set(config, (enum config_key)i, value, CONFIG_ARGUMENT, "fuzz", &wrong))
            g_assert_cmpstr(error_field(wrong), ==, config_key_name((enum config_key)i));
    }
    check_shown(config);
    struct net_address address, same;
    char text[NET_TEXT];
    if (net_parse(value, &address)) {
        g_assert_true(net_parse(net_format(&address, text), &same));
        g_assert_cmpmem(&address, sizeof address, &same, sizeof same);
        net_is_public(&address);
    }
    return 0;
}
