/* teaching_test.c - corrections and what follows from them, topics, settings, examples. */
#include "desk/view.h"
#include "desk_house.h"
#include "teaching/correction.h"
#include "teaching/example.h"
#include "teaching/rule_book.h"
#include "teaching/setting.h"
#include "teaching/topic.h"
#include "understanding/rule_count.h"
#include "understanding/task.h"

#include <string.h>

static struct importance_weights weights;

static json_t *labels_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    json_t *labels = json_parse(text, strlen(text), &error);
    g_assert_no_error(error);
    return labels;
}

static void correct(struct desk_house *house, const struct actor *actor, int64_t message_id, const char *said)
{
    json_auto_t *labels = labels_of(said);
    house->now_ms += 1000;
    DO(house, correction_save(tx, actor, &weights, house->now_ms, message_id, labels, &error));
}

static void refuse(struct desk_house *house, int64_t message_id, enum hy_error code, const char *field,
                   const char *said)
{
    json_auto_t *labels = labels_of(said);
    REFUSE(house, code, field, correction_save(tx, &house->amy, &weights, house->now_ms, message_id, labels, &error));
}

static json_t *message(struct desk_house *house, int64_t id)
{
    DO(house, view_message(tx, id, LANG_EN, &house->out, &error));
    return desk_house_answer(house, "Message");
}

static json_t *examples(struct desk_house *house, const char *task)
{
    int64_t last_id;
    struct example_filter filter = {.task = task};
    DO(house,
       (writer_begin_array(&house->out), true) && example_list(tx, &filter, 0, 50, &house->out, &last_id, &error));
    writer_end_array(&house->out);
    return answer_expect_list("Example", house->out.text->str);
}

static void expect_examples(struct desk_house *house, const char *task, size_t count, const char *label)
{
    json_auto_t *items = examples(house, task);
    g_assert_cmpuint(json_array_size(items), ==, count);
    if (count > 0)
        g_assert_cmpstr(text_of(items, "0.label"), ==, label);
}

static int64_t add_topic(struct desk_house *house, const char *key, const char *parent, const char *name)
{
    struct topic_edit edit = {.parent = parent, .name_en = name};
    int64_t id = 0;
    DO(house, topic_create(tx, &house->bob, house->now_ms, key, &edit, &id, &error));
    return id;
}

/* ---- corrections ---- */

static void test_correct(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    desk_house_open(&house, database);
    int64_t talk =
        desk_house_talk(&house, &(struct desk_house_talk){.text = "my kettle is LATE", .importance = 40}, &first);
    correct(&house, &house.amy, first,
            "{\"category\":\"praise\",\"sentiment\":\"positive\",\"urgency\":0,\"churn\":"
            "false,\"spam\":null}");
    json_auto_t *shown = message(&house, first);
    g_assert_cmpstr(text_of(shown, "assessment.category"), ==, "praise");
    g_assert_cmpstr(text_of(shown, "assessment.topic"), ==, ""); /* it was one of complaints */
    g_assert_cmpint(number_of(shown, "assessment.strength"), ==, 50);
    g_assert_cmpint(number_of(shown, "assessment.urgency"), ==, 0);
    g_assert_cmpint(number_of(shown, "assessment.churn"), ==, 0);
    /* praise 5, sentiment below 0 counts nothing, 1,200 followers and verified */
    g_assert_cmpstr(text_of(shown, "assessment.parts.0.value"), ==, "praise");
    int64_t importance = number_of(shown, "assessment.importance");
    g_assert_cmpint(importance, ==, 5 + 4 + 3);
    g_assert_cmpstr(text_of(shown, "correction.user_name"), ==, "Amy");
    g_assert_cmpstr(text_of(shown, "correction.labels.urgency"), ==, "0");

    json_auto_t *conversation = desk_house_conversation(&house, talk);
    g_assert_cmpstr(text_of(conversation, "category"), ==, "praise");
    g_assert_cmpstr(text_of(conversation, "sentiment"), ==, "positive");
    g_assert_cmpint(number_of(conversation, "importance"), ==, importance);
    int count = 0;
    g_autofree char *told = desk_house_event(&house, "message.assessed", &count);
    g_assert_cmpint(count, ==, 1);
    g_assert_nonnull(strstr(told, "\"category\":\"praise\""));
    g_autofree char *changed = desk_house_event(&house, "conversation.changed", NULL);
    g_assert_nonnull(strstr(changed, "\"importance\":12"));
    expect_examples(&house, NULL, 4, "no");
    expect_examples(&house, "category", 1, "praise");

    correct(&house, &house.bob, first, "{\"category\":\"order\"}"); /* the last word counts, the others stay */
    expect_examples(&house, "category", 1, "order");
    expect_examples(&house, "sentiment", 1, "positive");
    json_auto_t *again = message(&house, first);
    g_assert_cmpstr(text_of(again, "assessment.category"), ==, "order");
    g_assert_cmpstr(text_of(again, "assessment.sentiment"), ==, "positive");
    g_assert_cmpstr(text_of(again, "correction.user_name"), ==, "Bob");
    desk_house_close(&house);
}

