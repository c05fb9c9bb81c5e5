/* session_test.c - people, sessions, tokens, throttling: on both databases. */
#include "base/secret.h"
#include "database.h"
#include "desk/person.h"
#include "desk/session.h"
#include "desk/team.h"
#include "desk/throttle.h"
#include "store/event.h"
#include "store/queries.h"

#include <string.h>

#define NOW_MS INT64_C(1790000000000)

struct bench {
    struct tx *tx;
    int64_t now_ms, wait_ms, id, other_id, session_id;
    const char *login, *address, *role, *scopes;
    char *cookie, *csrf, *token;
    struct session_holder holder;
    struct actor actor;
};

static void bench_clear(struct bench *bench)
{
    g_free(bench->cookie);
    g_free(bench->csrf);
    g_free(bench->token);
    session_holder_clear(&bench->holder);
}

static void write_ok(struct store *store, store_work work, struct bench *bench)
{
    g_autoptr(GError) error = NULL;
    bool ok = store_write(store, work, bench, &error);
    g_assert_no_error(error);
    g_assert_true(ok);
}

static void write_fails(struct store *store, store_work work, struct bench *bench, enum hy_error code,
                        const char *field)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(store_write(store, work, bench, &error));
    g_assert_error(error, HY_ERROR, (int)code);
    g_assert_cmpstr(error_field(error), ==, field);
}

static bool add_person(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.name = "test", .address = "", .permissions = PERMISSION_ALL};
    struct person_new person = {
        .login = bench->login, .name = bench->login, .role = bench->role, .password_hash = "hash"};
    return person_create(tx, &actor, &person, NOW_MS, &bench->id, error);
}

static bool start(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.person_id = bench->id, .name = "x", .address = "192.0.2.1"};
    g_clear_pointer(&bench->cookie, g_free);
    g_clear_pointer(&bench->csrf, g_free);
    return session_start(tx, &actor, "Firefox", bench->now_ms, &bench->session_id, &bench->cookie, &bench->csrf, error);
}

static bool find(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    g_autofree char *digest = secret_token_digest(bench->cookie);
    session_holder_clear(&bench->holder);
    return session_find(tx, digest, bench->now_ms, &bench->holder, error);
}

static bool touch(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    return session_touch(tx, &bench->holder, bench->now_ms, error);
}

static bool end(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.person_id = bench->id, .name = "x", .address = ""};
    return session_end(tx, &actor, bench->session_id, bench->now_ms, error);
}

static void test_session(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    struct bench bench = {.now_ms = NOW_MS, .login = "Amy", .role = "agent"};
    write_ok(store, add_person, &bench);
    write_ok(store, start, &bench);
    g_assert_true(strcmp(bench.cookie, bench.csrf) != 0);
    write_ok(store, find, &bench);
    g_assert_cmpint(bench.holder.person_id, ==, bench.id);
    g_assert_cmpint(bench.holder.session_id, ==, bench.session_id);
    g_assert_cmpstr(bench.holder.csrf, ==, bench.csrf);
    g_assert_true(bench.holder.permissions == permission_of_role("agent"));

    bench.now_ms = NOW_MS + 6 * CLOCK_DAY_MS; /* used now and then it stays, but not for ever */
    write_ok(store, find, &bench);
    write_ok(store, touch, &bench);
    bench.now_ms = NOW_MS + 12 * CLOCK_DAY_MS;
    write_ok(store, find, &bench);
    bench.now_ms = NOW_MS + 14 * CLOCK_DAY_MS;
    write_fails(store, find, &bench, HY_ERROR_UNAUTHENTICATED, NULL);
    for (int day = 6; day < 30; day += 6) {
        bench.now_ms = NOW_MS + day * CLOCK_DAY_MS;
        bench.holder.session_id = bench.session_id;
        write_ok(store, touch, &bench);
    }
    bench.now_ms = NOW_MS + 29 * CLOCK_DAY_MS;
    write_ok(store, find, &bench);
    bench.now_ms = NOW_MS + 30 * CLOCK_DAY_MS;
    write_fails(store, find, &bench, HY_ERROR_UNAUTHENTICATED, NULL);

    bench.now_ms = NOW_MS;
    write_ok(store, start, &bench);
    write_ok(store, end, &bench);
    write_fails(store, find, &bench, HY_ERROR_UNAUTHENTICATED, NULL);
    write_fails(store, end, &bench, HY_ERROR_NOT_FOUND, NULL);
    bench_clear(&bench);
}

static bool switch_off(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    bool active = false;
    struct actor actor = {.name = "test", .address = ""};
    struct person_change change = {.active = &active};
    return person_update(tx, &actor, bench->id, &change, bench->now_ms, error);
}

static bool demote(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.name = "test", .address = ""};
    struct person_change change = {.role = "viewer"};
    return person_update(tx, &actor, bench->id, &change, bench->now_ms, error);
}

