/* trainer_test.c - learning from corrections, one lease for all processes, what is left when it does not end well; the
 * set in use follows what is kept. */
#include "inbox/trainer.h"

#include "base/id.h"
#include "desk_house.h"
#include "inbox/judge.h"
#include "store/queries.h"
#include "teaching/model_store.h"
#include "teaching/rule_book.h"
#include "teaching/suggest.h"
#include "understanding/rule_count.h"

#include <string.h>

static struct clock_manual manual; /* stands beside the house's */

static void run(struct desk_house *house, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void run(struct desk_house *house, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *sql = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    desk_house_sql(house, sql);
}

static void begin(struct desk_house *house, const struct database *database)
{
    desk_house_open(house, database);
    clock_manual_init(&manual, HOUSE_NOW_MS);
}

/* The result of the last training of a task; "" = none. */
static void expect_result(struct desk_house *house, const char *task, const char *expected)
{
    DO(house, (writer_begin_array(&house->out), true) && model_store_runs(tx, LANG_EN, &house->out, &error));
    writer_end_array(&house->out);
    json_auto_t *runs = answer_expect_list("TrainingRun", house->out.text->str);
    const char *found = "";
    size_t i = 0;
    json_t *item = NULL;
    json_array_foreach (runs, i, item)
        if (strcmp(text_of(item, "task"), task) == 0)
            found = text_of(item, "result");
    g_assert_cmpstr(found, ==, expected);
}

/* How many versions of a task there are, and what state the newest has. */
static void expect_versions(struct desk_house *house, const char *task, unsigned count, const char *state)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_models row;
    DO(house, q_teaching_models(tx, &rows, &error, task));
    g_assert_cmpuint(rows_count(rows), ==, count);
    if (count > 0 && q_teaching_models_next(rows, &row))
        g_assert_cmpstr(row.state, ==, state);
}

/* Examples as corrections leave them, one message each. */
static void add_examples(struct desk_house *house, const char *task, const char *label, const char *words, int count)
{
    for (int i = 0; i < count; i++) {
        g_autofree char *text = g_strdup_printf("%s %d", words, i);
        int64_t message_id = 0;
        desk_house_talk(house, &(struct desk_house_talk){.text = text}, &message_id);
        run(house,
            "INSERT INTO example (id, task, label, message_id, text, language, created_ms, held_back) VALUES "
            "(%" G_GINT64_FORMAT ", '%s', '%s', %" G_GINT64_FORMAT ", '%s', 'en', %" G_GINT64_FORMAT ", %d)",
            id_new(house->now_ms), task, label, message_id, text, clock_now_ms(&manual.clock), i % 5 == 0);
    }
}

static void want(struct desk_house *house, const char *task)
{
    run(house,
        "INSERT INTO training_run (task, wanted_ms) VALUES ('%s', 1) ON CONFLICT (task) DO UPDATE "
        "SET wanted_ms = 1",
        task);
}

static void step(struct trainer *trainer)
{
    g_autoptr(GError) error = NULL;
    int64_t next_ms = 0;
    g_assert_true(trainer_step(trainer, &next_ms, &error));
    g_assert_no_error(error);
}

static void test_learns(struct database *database)
{
    struct desk_house house;
    begin(&house, database);
    struct trainer *trainer = trainer_new(house.store, &manual.clock, "");
    run(&house, "INSERT INTO topic (id, key, parent, name_zh, name_en, created_ms) VALUES "
                "(1, 'kites', 'cooperation', 'k', 'k', 1)");
    step(trainer); /* nothing is asked for */
    want(&house, "topic");
    step(trainer);
    expect_result(&house, "topic", "no_examples");
    add_examples(&house, "topic", "kites", "paper kites over the dunes, number", 60);
    run(&house, "INSERT INTO understanding_setting (name, value, changed_ms) VALUES ('min_held_back', '20', 1)");
    want(&house, "topic");
    step(trainer);
    expect_result(&house, "topic", "too_few_held_back");
    expect_versions(&house, "topic", 1, "candidate");
    run(&house, "UPDATE understanding_setting SET value = '5'");
    want(&house, "topic");
    step(trainer);
    expect_result(&house, "topic", "better");
    expect_versions(&house, "topic", 2, "active");
    want(&house, "topic"); /* the same again is no better */
    step(trainer);
    expect_result(&house, "topic", "not_better");
    expect_versions(&house, "topic", 3, "candidate");
    trainer_free(trainer);
    desk_house_close(&house);
}