static void test_withdraw(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    desk_house_open(&house, database);
    int64_t talk = desk_house_talk(&house, &(struct desk_house_talk){.importance = 40}, &first);
    json_auto_t *before = message(&house, first);
    correct(&house, &house.amy, first, "{\"category\":\"praise\",\"needs_answer\":false}");
    correct(&house, &house.amy, first, "{\"category\":\"order\"}");
    DO(&house, correction_withdraw(tx, &house.bob, house.now_ms, first, &error));
    json_auto_t *after = message(&house, first);
    g_assert_true(json_equal(before, after));
    json_auto_t *conversation = desk_house_conversation(&house, talk);
    g_assert_cmpstr(text_of(conversation, "category"), ==, "complaint");
    g_assert_cmpint(number_of(conversation, "importance"), ==, 40);
    expect_examples(&house, NULL, 0, NULL);
    DO(&house, correction_withdraw(tx, &house.bob, house.now_ms, first, &error)); /* nothing is left to take back */
    g_autofree char *last = desk_house_event(&house, "message.assessed", NULL);
    g_assert_cmpstr(last, ==, "{}");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, correction_withdraw(tx, &house.bob, house.now_ms, 99, &error));
    desk_house_close(&house);
}

static void test_conversation_follows(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    desk_house_open(&house, database);
    int64_t talk = desk_house_talk(&house, &(struct desk_house_talk){.due_ms = HOUSE_NOW_MS + 60000}, &first);
    int64_t second = desk_house_more(&house, talk, "public", "and another thing");
    /* One of two: the other still weighs as before, yet the person's category wins. */
    correct(&house, &house.amy, second, "{\"category\":\"irrelevant\",\"needs_answer\":false}");
    json_auto_t *half = desk_house_conversation(&house, talk);
    g_assert_cmpint(number_of(half, "importance"), ==, 40);
    g_assert_cmpstr(text_of(half, "category"), ==, "irrelevant");
    g_assert_nonnull(text_of(half, "due_at"));
    correct(&house, &house.amy, first, "{\"needs_answer\":false}");
    json_auto_t *quiet = desk_house_conversation(&house, talk);
    g_assert_null(text_of(quiet, "due_at")); /* nobody waits any more */
    correct(&house, &house.amy, first, "{\"needs_answer\":true}");
    json_auto_t *loud = desk_house_conversation(&house, talk);
    g_assert_nonnull(text_of(loud, "due_at"));
    /* Who taught another label leaves alone what the conversation was called by hand. */
    desk_house_sql(&house, "UPDATE conversation SET category = 'suggestion', category_person_id = 32");
    correct(&house, &house.amy, second, "{\"emotion\":\"happy\"}");
    json_auto_t *kept = desk_house_conversation(&house, talk);
    g_assert_cmpstr(text_of(kept, "category"), ==, "suggestion");
    desk_house_close(&house);
}

