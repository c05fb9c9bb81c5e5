#include "teaching/parts.h"

#include "base/log.h"
#include "store/queries.h"
#include "teaching/rule_book.h"
#include "understanding/entity.h"
#include "understanding/rule_set.h"
#include "understanding/shipped.h"

#include <string.h>

static void free_model(void *data)
{
    struct parts_model *model = data;
    g_free(model->task);
    g_free(model->version);
    g_free(model->sha256);
    g_free(model->damage);
    g_bytes_unref(model->file);
    g_free(model);
}

void parts_init(struct parts *parts)
{
    setting_init(&parts->setting);
    parts->rules = NULL;
    parts->news = false;
    parts->models = g_ptr_array_new_with_free_func(free_model);
}

void parts_clear(struct parts *parts)
{
    setting_clear(&parts->setting);
    g_clear_pointer(&parts->rules, g_ptr_array_unref);
    g_clear_pointer(&parts->models, g_ptr_array_unref);
}

static bool read_models(struct tx *tx, struct parts *parts, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_teaching_models_active row;
    if (!q_teaching_models_active(tx, &rows, error))
        return false;
    while (q_teaching_models_active_next(rows, &row)) {
        struct parts_model *model = g_new0(struct parts_model, 1);
        *model = (struct parts_model){row.id,
                                      g_strdup(row.task),
                                      g_strdup(row.version),
                                      g_strdup(row.sha256),
                                      g_strdup(row.damage),
                                      g_bytes_new(row.file, row.file_length)};
        g_ptr_array_add(parts->models, model);
    }
    return true;
}

bool parts_read(struct tx *tx, void *data, GError **error)
{
    struct parts *parts = data;
    parts_clear(parts);
    parts_init(parts);
    return setting_load(tx, &parts->setting, error) && rule_book_load(tx, &parts->rules, error) &&
           read_models(tx, parts, error);
}

/* ---- making ---- */

struct model *parts_open(const struct parts_model *model, GError **error)
{
    g_autofree char *sum = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, model->file);
    if (strcmp(sum, model->sha256) != 0) {
        error_set(error, HY_ERROR_BAD_VALUE, "model", "%s %s: the checksum does not match", model->task,
                  model->version);
        return NULL;
    }
    g_autofree char *name = g_strdup_printf("%s %s", model->task, model->version);
    struct model *opened = model_open(model->file, name, error);
    if (opened != NULL && model_task(opened, model->task) == NULL) {
        g_clear_pointer(&opened, model_unref);
        error_set(error, HY_ERROR_BAD_VALUE, "model", "%s: it knows nothing of its task", name);
    }
    return opened;
}

static struct model_set *open_models(struct parts *parts, GError **error)
{
    g_autoptr(GPtrArray) models = g_ptr_array_new_with_free_func((GDestroyNotify)model_unref);
    struct model *shipped = shipped_model(error);
    if (shipped == NULL)
        return NULL;
    g_ptr_array_add(models, shipped);
    for (guint i = 0; i < parts->models->len; i++) {
        struct parts_model *kept = parts->models->pdata[i];
        g_autoptr(GError) why = NULL;
        struct model *model = parts_open(kept, &why);
        const char *damage = why != NULL ? why->message : "";
        parts->news = parts->news || strcmp(kept->damage, damage) != 0;
        g_free(kept->damage);
        kept->damage = g_strdup(damage);
        if (model != NULL)
            g_ptr_array_add(models, model);
        else
            log_failure("model.damaged", why);
    }
    return model_set_new((struct model *const *)models->pdata, models->len);
}

/* NULL when there is nothing of the brand, or when what an older program kept cannot be used. */
static struct entity_brand *open_brand(const struct setting *setting)
{
    size_t templates = json_array_size(setting->order_templates);
    if (templates == 0 && json_array_size(setting->products) == 0)
        return NULL;
    g_autoptr(GError) why = NULL;
    struct entity_brand *brand = setting_brand(setting, &why);
    if (brand == NULL)
        log_failure("brand.unreadable", why);
    return brand;
}

/* All of them, or none when together they are too many: each was compiled by itself when it was kept. */
static struct rule_set *open_rules(const struct parts *parts)
{
    g_autoptr(GError) why = NULL;
    struct rule_set *set = rule_set_new(parts->rules, &why);
    if (set == NULL)
        log_failure("rules.refused", why);
    return set;
}

struct assess *parts_assess(struct parts *parts, struct model_set **models, GError **error)
{
    g_autoptr(model_set_auto) set = open_models(parts, error);
    if (set == NULL)
        return NULL;
    g_autoptr(rule_set_auto) rules = open_rules(parts);
    struct assess_parts made = {
        .weights = &parts->setting.weights, .rules = rules, .models = set, .brand = open_brand(&parts->setting)};
    struct assess *assess = assess_new(&made, error);
    if (assess != NULL)
        *models = g_steal_pointer(&set);
    return assess;
}

bool parts_note(struct tx *tx, void *data, GError **error)
{
    const struct parts *parts = data;
    for (guint i = 0; i < parts->models->len; i++) {
        const struct parts_model *model = parts->models->pdata[i];
        int64_t changes = 0;
        if (!q_teaching_model_damaged(tx, &changes, error, model->id, model->damage))
            return false;
    }
    return true;
}
