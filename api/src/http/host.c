/* Checks of Host and Origin; see host.h. Calls nothing of the rest of the server. */
#include "http/host.h"

#include <arpa/inet.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

enum { ADDRESS_CHARACTERS_MAX = 45, PORT_DIGITS_MAX = 5 };

typedef struct text {
    const char *at;
    size_t len;
} text;

static bool same(text a, text b) {
    return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static text text_of(const char *string) {
    return (text){string, strlen(string)};
}

/* The next of a list with commas, without blanks around it; false: there are no more. */
static bool next_of(text *element, const char **list) {
    if (*list == NULL) {
        return false;
    }
    const char *at = *list + strspn(*list, " \t");
    size_t len = strcspn(at, ",");
    *list = at[len] == ',' ? at + len + 1 : NULL;
    while (len > 0 && (at[len - 1] == ' ' || at[len - 1] == '\t')) {
        len--;
    }
    *element = (text){at, len};
    return true;
}

static bool lists(const char *list, text wanted) {
    text element;
    while (next_of(&element, &list)) {
        if (same(element, wanted) || same(element, text_of("*"))) {
            return true;
        }
    }
    return false;
}

/* Whether these are characters of names and IPv4 addresses, with no empty label in front. */
static bool is_name(text host) {
    static const char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._";
    return host.len > 0 && host.at[0] != '.' && strspn(host.at, characters) >= host.len;
}

/* Takes ":port" off, and the dot that may end a name; false if it is no host with a port. */
static bool without_port(text *host) {
    const char *bracket =
        host->len > 0 && host->at[0] == '[' ? memchr(host->at, ']', host->len) : NULL;
    size_t from = bracket == NULL ? 0 : (size_t)(bracket - host->at) + 1;
    const char *colon = memchr(host->at + from, ':', host->len - from);
    if (colon != NULL) {
        size_t len = (size_t)(colon - host->at);
        size_t digits = host->len - len - 1;
        if (digits > PORT_DIGITS_MAX || strspn(colon + 1, "0123456789") < digits) {
            return false;
        }
        host->len = len;
    }
    if (bracket != NULL) {
        return host->len == from;
    }
    host->len -= host->len > 1 && host->at[host->len - 1] == '.';
    return is_name(*host);
}

/* Reads a host as an address; *local: of this machine alone. */
static bool is_address(text host, bool *local) {
    char copy[ADDRESS_CHARACTERS_MAX + 1];
    bool six = host.len > 2 && host.at[0] == '[';
    host = six ? (text){host.at + 1, host.len - 2} : host;
    if (host.len > ADDRESS_CHARACTERS_MAX) {
        return false;
    }
    memcpy(copy, host.at, host.len);
    copy[host.len] = '\0';
    struct in_addr four;
    struct in6_addr bytes;
    if (!six) {
        bool is = inet_pton(AF_INET, copy, &four) == 1;
        *local = is && ntohl(four.s_addr) >> 24 == 127;
        return is;
    }
    bool is = inet_pton(AF_INET6, copy, &bytes) == 1;
    *local = is && IN6_IS_ADDR_LOOPBACK(&bytes);
    return is;
}

/* localhost, or a name below it: those resolve to this machine wherever one asks (RFC 6761, 6.3).
 */
static bool is_localhost(text host) {
    static const char name[] = "localhost";
    size_t len = sizeof name - 1;
    if (host.len < len || strncasecmp(host.at + host.len - len, name, len) != 0) {
        return false;
    }
    return host.len == len || host.at[host.len - len - 1] == '.';
}

bool pt__host_is_allowed(const pt__host_rules *rules, const char *host) {
    if (host == NULL || *host == '\0' || (rules->any_host && rules->hosts == NULL)) {
        return true;
    }
    const char *at = host;
    text name;
    bool local;
    /* Blanks around it are no part of it (RFC 9110, 5.6.3). */
    if (!next_of(&name, &at) || at != NULL) {
        return false;
    }
    /* An address is no name that somebody else could have made resolve to here. */
    return without_port(&name) &&
           (is_localhost(name) || is_address(name, &local) || lists(rules->hosts, name));
}

bool pt__origins_are_open(const pt__host_rules *rules) {
    return lists(rules->origins, text_of("*"));
}

bool pt__origin_is_allowed(const pt__host_rules *rules, const char *origin) {
    static const char http[] = "http://", https[] = "https://";
    if (lists(rules->origins, text_of(origin))) {
        return true;
    }
    size_t skipped = strncasecmp(origin, http, sizeof http - 1) == 0     ? sizeof http - 1
                     : strncasecmp(origin, https, sizeof https - 1) == 0 ? sizeof https - 1
                                                                         : 0;
    text name = text_of(origin + skipped);
    bool local = false;
    if (skipped == 0 || !without_port(&name)) {
        return false;
    }
    /* "*" among the hosts lets any name be this server's; it does not open it to any page. */
    return is_localhost(name) || (is_address(name, &local) && local) ||
           (rules->hosts != NULL && !lists(rules->hosts, text_of("*")) &&
            lists(rules->hosts, name));
}
