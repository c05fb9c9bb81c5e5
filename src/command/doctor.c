/* doctor.c - huiyin doctor: is everything in order? One line a check; exit code 1 when one of them is bad. */
#include "base/clock.h"
#include "command/command.h"
#include "desk/channel_admin.h"
#include "store/event.h"

#include <stdio.h>
#include <string.h>
#include <sys/statvfs.h>

struct report {
    unsigned bad;
};

static void G_GNUC_PRINTF(4, 5) say(struct report *report, bool ok, const char *what, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    printf("%s  %s: %s\n", ok ? command_say("正常", "ok ") : command_say("异常", "BAD"), what, text);
    report->bad += !ok;
}

static void check_settings(struct report *report, const struct config *config)
{
    for (int key = 0; key < CONFIG_KEY_COUNT; key++) {
        g_autofree char *shown = config_shown(config, (enum config_key)key);
        if (config->source[key] != CONFIG_DEFAULT)
            printf("    %s = %s\n", config_key_name((enum config_key)key), shown);
    }
    bool there = g_file_test(config->data, G_FILE_TEST_IS_DIR);
    g_autofree char *key = g_build_filename(config->data, "secret.key", NULL);
    say(report, there, command_say("数据目录", "data directory"), "%s", config->data);
    say(report, g_file_test(key, G_FILE_TEST_EXISTS), command_say("密钥", "key"), "%s", key);
}

/* What is asked next is asked in this program's words: it needs this program's schema. */
static bool check_schema(struct report *report, struct store *store)
{
    g_autoptr(GError) error = NULL;
    int64_t version = 0;
    bool read = store_schema_read(store, &version, &error);
    g_autofree char *text = g_strdup_printf("%s %d, %s %d", command_say("数据库", "database"), (int)version,
                                            command_say("程序", "program"), store_schema_version());
    const char *advice = error != NULL ? error->message
                         : version < store_schema_version()
                             ? command_say("：请启动一次服务来升级", ": start the server once")
                         : version > store_schema_version() ? command_say("：程序太旧", ": this program is too old")
                                                            : "";
    say(report, read && version == store_schema_version(), command_say("数据库结构", "schema"), "%s%s", text, advice);
    return read && version == store_schema_version();
}

static void check_integrity(struct report *report, struct store *store)
{
    g_autoptr(GError) error = NULL;
    bool ok = store_check(store, &error);
    say(report, ok, command_say("完整性", "integrity"), "%s", ok ? "ok" : error->message);
}

static void check_durable(struct report *report, struct store *store)
{
    g_autoptr(GError) error = NULL;
    bool ok = store_check_durable(store, &error);
    say(report, ok, command_say("落盘", "durability"), "%s", ok ? "ok" : error->message);
}

/* Between several servers on one database a wrong clock must not decide who may send. It does not (store_clock), but
 * what people read in logs and on their screens would be wrong. */
static void check_clocks(struct report *report, struct store *store)
{
    int64_t ahead_ms = store_clock_ahead_ms(store);
    if (store_is_postgres(store))
        say(report, ABS(ahead_ms) <= STORE_CLOCK_APART_MS,
            command_say("与数据库的时钟差", "ahead of the database's clock"), "%" G_GINT64_FORMAT " ms", ahead_ms);
}

static void check_disk(struct report *report, const char *dir)
{
    const uint64_t least = UINT64_C(512) * 1024 * 1024;
    struct statvfs disk;
    bool read = statvfs(dir, &disk) == 0;
    uint64_t free_bytes = read ? (uint64_t)disk.f_bavail * disk.f_frsize : 0;
    g_autofree char *size = g_format_size(free_bytes);
    say(report, free_bytes >= least, command_say("磁盘剩余", "free disk"), "%s", size);
}

static bool newest_event(struct tx *tx, void *data, GError **error)
{
    int64_t *at_ms = data, seq = 0;
    g_autoptr(GArray) events = NULL;
    *at_ms = 0;
    if (!event_last_seq(tx, &seq, error) || !event_read(tx, seq - 1, 1, &events, error))
        return false;
    if (events->len > 0)
        *at_ms = g_array_index(events, struct event, 0).at_ms;
    return true;
}