static void test_refused(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    desk_house_open(&house, database);
    int64_t talk = desk_house_talk(&house, &(struct desk_house_talk){0}, &first);
    refuse(&house, first, HY_ERROR_EMPTY, "labels", "{}");
    refuse(&house, first, HY_ERROR_EMPTY, "labels", "{\"category\":null}");
    refuse(&house, first, HY_ERROR_BAD_VALUE, "category", "{\"category\":\"weather\"}");
    refuse(&house, first, HY_ERROR_BAD_VALUE, "urgency", "{\"urgency\":4}");
    refuse(&house, first, HY_ERROR_BAD_VALUE, "topic", "{\"topic\":\"unheard-of\"}");
    refuse(&house, first, HY_ERROR_BAD_VALUE, "spam", "{\"spam\":[]}");
    refuse(&house, 99, HY_ERROR_NOT_FOUND, NULL, "{\"category\":\"order\"}");
    desk_house_sql(&house, "UPDATE message SET direction = 'out'");
    refuse(&house, first, HY_ERROR_NOT_SUPPORTED, "message", "{\"category\":\"order\"}");
    desk_house_sql(&house, "UPDATE message SET direction = 'in', assessment = NULL");
    refuse(&house, first, HY_ERROR_CONFLICT, "assessment", "{\"category\":\"order\"}");
    g_assert_cmpint(talk, >, 0);
    expect_examples(&house, NULL, 0, NULL);
    desk_house_close(&house);
}

/* ---- topics ---- */

static void test_topics(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    int found = 0;
    desk_house_open(&house, database);
    desk_house_talk(&house, &(struct desk_house_talk){0}, &first);
    int64_t late = add_topic(&house, "late-delivery", "complaint", "Late delivery");
    int64_t made = add_topic(&house, NULL, "praise", "Kind staff");
    correct(&house, &house.amy, first, "{\"topic\":\"late-delivery\"}");
    json_auto_t *shown = message(&house, first);
    g_assert_cmpstr(text_of(shown, "assessment.topic"), ==, "late-delivery");
    g_assert_cmpstr(text_of(shown, "assessment.category"), ==, "complaint");
    expect_examples(&house, "category", 1, "complaint");
    refuse(&house, first, HY_ERROR_BAD_VALUE, "topic", "{\"topic\":\"late-delivery\",\"category\":\"praise\"}");
    correct(&house, &house.amy, first, "{\"category\":\"praise\"}"); /* takes the topic with it */
    expect_examples(&house, "topic", 0, NULL);
    correct(&house, &house.amy, first, "{\"topic\":\"\"}");
    expect_examples(&house, "topic", 1, TASK_TOPIC_NONE);
    json_auto_t *none = message(&house, first);
    g_assert_cmpstr(text_of(none, "assessment.topic"), ==, "");
    correct(&house, &house.amy, first, "{\"topic\":\"late-delivery\",\"category\":\"complaint\"}");

    DO(&house, (writer_begin_array(&house.out), true) && topic_list(tx, 0, &house.out, &found, &error));
    writer_end_array(&house.out);
    json_auto_t *list = answer_expect_list("Topic", house.out.text->str);
    g_assert_cmpint(found, ==, 2);
    g_assert_cmpint(number_of(list, "0.examples"), ==, 1);
    g_assert_true(g_str_has_prefix(text_of(list, "1.key"), "kind-staff"));
    g_assert_cmpstr(text_of(list, "1.name_zh"), ==, "Kind staff");

    struct topic_edit edit = {.parent = "complaint", .name_en = "x"};
    int64_t id = 0;
#define CREATE(code, field, key)                                                                                       \
    REFUSE(&house, code, field, topic_create(tx, &house.bob, house.now_ms, key, &edit, &id, &error))
    CREATE(HY_ERROR_TAKEN, "key", "late-delivery");
    CREATE(HY_ERROR_BAD_VALUE, "key", "Late");
    CREATE(HY_ERROR_BAD_VALUE, "key", "none");
    edit.parent = "weather";
    CREATE(HY_ERROR_BAD_VALUE, "parent", "x");
    edit = (struct topic_edit){.parent = "praise"};
    CREATE(HY_ERROR_EMPTY, "name_zh", "x");
#undef CREATE
    REFUSE(&house, HY_ERROR_CONFLICT, "examples", topic_remove(tx, &house.bob, house.now_ms, late, &error));
    DO(&house, topic_remove(tx, &house.bob, house.now_ms, made, &error));
    edit = (struct topic_edit){.active = &(bool){false}};
    DO(&house, topic_change(tx, &house.bob, house.now_ms, late, &edit, &error));
    refuse(&house, first, HY_ERROR_BAD_VALUE, "topic", "{\"topic\":\"late-delivery\"}"); /* not for new ones */
    g_autofree char *told = desk_house_event(&house, "understanding.changed", NULL);
    g_assert_nonnull(strstr(told, "\"what\":\"topics\""));
    desk_house_close(&house);
}

