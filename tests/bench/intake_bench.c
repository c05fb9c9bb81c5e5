/* intake_bench.c - how many messages a second intake takes in, without HTTP: the peer of raw_insert.c.
 *
 *   intake_bench DIR MESSAGES [postgres://…]
 *
 * Each message is a delivery of its own by a new contact, judged, handed over without waiting, as the hook route does.
 * DIR must exist. */
#include "base/clock.h"
#include "inbox/intake.h"
#include "store/backend.h"

#include <stdio.h>
#include <stdlib.h>

static gint committed;
static gint failed;

static bool run_script(struct tx *tx, void *data, GError **error)
{
    return tx->backend->script(tx->connection, data, error);
}

static void taken(const struct intake_batch *batch, const GError *error, void *data)
{
    (void)batch, (void)data;
    g_atomic_int_inc(error == NULL ? &committed : &failed);
}

static void free_post(gpointer post)
{
    channel_post_free(post);
}

static struct intake_batch *make(struct assess_current *assess, struct account *account, int number)
{
    static const char TEXT[] =
        "三周了，退款还没到账，客服电话永远占线，发了邮件也没有人回。你们就是这样对待老客户的吗？"
        "希望今天之内给一个明确的答复，不然我就去 12315 投诉了。订单号 2026102417，麻烦尽快核对一下。";
    g_autoptr(GPtrArray) posts = g_ptr_array_new_with_free_func(free_post);
    g_autoptr(GBytes) body = g_bytes_new_static(TEXT, sizeof TEXT);
    struct channel_post *post = channel_post_new();
    post->native_id = g_strdup_printf("post-%d-0123456789abcdef", number);
    post->root_native_id = g_strdup(post->native_id);
    post->kind = "mention";
    post->author.native_id = g_strdup_printf("author-%d", number);
    post->author.handle = g_strdup("小麦");
    g_free(post->text);
    post->text = g_strdup(TEXT);
    g_ptr_array_add(posts, post);
    return intake_prepare(assess, account, posts, body, clock_now_ms(clock_system()));
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    int count = atoi(argv[2]);
    struct store_options options = {.data_dir = argv[1], .url = argc > 3 ? argv[3] : NULL, .migrate = true};
    g_autoptr(GError) error = NULL;
    g_autoptr(store_auto) store = store_open(&options, &error);
    g_autoptr(secret_auto) secret = store ? secret_load(argv[1], &error) : NULL;
    struct assess *judge = secret ? assess_new(NULL, &error) : NULL;
    struct assess_current *assess = judge ? assess_current_new(judge) : NULL;
    char setup[] = "INSERT INTO brand (id, name, created_ms) VALUES (1, 'B', 1);"
                   "INSERT INTO team (id, name, is_default, created_ms) VALUES (2, 'T', 1, 1);"
                   "INSERT INTO channel (id, kind, name, brand_id, created_ms) VALUES (3, 'webhook', 'W', 1, 1)";
    bool ok = assess && store_write(store, run_script, setup, &error);
    struct accounts *accounts = ok ? accounts_new(store, secret, channel_kind_find) : NULL;
    if (!ok || !accounts_reload(accounts, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    g_autoptr(account_auto) account = account_find(accounts, 3);
    gint64 begin = g_get_monotonic_time();
    for (int i = 0; i < count; i++) {
        intake_submit_async(store, make(assess, account, i), taken, NULL);
        while (i - g_atomic_int_get(&committed) > 2000) /* as many as a busy server has under way */
            g_usleep(200);
    }
    while (g_atomic_int_get(&committed) + g_atomic_int_get(&failed) < count)
        g_usleep(200);
    double seconds = (double)(g_get_monotonic_time() - begin) / G_USEC_PER_SEC;
    printf("%.0f\n", count / seconds);
    accounts_free(accounts);
    assess_current_free(assess);
    return failed > 0;
}
