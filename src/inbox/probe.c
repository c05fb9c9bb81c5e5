#include "inbox/probe.h"

struct probe {
    const struct channel_kind *kind;
    struct channel_account account;
    json_t *settings;
    probe_done done;
    void *data;
};

static void probe_free(struct probe *probe)
{
    json_decref(probe->settings);
    g_free(probe);
}

static void answered(const struct client_response *response, void *data)
{
    struct probe *probe = data;
    struct channel_outcome outcome = {.fate = CHANNEL_OK};
    struct channel_response read;
    exchange_read(response, &read);
    probe->kind->probe_read(&probe->account, &read, &outcome);
    probe->done(&outcome, probe->data);
    channel_outcome_clear(&outcome);
    probe_free(probe);
}

bool probe_begin(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
                 int64_t now_ms, probe_done done, void *data, GError **error)
{
    g_auto(channel_request_auto) request;
    channel_request_init(&request);
    if (kind->probe_build == NULL) {
        done(&(struct channel_outcome){.fate = CHANNEL_OK}, data);
        return true;
    }
    if (!kind->probe_build(account, now_ms, &request, error))
        return false;
    struct probe *probe = g_new0(struct probe, 1);
    *probe = (struct probe){.kind = kind, .settings = json_deep_copy(account->settings), .done = done, .data = data};
    probe->account = (struct channel_account){.id = account->id, .kind = kind->kind, .settings = probe->settings};
    if (exchange_begin_within(client_send, client, &request, true, PROBE_TIMEOUT_MS, answered, probe, error))
        return true;
    probe_free(probe);
    return false;
}

/* ---- waiting ---- */

struct wait {
    probe_done done;
    void *data;
    GMutex lock;
    GCond ended;
    bool over;
};

static void wait_done(const struct channel_outcome *outcome, void *data)
{
    struct wait *wait = data;
    g_mutex_lock(&wait->lock);
    wait->done(outcome, wait->data);
    wait->over = true;
    g_cond_signal(&wait->ended);
    g_mutex_unlock(&wait->lock);
}

bool probe_run(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
               int64_t now_ms, probe_done done, void *data, GError **error)
{
    struct wait wait = {.done = done, .data = data};
    g_mutex_init(&wait.lock);
    g_cond_init(&wait.ended);
    bool begun = probe_begin(client, kind, account, now_ms, wait_done, &wait, error);
    g_mutex_lock(&wait.lock);
    while (begun && !wait.over) /* the client ends every call, at the latest when its time is over */
        g_cond_wait(&wait.ended, &wait.lock);
    g_mutex_unlock(&wait.lock);
    g_mutex_clear(&wait.lock);
    g_cond_clear(&wait.ended);
    return begun;
}