/* ---- settings ---- */

static void set(struct desk_house *house, const char *change)
{
    json_auto_t *object = labels_of(change);
    DO(house, setting_save(tx, &house->bob, house->now_ms, object, &error));
}

static void refuse_set(struct desk_house *house, enum hy_error code, const char *field, const char *change)
{
    json_auto_t *object = labels_of(change);
    REFUSE(house, code, field, setting_save(tx, &house->bob, house->now_ms, object, &error));
}

static json_t *settings(struct desk_house *house)
{
    g_auto(setting_auto) setting;
    setting_init(&setting);
    DO(house, setting_load(tx, &setting, &error));
    setting_write(&setting, &house->out);
    return desk_house_answer(house, "UnderstandingSettings");
}

static void test_settings(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    set(&house, "{\"weights\":{\"category\":{\"complaint\":30},\"urgency\":[1,2,3],\"waiting\":0}}");
    set(&house,
        "{\"weights\":{\"churn\":9},\"products\":[{\"name\":\"水壶\",\"aliases\":[\"kettle\"]},{\"name\":\"Pot\"}],"
        "\"order_templates\":[\"SF####\"],\"min_held_back\":7}");
    json_auto_t *shown = settings(&house);
    g_assert_cmpint(number_of(shown, "weights.category.complaint"), ==, 30);
    g_assert_cmpint(number_of(shown, "weights.category.praise"), ==, 5);
    g_assert_cmpint(number_of(shown, "weights.urgency.2"), ==, 3);
    g_assert_cmpint(number_of(shown, "weights.churn"), ==, 9);
    g_assert_cmpint(number_of(shown, "default_weights.category.complaint"), ==, 18);
    g_assert_cmpstr(text_of(shown, "products.0.aliases.0"), ==, "kettle");
    g_assert_cmpint(number_of(shown, "min_held_back"), ==, 7);
    set(&house, "{\"weights\":null,\"products\":null}");
    json_auto_t *fresh = settings(&house);
    g_assert_cmpint(number_of(fresh, "weights.category.complaint"), ==, 18);
    g_assert_cmpint(json_array_size(json_object_get(fresh, "products")), ==, 0);
    refuse_set(&house, HY_ERROR_BAD_VALUE, "weights.urgency[1]", "{\"weights\":{\"urgency\":[1,-2,3]}}");
    refuse_set(&house, HY_ERROR_UNKNOWN_FIELD, "weights.category.rain", "{\"weights\":{\"category\":{\"rain\":1}}}");
    refuse_set(&house, HY_ERROR_UNKNOWN_FIELD, "weights.rain", "{\"weights\":{\"rain\":1}}");
    refuse_set(&house, HY_ERROR_BAD_VALUE, "weights.spread", "{\"weights\":{\"spread\":101}}");
    refuse_set(&house, HY_ERROR_EMPTY, "products[1].name", "{\"products\":[{\"name\":\"a\"},{\"name\":\"\"}]}");
    refuse_set(&house, HY_ERROR_BAD_VALUE, "min_held_back", "{\"min_held_back\":0}");
    refuse_set(&house, HY_ERROR_UNKNOWN_FIELD, "colour", "{\"colour\":1}");
    desk_house_sql(&house, "UPDATE understanding_setting SET value = '[\"what is this\"]' WHERE name = 'weights'");
    json_auto_t *odd = settings(&house); /* not ours: as if it were not set */
    g_assert_cmpint(number_of(odd, "weights.category.complaint"), ==, 18);
    desk_house_close(&house);
}

/* ---- what is held back ---- */

static void test_held_back(void)
{
    int held = 0;
    for (int i = 0; i < 2000; i++) {
        g_autofree char *text = g_strdup_printf("where is my parcel number %d", i);
        held += correction_held_back(text);
    }
    g_assert_cmpint(held, >, 330);
    g_assert_cmpint(held, <, 470);
    g_assert_true(correction_held_back("Where is ＭＹ parcel") == correction_held_back("where is my parcel"));
}

