// Addresses in the one form that libcurl gives them.
#ifndef LJ_ADDRESS_H
#define LJ_ADDRESS_H
enum { LJ_IPV6_SIZE = 46 };
// The canonical text of an IPv6 address (RFC 5952), without brackets; 0, or -1 for what is none.
int lj_canonical_ipv6(const char *text, char canonical[LJ_IPV6_SIZE]);
#endif
