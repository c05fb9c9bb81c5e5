#include "desk/throttle.h"

#include "base/clock.h"
#include "store/queries.h"

#include <glib.h>

#define BLOCK_MAX_MS (15 * CLOCK_MINUTE_MS)

static const struct rule {
    const char *kind;
    int64_t free, forget_ms; /* many people may share an address, so it is forgotten sooner */
} LOGIN = {"login", 5, CLOCK_DAY_MS}, ADDRESS = {"address", 20, CLOCK_HOUR_MS};

struct subject {
    const struct rule *rule;
    char *name;
    int64_t failures, first_ms, blocked_until_ms;
};

static void subject_clear(struct subject *subject)
{
    g_clear_pointer(&subject->name, g_free);
}
typedef struct subject subject_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(subject_auto, subject_clear)

static bool load(struct tx *tx, struct subject *subject, const struct rule *rule, const char *who, GError **error)
{
    g_autoptr(rows_auto) rows = NULL;
    struct q_login_failure_find row;
    subject->name = g_strconcat(rule->kind, ":", who, NULL);
    subject->rule = rule;
    if (!q_login_failure_find(tx, &rows, error, subject->name))
        return false;
    if (q_login_failure_find_next(rows, &row)) {
        subject->failures = row.failures;
        subject->first_ms = row.first_ms;
        subject->blocked_until_ms = row.blocked_until_ms;
    }
    return true;
}

static bool count(struct tx *tx, struct subject *subject, int64_t now_ms, GError **error)
{
    if (subject->first_ms + subject->rule->forget_ms <= now_ms) {
        subject->failures = 0;
        subject->first_ms = now_ms;
    }
    int64_t over = ++subject->failures - subject->rule->free;
    int64_t block = over < 0 ? 0 : MIN(BLOCK_MAX_MS, (2 * CLOCK_SECOND_MS) << MIN(over, 20));
    return q_login_failure_save(tx, error, subject->name, subject->failures, subject->first_ms,
                                block == 0 ? 0 : now_ms + block);
}

bool throttle_try(struct tx *tx, const char *login, const char *address, int64_t now_ms, int64_t *wait_ms,
                  GError **error)
{
    g_auto(subject_auto) by_login = {0};
    g_auto(subject_auto) by_address = {0};
    if (!load(tx, &by_login, &LOGIN, login, error) || !load(tx, &by_address, &ADDRESS, address, error))
        return false;
    *wait_ms = MAX(by_login.blocked_until_ms, by_address.blocked_until_ms) - now_ms;
    if (*wait_ms > 0) {
        error_set(error, HY_ERROR_THROTTLED, "login", "blocked for %" G_GINT64_FORMAT " ms", *wait_ms);
        return false;
    }
    return count(tx, &by_login, now_ms, error) && count(tx, &by_address, now_ms, error);
}

bool throttle_forgive(struct tx *tx, const char *login, const char *address, GError **error)
{
    g_auto(subject_auto) by_login = {0};
    g_auto(subject_auto) by_address = {0};
    if (!load(tx, &by_login, &LOGIN, login, error) || !load(tx, &by_address, &ADDRESS, address, error))
        return false;
    /* Giving back more than the one try would let somebody with one good login guess at all others for ever. */
    return q_login_failure_delete(tx, error, by_login.name) &&
           (by_address.failures > 1
                ? q_login_failure_save(tx, error, by_address.name, by_address.failures - 1, by_address.first_ms, 0)
                : q_login_failure_delete(tx, error, by_address.name));
}

bool throttle_purge(struct tx *tx, int64_t now_ms, GError **error)
{
    int64_t unused;
    return q_login_failure_purge(tx, &unused, error, now_ms - LOGIN.forget_ms, now_ms);
}
