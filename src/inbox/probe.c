#include "inbox/probe.h"

struct probe {
    const struct channel_kind *kind;
    const struct channel_account *account;
    struct channel_outcome *outcome;
    GMutex lock;
    GCond ended;
    bool over;
};

static void answered(const struct client_response *response, void *data)
{
    struct probe *probe = data;
    struct channel_response read;
    exchange_read(response, &read);
    g_mutex_lock(&probe->lock);
    probe->kind->probe_read(probe->account, &read, probe->outcome);
    probe->over = true;
    g_cond_signal(&probe->ended);
    g_mutex_unlock(&probe->lock);
}

bool probe_run(struct client *client, const struct channel_kind *kind, const struct channel_account *account,
               int64_t now_ms, struct channel_outcome *outcome, GError **error)
{
    g_auto(channel_request_auto) request;
    channel_request_init(&request);
    *outcome = (struct channel_outcome){.fate = CHANNEL_OK};
    if (kind->probe_build == NULL)
        return true;
    if (!kind->probe_build(account, now_ms, &request, error))
        return false;
    struct probe probe = {.kind = kind, .account = account, .outcome = outcome};
    g_mutex_init(&probe.lock);
    g_cond_init(&probe.ended);
    bool begun = exchange_begin(client_send, client, &request, true, answered, &probe, error);
    g_mutex_lock(&probe.lock);
    while (begun && !probe.over) /* the client ends every call, at the latest when its time is over */
        g_cond_wait(&probe.ended, &probe.lock);
    g_mutex_unlock(&probe.lock);
    g_mutex_clear(&probe.lock);
    g_cond_clear(&probe.ended);
    return begun;
}
