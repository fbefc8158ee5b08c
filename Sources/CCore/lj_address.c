#include "lj_address.h"

#include <arpa/inet.h>

int lj_canonical_ipv6(const char *text, char canonical[LJ_IPV6_SIZE]) {
    struct in6_addr address;
    if (inet_pton(AF_INET6, text, &address) != 1) return -1;
    return inet_ntop(AF_INET6, &address, canonical, LJ_IPV6_SIZE) ? 0 : -1;
}
