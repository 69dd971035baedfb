/*
 * The checks of a signature, in the service's order, which dynalite's authors have recorded. Where
 * no text of AWS's is known the code says so.
 */
#include "http/sigv4.h"

#include <gnutls/gnutls.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
    /* How far the clocks of a client and the service may be apart. */
    WINDOW_S = 5 * 60,
    /* https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
    EXPIRES_S_MAX = 7 * 24 * 60 * 60,
    DATE_CHARACTERS = 8, /* "20260131" */
};

/* ---- the time ---- */

static pt__sigv4_verdict refuse_time(pt__sigv4_refusal *refusal, int64_t signed_s, int64_t now_s,
                                     int64_t limit_s, const char *format) {
    char at[PT__SIGV4_TIME_CHARACTERS + 1], limit[PT__SIGV4_TIME_CHARACTERS + 1],
        now[PT__SIGV4_TIME_CHARACTERS + 1], distance[32];
    int64_t seconds = limit_s > now_s ? limit_s - now_s : now_s - limit_s;
    pt__sigv4_time_write(at, signed_s);
    pt__sigv4_time_write(limit, limit_s);
    pt__sigv4_time_write(now, now_s);
    /* What is said of an X-Amz-Expires that is no whole minute has no source. */
    bool whole = seconds % 60 == 0;
    snprintf(distance, sizeof distance, "%lld %s", (long long)(whole ? seconds / 60 : seconds),
             whole ? "min" : "sec");
    return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID, "%s: %s is %s %s (%s %c %s.)",
                            limit_s > now_s ? "Signature not yet current" : "Signature expired", at,
                            format, limit, now, limit_s > now_s ? '+' : '-', distance);
}

/* How long the signature is good for. The texts are S3's. */
static pt__sigv4_verdict read_expires(int64_t *seconds, pt__sigv4_refusal *refusal,
                                      pte_bytes expires) {
    *seconds = WINDOW_S;
    if (expires.data == NULL) {
        return PT__SIGV4_GOOD;
    }
    *seconds = 0;
    for (size_t i = 0; i < expires.len; i++) {
        if (expires.data[i] < '0' || expires.data[i] > '9') {
            return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID, "X-Amz-Expires should be a number");
        }
        *seconds = *seconds > EXPIRES_S_MAX ? *seconds : *seconds * 10 + (expires.data[i] - '0');
    }
    if (expires.len == 0) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID, "X-Amz-Expires should be a number");
    }
    if (*seconds > EXPIRES_S_MAX) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID,
                                "X-Amz-Expires must be less than a week (in seconds); that is, the "
                                "given X-Amz-Expires must be less than 604800 seconds");
    }
    return PT__SIGV4_GOOD;
}

/* time: in the form that is signed. */
static pt__sigv4_verdict check_time(char time[PT__SIGV4_TIME_CHARACTERS + 1],
                                    pt__sigv4_refusal *refusal, const pt__sigv4_claim *claim,
                                    const pt__sigv4_request *request, int64_t now_ms) {
    int64_t signed_s, good_s, now_s = now_ms / 1000;
    bool from_date_header =
        !claim->in_query && pt__sigv4_header(request, "x-amz-date").data == NULL;
    if (!pt__sigv4_time_read(&signed_s, claim->date, from_date_header)) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INCOMPLETE,
                                "Date must be in ISO-8601 'basic format'. Got '%.*s'. See "
                                "http://en.wikipedia.org/wiki/ISO_8601",
                                PT__SIGV4_SHOW(claim->date));
    }
    pt__sigv4_verdict verdict = read_expires(&good_s, refusal, claim->expires);
    if (verdict != PT__SIGV4_GOOD) {
        return verdict;
    }
    if (signed_s < now_s - good_s) {
        return refuse_time(refusal, signed_s, now_s, now_s - good_s, "now earlier than");
    }
    if (signed_s > now_s + WINDOW_S) {
        return refuse_time(refusal, signed_s, now_s, now_s + WINDOW_S, "still later than");
    }
    pt__sigv4_time_write(time, signed_s);
    return PT__SIGV4_GOOD;
}

/* ---- what must be signed ---- */