static void test_example_remove(struct database *database)
{
    struct desk_house house;
    int64_t first = 0;
    desk_house_open(&house, database);
    desk_house_talk(&house, &(struct desk_house_talk){0}, &first);
    correct(&house, &house.amy, first, "{\"category\":\"order\",\"spam\":true}");
    json_auto_t *items = examples(&house, "spam");
    int64_t id = number_of(items, "0.id");
    DO(&house, example_remove(tx, &house.bob, house.now_ms, id, &error));
    expect_examples(&house, NULL, 1, "order");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, example_remove(tx, &house.bob, house.now_ms, id, &error));
    json_auto_t *shown = message(&house, first);
    g_assert_cmpint(number_of(shown, "assessment.spam"), ==, 1);
    desk_house_close(&house);
}

/* ---- rules ---- */

static int64_t add_rule(struct desk_house *house, const char *text)
{
    json_auto_t *rule = labels_of(text);
    int64_t id = 0;
    DO(house, rule_book_create(tx, &house->bob, house->now_ms, rule, &id, &error));
    return id;
}

static json_t *rules(struct desk_house *house)
{
    int found = 0;
    DO(house,
       (writer_begin_array(&house->out), true) && rule_book_list(tx, house->now_ms, 0, &house->out, &found, &error));
    writer_end_array(&house->out);
    return answer_expect_list("Rule", house->out.text->str);
}

static void expect_rules(struct desk_house *house, const char *names)
{
    json_auto_t *list = rules(house);
    g_autoptr(GString) found = g_string_new(NULL);
    for (size_t i = 0; i < json_array_size(list); i++)
        g_string_append_printf(found, "%s%s", i > 0 ? " " : "", text_of(json_array_get(list, i), "name"));
    g_assert_cmpstr(found->str, ==, names);
}

static json_t *try_rule(struct desk_house *house, const char *text, const char *sample)
{
    json_auto_t *rule = labels_of(text);
    DO(house, rule_book_try(tx, rule, sample, 100, &house->out, &error));
    return desk_house_answer(house, "RuleTest");
}

static void test_rules(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t a = add_rule(&house, "{\"name\":\"a\",\"any\":[\"refund\"],\"then\":{\"points\":5}}");
    int64_t b = add_rule(&house, "{\"name\":\"b\",\"any\":[\"退款\"],\"then\":{\"category\":\"complaint\"}}");
    int64_t c = add_rule(&house, "{\"name\":\"c\",\"pattern\":\"no[0-9]+\",\"then\":{\"spam\":true}}");
    expect_rules(&house, "a b c");
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(int64_t));
    g_array_append_val(ids, c);
    DO(&house, rule_book_order(tx, &house.bob, house.now_ms, ids, &error));
    expect_rules(&house, "c a b");
    int64_t nobody = 99;
    g_array_append_val(ids, nobody);
    REFUSE(&house, HY_ERROR_NOT_FOUND, "ids", rule_book_order(tx, &house.bob, house.now_ms, ids, &error));
    DO(&house, rule_book_change(tx, &house.bob, house.now_ms, a, NULL, &(bool){false}, &error));
    json_auto_t *again = labels_of("{\"name\":\"b2\",\"any\":[\"退款\",\"退钱\"],\"then\":{\"points\":7}}");
    DO(&house, rule_book_change(tx, &house.bob, house.now_ms, b, again, NULL, &error));
    expect_rules(&house, "c a b2");
    json_auto_t *list = rules(&house);
    g_assert_cmpint(number_of(list, "1.enabled"), ==, 0);
    g_assert_cmpstr(text_of(list, "2.rule.any.1"), ==, "退钱");

    struct rule_count counts[] = {{a, 2}, {b, 3}, {99, 4}};
    g_autoptr(GArray) hits = g_array_new(FALSE, FALSE, sizeof(struct rule_count));
    g_array_append_vals(hits, counts, 3);
    DO(&house, rule_book_count(tx, house.now_ms - 40 * CLOCK_DAY_MS, hits, &error));
    DO(&house, rule_book_count(tx, house.now_ms, hits, &error));
    json_auto_t *counted = rules(&house);
    g_assert_cmpint(number_of(counted, "2.hits"), ==, 6);
    g_assert_cmpint(number_of(counted, "2.recent_hits"), ==, 3);
    g_assert_nonnull(text_of(counted, "2.last_hit_at"));

    g_autoptr(GPtrArray) loaded = NULL;
    DO(&house, rule_book_load(tx, &loaded, &error));
    g_assert_cmpuint(loaded->len, ==, 3);
    g_assert_cmpint(((struct rule *)loaded->pdata[0])->id, ==, c);
    g_assert_false(((struct rule *)loaded->pdata[1])->enabled);
    DO(&house, rule_book_remove(tx, &house.bob, house.now_ms, b, &error));
    expect_rules(&house, "c a");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL, rule_book_remove(tx, &house.bob, house.now_ms, b, &error));
    desk_house_close(&house);
}

