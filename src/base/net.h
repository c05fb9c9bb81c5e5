/* net.h - addresses of the internet, and sets of them. Any thread. */
#pragma once
#include "base/error.h"

#include <stdint.h>
#include <sys/socket.h>

/* IPv6; an IPv4 address is kept as ::ffff:a.b.c.d, so the two forms of one address are equal. */
struct net_address {
    uint8_t bytes[16];
};

#define NET_TEXT 46 /* room for an address as text */

/* "203.0.113.7", "2001:db8::1", "[2001:db8::1]"; nothing else, no zone. */
bool net_parse(const char *text, struct net_address *out);
bool net_from_sockaddr(const struct sockaddr *from, struct net_address *out);
const char *net_format(const struct net_address *address, char text[NET_TEXT]); /* text */

/* Can this address be anybody's on the open internet? No for loopback, private, link-local, shared, documentation,
 * multicast and reserved ones, and for IPv6 forms that carry such an IPv4 address. */
bool net_is_public(const struct net_address *address);

struct net_set; /* immutable */

/* "loopback, private, 10.1.0.0/16, 203.0.113.7, fd00::/8", commas or blanks between; NULL and "" = the empty set.
 * BAD_VALUE, field NULL, the message naming the entry. Free with net_set_free. */
struct net_set *net_set_parse(const char *text, GError **error);
void net_set_free(struct net_set *set);
typedef struct net_set net_set_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(net_set_auto, net_set_free)
bool net_set_has(const struct net_set *set, const struct net_address *address);

/* "host:port" and "[::1]:port" apart. *host is g_free'd by the caller. */
bool net_parse_listen(const char *text, char **host, unsigned *port);