static pt__sigv4_verdict check_signed_headers(pt__sigv4_refusal *refusal,
                                              const pt__sigv4_claim *claim,
                                              const pt__sigv4_request *request) {
    static const char prefix[] = "x-amz-";
    enum { PREFIX = sizeof prefix - 1 };
    if (!pt__sigv4_lists(claim->signed_headers, pte_str("host"))) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID,
                                "'Host' or ':authority' must be a 'SignedHeader' in the AWS "
                                "Authorization.");
    }
    for (size_t i = 0; i < request->header_count; i++) {
        pte_bytes name = request->headers[i].name;
        if (name.len >= PREFIX && strncasecmp((const char *)name.data, prefix, PREFIX) == 0 &&
            !pt__sigv4_lists(claim->signed_headers, name)) {
            /* AWS documents the rule; its words for these headers have no source. */
            return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID,
                                    "'%.*s' must be a 'SignedHeader' in the AWS Authorization.",
                                    PT__SIGV4_SHOW(name));
        }
    }
    return PT__SIGV4_GOOD;
}

/* ---- the scope ---- */

typedef struct scope {
    pte_bytes key_id;
    pte_bytes date;
    pte_bytes region;
    pte_bytes service;
    pte_bytes terminator;
    pte_bytes all; /* but the key */
} scope;

static pt__sigv4_verdict split_scope(scope *parts, pt__sigv4_refusal *refusal,
                                     pte_bytes credential) {
    pte_bytes rest = credential;
    while (rest.len > 0 && rest.data[rest.len - 1] == '/') {
        rest.len--;
    }
    pte_bytes *const places[] = {&parts->key_id, &parts->date, &parts->region, &parts->service,
                                 &parts->terminator};
    enum { COUNT = sizeof places / sizeof places[0] };
    size_t slashes = 0;
    for (size_t i = 0; i < rest.len; i++) {
        slashes += rest.data[i] == '/';
    }
    if (slashes != COUNT - 1) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INCOMPLETE,
                                "Credential must have exactly 5 slash-delimited elements, e.g. "
                                "keyid/date/region/service/term, got '%.*s'",
                                PT__SIGV4_SHOW(credential));
    }
    for (size_t i = 0; i < COUNT; i++) {
        *places[i] = pt__sigv4_take(&rest, '/');
        parts->all = i == 0 ? rest : parts->all;
    }
    return PT__SIGV4_GOOD;
}

/* All that is wrong with the scope is told at once. A server here is of every region. */
static pt__sigv4_verdict check_scope(const scope *parts, pt__sigv4_refusal *refusal,
                                     const char *time) {
    bool region = pt_region_is_valid(parts->region);
    bool service = pte_bytes_equal(parts->service, pte_str("dynamodb"));
    bool terminator = pte_bytes_equal(parts->terminator, pte_str("aws4_request"));
    bool date = pte_bytes_equal(parts->date, pte_view(time, DATE_CHARACTERS));
    enum { ONE_MAX = 192 };
    char texts[4][ONE_MAX] = {"", "", "", ""};
    if (region && service && terminator && date) {
        return PT__SIGV4_GOOD;
    }
    if (!region) {
        snprintf(texts[0], ONE_MAX, "Credential should be scoped to a valid region, not '%.*s'. ",
                 PT__SIGV4_SHOW(parts->region));
    }
    if (!terminator) {
        snprintf(
            texts[2], ONE_MAX,
            "Credential should be scoped with a valid terminator: 'aws4_request', not '%.*s'. ",
            PT__SIGV4_SHOW(parts->terminator));
    }
    if (!date) {
        snprintf(texts[3], ONE_MAX,
                 "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
                 "from HTTP: '%.*s' != '%.8s', from '%s'.",
                 parts->date.len < 32 ? (int)parts->date.len : 32, (const char *)parts->date.data,
                 time, time);
    }
    return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID, "%s%s%s%s", texts[0],
                            service ? ""
                                    : "Credential should be scoped to correct service: "
                                      "'dynamodb'. ",
                            texts[2], texts[3]);
}

/* ---- the signature ---- */

static bool is_same_secret(pte_bytes given, pte_bytes own) {
    return given.len == own.len && gnutls_memcmp(given.data, own.data, own.len) == 0;
}

/* A token that is given must be the credential's, and one that the credential has must be given. */
static bool has_token(const pt_server_credential *credential, pte_bytes token) {
    bool none = credential->session_token == NULL;
    return none ? token.data == NULL
                : token.data != NULL && is_same_secret(token, pte_str(credential->session_token));
}

typedef struct found {
    bool key_id;
    bool signature;
    bool token;
} found;

