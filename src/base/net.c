#include "base/net.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

struct net {
    struct net_address base;
    unsigned bits; /* of 128 */
};

struct net_set {
    GArray *nets; /* of struct net */
};

static const uint8_t MAPPED[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

bool net_parse(const char *text, struct net_address *out)
{
    char bare[NET_TEXT];
    size_t length = strlen(text);
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']' && length - 2 < sizeof bare) {
        memcpy(bare, text + 1, length - 2);
        bare[length - 2] = '\0';
        return inet_pton(AF_INET6, bare, out->bytes) == 1;
    }
    if (inet_pton(AF_INET6, text, out->bytes) == 1)
        return true;
    memcpy(out->bytes, MAPPED, sizeof MAPPED);
    return inet_pton(AF_INET, text, out->bytes + 12) == 1;
}

bool net_from_sockaddr(const struct sockaddr *from, struct net_address *out)
{
    if (from->sa_family == AF_INET) {
        memcpy(out->bytes, MAPPED, sizeof MAPPED);
        memcpy(out->bytes + 12, &((const struct sockaddr_in *)(const void *)from)->sin_addr, 4);
        return true;
    }
    if (from->sa_family == AF_INET6) {
        memcpy(out->bytes, &((const struct sockaddr_in6 *)(const void *)from)->sin6_addr, 16);
        return true;
    }
    return false;
}

static bool is_ipv4(const struct net_address *address)
{
    return memcmp(address->bytes, MAPPED, sizeof MAPPED) == 0;
}

const char *net_format(const struct net_address *address, char text[NET_TEXT])
{
    bool ipv4 = is_ipv4(address);
    return inet_ntop(ipv4 ? AF_INET : AF_INET6, address->bytes + (ipv4 ? 12 : 0), text, NET_TEXT);
}

static bool net_has(const struct net *net, const struct net_address *address)
{
    unsigned whole = net->bits / 8, rest = net->bits % 8;
    if (memcmp(net->base.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || (net->base.bytes[whole] ^ address->bytes[whole]) >> (8 - rest) == 0;
}

/* "10.0.0.0/8" or a single address. */
static bool parse_net(const char *text, struct net *out)
{
    const char *slash = strchr(text, '/');
    if (slash == NULL) {
        out->bits = 128;
        return net_parse(text, &out->base);
    }
    g_autofree char *base = g_strndup(text, (gsize)(slash - text));
    guint64 bits = 0;
    if (!net_parse(base, &out->base))
        return false;
    bool ipv4 = strchr(base, ':') == NULL;
    if (!g_ascii_string_to_unsigned(slash + 1, 10, 0, ipv4 ? 32 : 128, &bits, NULL))
        return false;
    out->bits = (unsigned)bits + (ipv4 ? 96 : 0);
    return true;
}

static bool in_any(const char *const *nets, size_t count, const struct net_address *address)
{
    for (size_t i = 0; i < count; i++) {
        struct net net;
        if (parse_net(nets[i], &net) && net_has(&net, address))
            return true;
    }
    return false;
}

bool net_is_public(const struct net_address *address)
{
    static const char *const CLOSED4[] = {
        "0.0.0.0/8",     "10.0.0.0/8",      "100.64.0.0/10",  "127.0.0.0/8",    "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24",    "192.0.2.0/24",   "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",
    };
    static const char *const CLOSED6[] = {"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"};
    static const char *const OPEN6[] = {"2000::/3"};
    static const uint8_t NAT64[12] = {0x00, 0x64, 0xff, 0x9b};
    struct net_address inner = *address;
    if (memcmp(address->bytes, NAT64, sizeof NAT64) == 0) /* reaches the IPv4 address inside */
        memcpy(inner.bytes, MAPPED, sizeof MAPPED);
    if (is_ipv4(&inner))
        return !in_any(CLOSED4, G_N_ELEMENTS(CLOSED4), &inner);
    return in_any(OPEN6, G_N_ELEMENTS(OPEN6), &inner) && !in_any(CLOSED6, G_N_ELEMENTS(CLOSED6), &inner);
}

static bool add_named(GArray *nets, const char *name)
{
    static const char *const LOOPBACK[] = {"127.0.0.0/8", "::1", NULL};
    static const char *const PRIVATE[] = {"10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", NULL};
    const char *const *list = strcmp(name, "loopback") == 0 ? LOOPBACK : strcmp(name, "private") == 0 ? PRIVATE : NULL;
    for (; list != NULL && *list != NULL; list++) {
        struct net net;
        if (parse_net(*list, &net))
            g_array_append_val(nets, net);
    }
    return list != NULL;
}

struct net_set *net_set_parse(const char *text, GError **error)
{
    g_autoptr(net_set_auto) set = g_new0(struct net_set, 1);
    set->nets = g_array_new(FALSE, FALSE, sizeof(struct net));
    g_auto(GStrv) entries = g_strsplit_set(text ? text : "", ", \t", -1);
    for (char **entry = entries; *entry != NULL; entry++) {
        struct net net;
        if (**entry == '\0' || add_named(set->nets, *entry))
            continue;
        if (!parse_net(*entry, &net)) {
            error_set(error, HY_ERROR_BAD_VALUE, NULL, "\"%.100s\" is no address, network, \"loopback\" or \"private\"",
                      *entry);
            return NULL;
        }
        g_array_append_val(set->nets, net);
    }
    return g_steal_pointer(&set);
}

void net_set_free(struct net_set *set)
{
    if (set == NULL)
        return;
    g_array_unref(set->nets);
    g_free(set);
}

bool net_set_has(const struct net_set *set, const struct net_address *address)
{
    for (guint i = 0; i < set->nets->len; i++)
        if (net_has(&g_array_index(set->nets, struct net, i), address))
            return true;
    return false;
}

bool net_parse_listen(const char *text, char **host, unsigned *port)
{
    const char *colon = strrchr(text, ':');
    guint64 number = 0;
    if (colon == NULL || colon == text || !g_ascii_string_to_unsigned(colon + 1, 10, 0, 65535, &number, NULL))
        return false;
    g_autofree char *name = g_strndup(text, (gsize)(colon - text));
    size_t length = strlen(name);
    if (name[0] == '[') {
        struct net_address address;
        if (!net_parse(name, &address))
            return false;
        memmove(name, name + 1, length - 2);
        name[length - 2] = '\0';
    } else if (strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_") != length) {
        return false;
    }
    *host = g_steal_pointer(&name);
    *port = (unsigned)number;
    return true;
}