static void test_last_admin(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    struct bench first = {.now_ms = NOW_MS, .login = "one", .role = "admin"};
    struct bench second = {.now_ms = NOW_MS, .login = "two", .role = "admin"};
    write_ok(store, add_person, &first);
    write_fails(store, switch_off, &first, HY_ERROR_CONFLICT, "active");
    write_fails(store, demote, &first, HY_ERROR_CONFLICT, "role");
    write_ok(store, add_person, &second);
    write_ok(store, start, &first);
    write_ok(store, find, &first);
    write_ok(store, switch_off, &first);
    write_fails(store, find, &first, HY_ERROR_UNAUTHENTICATED, NULL);
    write_fails(store, demote, &second, HY_ERROR_CONFLICT, "role");
    second.login = "ONE"; /* full-width and capitals are the same login */
    write_fails(store, add_person, &second, HY_ERROR_TAKEN, "login");
    second.login = "ｏｎｅ";
    write_fails(store, add_person, &second, HY_ERROR_TAKEN, "login");
    second.login = "three";
    second.role = "king";
    write_fails(store, add_person, &second, HY_ERROR_BAD_VALUE, "role");
    bench_clear(&first);
    bench_clear(&second);
}

static bool make_token(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.person_id = bench->id, .name = "x", .address = ""};
    g_clear_pointer(&bench->token, g_free);
    return session_token_create(tx, &actor, bench->id, "t", bench->scopes, NOW_MS, &bench->other_id, &bench->token,
                                error);
}

static bool find_token(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    g_autofree char *digest = secret_token_digest(bench->token);
    session_holder_clear(&bench->holder);
    return session_find_token(tx, digest, NOW_MS, &bench->holder, error);
}

static bool revoke_token(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    struct actor actor = {.person_id = bench->id, .name = "x", .address = ""};
    return session_token_revoke(tx, &actor, bench->other_id, NOW_MS, error);
}

static void test_token(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    struct bench bench = {.now_ms = NOW_MS, .login = "bot", .role = "agent", .scopes = "conversation.read user.manage"};
    write_ok(store, add_person, &bench);
    write_ok(store, make_token, &bench);
    write_ok(store, find_token, &bench);
    /* never more than the role */
    g_assert_true(bench.holder.permissions == PERMISSION_BIT(PERMISSION_CONVERSATION_READ));
    g_assert_false(bench.holder.unlimited);
    bench.scopes = "conversation.read everything";
    write_fails(store, make_token, &bench, HY_ERROR_BAD_VALUE, "scopes");
    bench.scopes = "";
    write_fails(store, make_token, &bench, HY_ERROR_BAD_VALUE, "scopes");
    bench.scopes = "all";
    write_ok(store, make_token, &bench);
    write_ok(store, find_token, &bench);
    g_assert_true(bench.holder.permissions == permission_of_role("agent") && bench.holder.unlimited);
    write_ok(store, revoke_token, &bench);
    write_fails(store, find_token, &bench, HY_ERROR_UNAUTHENTICATED, NULL);
    write_fails(store, revoke_token, &bench, HY_ERROR_NOT_FOUND, NULL);
    bench_clear(&bench);
}

/* ---- throttling ---- */

static bool try(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    return throttle_try(tx, bench->login, bench->address, bench->now_ms, &bench->wait_ms, error);
}

static bool forgive(struct tx *tx, void *data, GError **error)
{
    struct bench *bench = data;
    return throttle_forgive(tx, bench->login, bench->address, error);
}

static void test_throttle_login(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    struct bench bench = {.now_ms = NOW_MS, .login = "amy", .address = "192.0.2.1"};
    for (int i = 0; i < 5; i++)
        write_ok(store, try, &bench);
    write_fails(store, try, &bench, HY_ERROR_THROTTLED, "login");
    g_assert_cmpint(bench.wait_ms, ==, 2000);
    bench.address = "192.0.2.2"; /* from elsewhere too */
    write_fails(store, try, &bench, HY_ERROR_THROTTLED, "login");
    bench.now_ms += 2000;
    write_ok(store, try, &bench);
    write_fails(store, try, &bench, HY_ERROR_THROTTLED, "login");
    g_assert_cmpint(bench.wait_ms, ==, 4000);
    int64_t longest_ms = 0;
    for (int i = 0; i < 20; i++) { /* from many addresses, as those would be blocked themselves */
        g_autofree char *address = g_strdup_printf("198.51.100.%d", i);
        bench.now_ms += 16 * CLOCK_MINUTE_MS;
        bench.address = address;
        write_ok(store, try, &bench);
        write_fails(store, try, &bench, HY_ERROR_THROTTLED, "login");
        longest_ms = MAX(longest_ms, bench.wait_ms);
    }
    g_assert_cmpint(longest_ms, ==, 15 * CLOCK_MINUTE_MS);
    bench.now_ms += 16 * CLOCK_MINUTE_MS;
    bench.address = "192.0.2.9";
    write_ok(store, try, &bench);
    write_ok(store, forgive, &bench);
    for (int i = 0; i < 5; i++)
        write_ok(store, try, &bench);
}

static void test_throttle_address(struct database *database)
{
    g_autoptr(store_auto) store = database_open(database);
    struct bench bench = {.now_ms = NOW_MS, .address = "203.0.113.7"};
    for (int i = 0; i < 20; i++) {
        g_autofree char *login = g_strdup_printf("user%d", i);
        bench.login = login;
        write_ok(store, try, &bench);
    }
    bench.login = "user99";
    write_fails(store, try, &bench, HY_ERROR_THROTTLED, "login");
    bench.address = "203.0.113.8";
    write_ok(store, try, &bench);
    bench.address = "203.0.113.7";
    bench.now_ms += CLOCK_HOUR_MS;
    write_ok(store, try, &bench);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    database_test("/session/life", test_session);
    database_test("/session/last-admin", test_last_admin);
    database_test("/session/token", test_token);
    database_test("/throttle/login", test_throttle_login);
    database_test("/throttle/address", test_throttle_address);
    return g_test_run();
}