/* A clock that runs behind what is stored, or before this program was written, is wrong. */
static void check_clock(struct report *report, struct store *store)
{
    const int64_t written_ms = INT64_C(1767225600000); /* 2026-01-01 */
    g_autoptr(GError) error = NULL;
    int64_t newest_ms = 0, now_ms = clock_now_ms(clock_system());
    bool read = store_read(store, newest_event, &newest_ms, &error);
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_ms / 1000);
    g_autofree char *text = g_date_time_format_iso8601(now);
    say(report, read && now_ms > written_ms && now_ms + CLOCK_MINUTE_MS > newest_ms, command_say("时钟", "clock"),
        "%s%s", text,
        newest_ms > now_ms + CLOCK_MINUTE_MS ? command_say("，早于最新的事件", ", before the newest event") : "");
}

struct channels {
    const struct secret *secret;
    struct writer out;
};

static bool list_channels(struct tx *tx, void *data, GError **error)
{
    enum { MOST = 100000 };
    struct channels *channels = data;
    int64_t last_id;
    writer_clear(&channels->out);
    writer_init(&channels->out);
    writer_begin_array(&channels->out);
    if (!channel_admin_list(tx, channels->secret, command_lang(), 0, MOST, &channels->out, &last_id, error))
        return false;
    writer_end_array(&channels->out);
    return true;
}

static bool open_channel(struct tx *tx, const struct secret *secret, int64_t id, GError **error)
{
    const struct channel_kind *kind = NULL;
    json_auto_t *settings = NULL;
    return channel_admin_open(tx, secret, id, &kind, &settings, error);
}

struct opening {
    const struct secret *secret;
    int64_t id;
};

static bool try_open(struct tx *tx, void *data, GError **error)
{
    const struct opening *opening = data;
    return open_channel(tx, opening->secret, opening->id, error);
}

static void check_channel(struct report *report, const struct command_data *data, const json_t *channel)
{
    struct opening opening = {.secret = data->secret};
    g_autoptr(GError) error = NULL;
    const char *status = json_string_value(json_object_get(channel, "status"));
    const char *text = json_string_value(json_object_get(channel, "status_text"));
    bool enabled = json_is_true(json_object_get(channel, "enabled"));
    json_get_id(channel, "id", &opening.id, NULL);
    g_autofree char *what =
        g_strdup_printf("%s %s", command_say("渠道", "channel"), json_string_value(json_object_get(channel, "name")));
    bool opens = store_read(data->store, try_open, &opening, &error);
    say(report, opens && (!enabled || strcmp(status, "trouble") != 0), what, "%s%s%s%s",
        enabled ? status : command_say("已停用", "switched off"), *text != '\0' ? " " : "", text,
        opens ? "" : command_say("，密钥打不开它的设置", ", this secret.key does not open its settings"));
}

static void check_channels(struct report *report, const struct command_data *data)
{
    struct channels channels = {.secret = data->secret};
    g_autoptr(GError) error = NULL;
    bool ok = store_read(data->store, list_channels, &channels, &error);
    json_auto_t *list = ok ? json_parse(channels.out.text->str, channels.out.text->len, &error) : NULL;
    if (list == NULL)
        say(report, false, command_say("渠道", "channels"), "%s", error->message);
    for (size_t i = 0; list != NULL && i < json_array_size(list); i++)
        check_channel(report, data, json_array_get(list, i));
    writer_clear(&channels.out);
}

int command_doctor(int argc, char **argv)
{
    g_autoptr(config_auto) config = NULL;
    g_autoptr(GError) error = NULL;
    g_auto(command_data_auto) data = {0};
    struct report report = {0};
    if (!command_options(&argc, &argv, "doctor", NULL, &config))
        return 2;
    if (argc > 1)
        return command_usage("doctor [--data DIR] [--db URL]");
    check_settings(&report, config);
    if (report.bad > 0)
        return 1;
    command_open(config, COMMAND_COPIES, &data, &error);
    say(&report, data.store != NULL, command_say("数据库", "database"), "%s",
        data.store == NULL              ? error->message
        : store_is_postgres(data.store) ? "PostgreSQL"
                                        : "SQLite");
    if (data.store != NULL) {
        bool speaks = check_schema(&report, data.store);
        check_integrity(&report, data.store);
        check_durable(&report, data.store);
        check_clocks(&report, data.store);
        if (speaks) {
            check_clock(&report, data.store);
            check_channels(&report, &data);
        }
    }
    check_disk(&report, config->data);
    return report.bad > 0 ? 1 : 0;
}