/* One key may stand with several secrets or tokens, old and new. */
static bool look_for(found *looked, const pt__sigv4_claim *claim, const scope *parts,
                     const char *time, pte_bytes canonical, const pt_server_credential *credentials,
                     size_t count) {
    for (size_t i = 0; i < count && !looked->token; i++) {
        const pt_server_credential *one = &credentials[i];
        char signature[PT__SHA256_HEX];
        if (!pte_bytes_equal(parts->key_id, pte_str(one->access_key_id))) {
            continue;
        }
        looked->key_id = true;
        if (!pt__sigv4_sign(signature, canonical, time, parts->all, one->secret_access_key)) {
            return false;
        }
        bool good = is_same_secret(claim->signature, pte_view(signature, sizeof signature));
        looked->signature = looked->signature || good;
        looked->token = good && has_token(one, claim->token);
    }
    return true;
}

static pt__sigv4_verdict check_signature(pt__sigv4_refusal *refusal, const pt__sigv4_claim *claim,
                                         const scope *parts, const char *time,
                                         const pt__sigv4_request *request,
                                         const pt_server_credential *credentials, size_t count) {
    found looked = {false, false, false};
    pt__sigv4_text canonical = {.data = NULL};
    pt__sigv4_canonical(&canonical, request, claim->signed_headers);
    bool done =
        !canonical.failed && look_for(&looked, claim, parts, time,
                                      pte_view(canonical.data, canonical.len), credentials, count);
    free(canonical.data);
    if (!done && !canonical.too_long) {
        return PT__SIGV4_NO_MEMORY;
    }
    if (!looked.key_id && !canonical.too_long) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_UNRECOGNIZED,
                                "The security token included in the request is invalid.");
    }
    if (!looked.signature) {
        return pt__sigv4_refuse(refusal, PT__SIGV4_INVALID,
                                "The request signature we calculated does not match the signature "
                                "you provided. Check your AWS Secret Access Key and signing "
                                "method. Consult the service documentation for details.");
    }
    return looked.token ? PT__SIGV4_GOOD
                        : pt__sigv4_refuse(refusal, PT__SIGV4_UNRECOGNIZED,
                                           "The security token included in the request is invalid");
}

/* ---- all of it ---- */

static pt__sigv4_verdict check(pt__sigv4_refusal *refusal, const pt__sigv4_claim *claim,
                               const pt__sigv4_request *request,
                               const pt_server_credential *credentials, size_t credential_count,
                               int64_t now_ms) {
    char time[PT__SIGV4_TIME_CHARACTERS + 1];
    scope parts;
    pt__sigv4_verdict verdict = check_time(time, refusal, claim, request, now_ms);
    if (verdict == PT__SIGV4_GOOD) {
        verdict = check_signed_headers(refusal, claim, request);
    }
    if (verdict == PT__SIGV4_GOOD &&
        !pte_bytes_equal(claim->algorithm, pte_str("AWS4-HMAC-SHA256"))) {
        verdict = pt__sigv4_refuse(
            refusal, PT__SIGV4_INCOMPLETE,
            "Unsupported AWS 'algorithm': '%.*s' (only AWS4-HMAC-SHA256 for now). ",
            PT__SIGV4_SHOW(claim->algorithm));
    }
    if (verdict == PT__SIGV4_GOOD) {
        verdict = split_scope(&parts, refusal, claim->credential);
    }
    if (verdict == PT__SIGV4_GOOD) {
        verdict = check_scope(&parts, refusal, time);
    }
    return verdict != PT__SIGV4_GOOD ? verdict
                                     : check_signature(refusal, claim, &parts, time, request,
                                                       credentials, credential_count);
}

pt__sigv4_verdict pt__sigv4_verify(pt__sigv4_refusal *refusal, pt__sigv4_signer *signer,
                                   const pt__sigv4_request *request,
                                   const pt_server_credential *credentials, size_t credential_count,
                                   int64_t now_ms) {
    pt__sigv4_claim claim;
    pt__sigv4_verdict verdict = pt__sigv4_claim_read(&claim, refusal, request);
    if (verdict == PT__SIGV4_GOOD) {
        verdict = check(refusal, &claim, request, credentials, credential_count, now_ms);
    }
    if (verdict == PT__SIGV4_GOOD && signer != NULL) {
        snprintf(signer->credential, sizeof signer->credential, "%.*s",
                 PT__SIGV4_SHOW(claim.credential));
    }
    pt__sigv4_claim_clean_up(&claim);
    return verdict;
}
