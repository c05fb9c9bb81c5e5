#include "teaching/label.h"

#include "store/queries.h"
#include "teaching/correction.h"
#include "understanding/task.h"

#include <string.h>

/* As models know it: "2", "yes", "complaint". NULL: of a type that is none. g_free. */
static char *text_of(const json_t *value)
{
    if (json_is_boolean(value))
        return g_strdup(json_is_true(value) ? "yes" : "no");
    if (json_is_integer(value))
        return g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(value));
    return json_is_string(value) ? g_strdup(json_string_value(value)) : NULL;
}

static bool unknown(const char *task, GError **error)
{
    error_set(error, HY_ERROR_BAD_VALUE, task, "no such %s", task);
    return false;
}

static bool is_label_of(enum task task, const char *label)
{
    for (size_t i = 0; i < task_label_count(task); i++)
        if (strcmp(task_label(task, i), label) == 0)
            return true;
    return false;
}

static bool read_topic(struct tx *tx, const char *key, json_t *labels, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_topic_key topic;
    if (*key == '\0') {
        json_object_set_new(labels, "topic", json_string(TASK_TOPIC_NONE));
        return true;
    }
    if (!q_teaching_topic_key(tx, &rows, error, key))
        return false;
    if (!q_teaching_topic_key_next(rows, &topic) || !topic.active)
        return unknown("topic", error);
    const char *category = json_string_value(json_object_get(labels, "category"));
    if (category != NULL && strcmp(category, topic.parent) != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "topic", "this topic belongs to %s", topic.parent);
        return false;
    }
    json_object_set_new(labels, "category", json_string(topic.parent));
    json_object_set_new(labels, "topic", json_string(key));
    return true;
}

static bool read_label(struct tx *tx, enum task task, const json_t *value, json_t *labels, GError **error)
{
    g_autofree char *label = text_of(value);
    if (label == NULL)
        return unknown(task_name(task), error);
    if (task == TASK_topic)
        return read_topic(tx, label, labels, error);
    if (!is_label_of(task, label))
        return unknown(task_name(task), error);
    json_object_set_new(labels, task_name(task), json_string(label));
    return true;
}

bool label_read(struct tx *tx, const json_t *said, json_t **labels, GError **error)
{
    json_auto_t *read = json_object();
    for (int i = 0; i < TASK_COUNT; i++) { /* category stands before topic */
        const json_t *value = json_object_get(said, task_name((enum task)i));
        if (value != NULL && !json_is_null(value) && !read_label(tx, (enum task)i, value, read, error))
            return false;
    }
    if (json_object_size(read) == 0) {
        error_set(error, HY_ERROR_EMPTY, "labels", "nothing was said");
        return false;
    }
    *labels = g_steal_pointer(&read);
    return true;
}
