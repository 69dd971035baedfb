/*
 * Who may ask: names of this server in Host, and pages of browsers in Origin. A page on evil.com
 * whose name its owner lets resolve to 127.0.0.1 (DNS rebinding) sends its own name in both.
 */
#ifndef PT_HTTP_HOST_H
#define PT_HTTP_HOST_H

#include <stdbool.h>

typedef struct pt__host_rules {
    bool any_host;       /* Host is not looked at unless hosts is set */
    const char *hosts;   /* more names, with commas between, or "*"; NULL: none */
    const char *origins; /* more origins, with commas between, or "*"; NULL: none */
} pt__host_rules;

/* Whether Host may say so; NULL: no browser. Addresses, localhost and the rules' names may. */
bool pt__host_is_allowed(const pt__host_rules *rules, const char *host);

/* Whether Origin may say so: pages of this machine, of the rules' names, and the rules' origins. */
bool pt__origin_is_allowed(const pt__host_rules *rules, const char *origin);

/* Whether any page may call. */
bool pt__origins_are_open(const pt__host_rules *rules);

#endif