static void test_lease(struct database *database)
{
    struct desk_house house;
    begin(&house, database);
    struct trainer *trainer = trainer_new(house.store, &manual.clock, "");
    want(&house, "spam");
    run(&house, "UPDATE trainer SET holder = 'other', lease_until_ms = %" G_GINT64_FORMAT,
        clock_now_ms(&manual.clock) + 30000);
    run(&house, "INSERT INTO training_run (task, begun_ms, progress) VALUES ('category', 1, 500)");
    step(trainer); /* another process is at it */
    expect_result(&house, "spam", "");
    clock_manual_advance(&manual, 31000); /* it died */
    step(trainer);
    expect_result(&house, "category", "interrupted");
    expect_result(&house, "spam", "no_examples");
    trainer_free(trainer);
    desk_house_close(&house);
}

static void test_night(struct database *database)
{
    struct desk_house house;
    begin(&house, database);
    struct trainer *trainer = trainer_new(house.store, &manual.clock, "03:30");
    add_examples(&house, "spam", "yes", "cheap watches, offer", 4);
    step(trainer); /* the first start is no night */
    expect_result(&house, "spam", "");
    clock_manual_advance(&manual, 25 * CLOCK_HOUR_MS);
    step(trainer);
    expect_result(&house, "spam", "too_few_held_back");
    step(trainer);
    expect_versions(&house, "spam", 1, "candidate");
    clock_manual_advance(&manual, 25 * CLOCK_HOUR_MS);
    step(trainer); /* nothing new was labelled */
    expect_versions(&house, "spam", 1, "candidate");
    trainer_free(trainer);
    desk_house_close(&house);
}

static void test_last_night(void)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_offset(8 * 3600);
    int64_t day_ms = INT64_C(1767283200000); /* 2026-01-02 00:00 at +08:00 */
    int64_t half_past_three = 210 * CLOCK_MINUTE_MS;
    g_assert_cmpint(trainer_last_night(day_ms + half_past_three, 210, zone), ==, day_ms + half_past_three);
    g_assert_cmpint(trainer_last_night(day_ms + half_past_three - 1000, 210, zone), ==,
                    day_ms + half_past_three - CLOCK_DAY_MS);
    g_assert_cmpint(trainer_last_night(day_ms + 23 * CLOCK_HOUR_MS, 210, zone), ==, day_ms + half_past_three);
}

/* ---- the set in use ---- */

struct adding {
    const struct actor *actor;
    const char *rule;
    int64_t id;
};

static bool add_rule(struct tx *tx, void *data, GError **error)
{
    struct adding *adding = data;
    json_auto_t *rule = json_parse(adding->rule, strlen(adding->rule), error);
    return rule_book_create(tx, adding->actor, HOUSE_NOW_MS, rule, &adding->id, error);
}

static void follow(struct judge *judge)
{
    g_autoptr(GError) error = NULL;
    int64_t next_ms = 0;
    g_assert_true(judge_step(judge, &next_ms, &error));
    g_assert_no_error(error);
}

static int rules_of(struct assess_current *current, const char *text)
{
    g_autoptr(assess_auto) assess = assess_current_ref(current);
    struct assessment out;
    assess_message(assess, &(struct assess_facts){.text = text, .kind = "mention", .verified = "", .relation = ""},
                   &out);
    for (int i = 0; i < out.rule_count; i++)
        rule_counts_add(assess_current_counts(current), out.rules[i].id);
    return out.rule_count;
}

static void expect_hits(struct desk_house *house, int64_t hits)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_rules row;
    DO(house, q_teaching_rules(tx, &rows, &error, 0));
    g_assert_true(q_teaching_rules_next(rows, &row));
    g_assert_cmpint(row.hits, ==, hits);
}

static void read_versions(struct desk_house *house, struct rows **rows)
{
    DO(house, q_teaching_models(tx, rows, &error, "category"));
}