static void refuse_rule(struct desk_house *house, enum hy_error code, const char *field, const char *text)
{
    json_auto_t *rule = labels_of(text);
    int64_t id = 0;
    REFUSE(house, code, field, rule_book_create(tx, &house->bob, house->now_ms, rule, &id, &error));
}

static void test_rules_refused(struct database *database)
{
    struct desk_house house;
    desk_house_open(&house, database);
    int64_t id = add_rule(&house, "{\"name\":\"a\",\"any\":[\"refund\"],\"then\":{\"points\":5}}");
    refuse_rule(&house, HY_ERROR_TAKEN, "rule.name", "{\"name\":\"a\",\"any\":[\"x\"],\"then\":{\"points\":1}}");
    refuse_rule(&house, HY_ERROR_PATTERN_SYNTAX, "rule.pattern",
                "{\"name\":\"p\",\"pattern\":\"(\",\"then\":{\"points\":1}}");
    refuse_rule(&house, HY_ERROR_BAD_VALUE, "rule.then.points",
                "{\"name\":\"p\",\"any\":[\"x\"],\"then\":{\"points\":1000}}");
    REFUSE(&house, HY_ERROR_NOT_FOUND, NULL,
           rule_book_change(tx, &house.bob, house.now_ms, id + 1, NULL, &(bool){true}, &error));
    expect_rules(&house, "a");
    desk_house_close(&house);
}

static void test_rules_tried(struct database *database)
{
    static const char RULE[] = "{\"name\":\"t\",\"any\":[\"退款\"],\"enabled\":false,\"then\":{\"points\":1}}";
    struct desk_house house;
    int64_t hit = 0;
    desk_house_open(&house, database);
    desk_house_talk(&house, &(struct desk_house_talk){.text = "hello"}, NULL);
    desk_house_talk(&house, &(struct desk_house_talk){.text = "😀 還沒退款"}, &hit);
    json_auto_t *tried = try_rule(&house, RULE, "nothing of the kind");
    g_assert_cmpint(number_of(tried, "looked_at"), ==, 2);
    g_assert_cmpint(number_of(tried, "hits"), ==, 1);
    g_assert_cmpint(number_of(tried, "items.0.message_id"), ==, hit);
    g_assert_cmpint(number_of(tried, "items.0.marks.0.begin"), ==, 5); /* in UTF-16 units */
    g_assert_cmpint(number_of(tried, "items.0.marks.0.end"), ==, 7);
    g_assert_cmpstr(text_of(tried, "text.missing"), ==, "any");
    json_auto_t *good = try_rule(&house, RULE, "退款!");
    g_assert_cmpint(number_of(good, "text.hit"), ==, 1);
    expect_rules(&house, "");
    desk_house_close(&house);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    weights = importance_defaults();
    g_test_add_func("/teaching/held_back", test_held_back);
    database_test("/teaching/correct", test_correct);
    database_test("/teaching/withdraw", test_withdraw);
    database_test("/teaching/conversation_follows", test_conversation_follows);
    database_test("/teaching/refused", test_refused);
    database_test("/teaching/topics", test_topics);
    database_test("/teaching/settings", test_settings);
    database_test("/teaching/rules", test_rules);
    database_test("/teaching/rules_refused", test_rules_refused);
    database_test("/teaching/rules_tried", test_rules_tried);
    database_test("/teaching/example_remove", test_example_remove);
    return g_test_run();
}