static void test_judge(struct database *database)
{
    struct desk_house house;
    g_autoptr(GError) error = NULL;
    begin(&house, database);
    struct assess_current *current = assess_current_new(assess_new(NULL, &error));
    struct judge *judge = judge_new(house.store, current, &manual.clock);
    g_assert_true(judge_load(judge, &error));
    struct adding adding = {&house.bob, "{\"name\":\"k\",\"any\":[\"kites\"],\"then\":{\"points\":5}}", 0};
    g_assert_cmpint(rules_of(current, "kites everywhere"), ==, 0);
    g_assert_true(store_write(house.store, add_rule, &adding, &error));
    follow(judge);
    g_assert_cmpint(rules_of(current, "kites everywhere"), ==, 1);
    clock_manual_advance(&manual, 11000);
    follow(judge);
    expect_hits(&house, 1);
    /* A file that is not what it was: the shipped model judges, and the page says so. */
    run(&house,
        "INSERT INTO model (id, task, version, state, created_ms, examples, own_examples, held_back, accuracy, "
        "macro_f1, compared_version, compared_accuracy, compared_macro_f1, reason, confusion, wrong, size, sha256, "
        "file) VALUES (5, 'category', 'v9', 'active', 1, 1, 1, 1, 0, 0, '', 0, 0, 'better', '{}', '[]', 3, 'f00', "
        "CAST('abc' AS %s))",
        store_is_postgres(house.store) ? "bytea" : "blob");
    g_assert_true(judge_load(judge, &error));
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_models row;
    read_versions(&house, &rows);
    g_assert_true(q_teaching_models_next(rows, &row));
    g_assert_nonnull(strstr(row.damage, "category v9"));
    g_autoptr(model_set_auto) models = judge_models(judge);
    g_assert_true(g_str_has_prefix(model_set_version(models, model_set_find(models, "category")), "shipped-"));
    rules_of(current, "kites again");
    judge_free(judge); /* keeps what was counted last */
    expect_hits(&house, 2);
    assess_current_free(current);
    desk_house_close(&house);
}

/* ---- what to label next ---- */

struct asking {
    struct model_set *models;
    struct writer out;
    int64_t now_ms;
};

static bool suggest(struct tx *tx, void *data, GError **error)
{
    struct asking *asking = data;
    return suggest_list(tx, asking->models, asking->now_ms, &asking->out, error);
}

static void test_suggest(struct database *database)
{
    static const char *const TEXTS[] = {"the grey heron stood there all morning", "退款三周了还没到账，客服不理人",
                                        "when do you open on Sunday", "太喜欢了，下次还来"};
    struct desk_house house;
    g_autoptr(GError) error = NULL;
    begin(&house, database);
    struct assess_current *current = assess_current_new(assess_new(NULL, &error));
    struct judge *judge = judge_new(house.store, current, &manual.clock);
    g_assert_true(judge_load(judge, &error));
    for (int i = 0; i < 12; i++) {
        desk_house_talk(&house, &(struct desk_house_talk){.text = TEXTS[i % 4]}, NULL);
    }
    struct asking asking = {.models = judge_models(judge), .now_ms = clock_now_ms(&manual.clock)};
    writer_init(&asking.out);
    writer_begin_array(&asking.out);
    g_assert_true(store_read(house.store, suggest, &asking, &error));
    writer_end_array(&asking.out);
    json_auto_t *list = json_parse(asking.out.text->str, asking.out.text->len, &error);
    g_assert_cmpuint(json_array_size(list), ==, 4); /* of copies one */
    for (size_t i = 0; i < 4; i++) {
        const json_t *item = json_array_get(list, i);
        g_assert_cmpint(json_integer_value(json_object_get(item, "alike")), ==, 2);
        g_assert_cmpfloat(json_number_value(json_object_get(item, "margin")), <=, 1);
    }
    writer_clear(&asking.out);
    model_set_unref(asking.models);
    judge_free(judge);
    assess_current_free(current);
    desk_house_close(&house);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trainer/last_night", test_last_night);
    database_test("/trainer/learns", test_learns);
    database_test("/trainer/lease", test_lease);
    database_test("/trainer/night", test_night);
    database_test("/trainer/judge", test_judge);
    database_test("/trainer/suggest", test_suggest);
    return g_test_run();
}
