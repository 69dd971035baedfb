/*
 * Signatures. Those of the requests here are AWS's own (its "Signature Version 4 Test Suite" and
 * the examples of its documentation) or botocore's.
 */
#include "http/signed_text.h"

#include "support/allocations.h"
#include "support/support.h"

#include <stdio.h>
#include <stdlib.h>

#define SECRET "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

/* ---- AWS's examples ---- */

typedef struct example {
    const char *name;
    const char *request;
    const char *signed_headers;
    const char *service;
    const char *signature;
} example;

#define UNRESERVED "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define EXAMPLE_HEAD "Host:example.amazonaws.com\r\nX-Amz-Date:20150830T123600Z\r\n"

static const example examples[] = {
    {"get-vanilla", "GET / HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date", "service",
     "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-vanilla-query-order-key-case",
     "GET /?Param2=value2&Param1=value1 HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date",
     "service", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500"},
    {"get-vanilla-query-unreserved",
     "GET /?" UNRESERVED "=" UNRESERVED " HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date",
     "service", "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197"},
    {"get-header-key-duplicate",
     "GET / HTTP/1.1\r\nHost:example.amazonaws.com\r\nMy-Header1:value2\r\nMy-Header1:value2\r\n"
     "My-Header1:value1\r\nX-Amz-Date:20150830T123600Z\r\n\r\n",
     "host;my-header1;x-amz-date", "service",
     "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea"},
    {"get-header-value-trim",
     "GET / HTTP/1.1\r\nHost:example.amazonaws.com\r\nMy-Header1: value1\r\n"
     "My-Header2: \"a   b   c\"\r\nX-Amz-Date:20150830T123600Z\r\n\r\n",
     "host;my-header1;my-header2;x-amz-date", "service",
     "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736"},
    {"get-slashes", "GET //example// HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date",
     "service", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84"},
    {"get-relative", "GET /example/.. HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date",
     "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"get-slash-dot-slash", "GET /./ HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date",
     "service", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"},
    {"post-vanilla", "POST / HTTP/1.1\r\n" EXAMPLE_HEAD "\r\n", "host;x-amz-date", "service",
     "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"},
    {"post-x-www-form-urlencoded",
     "POST / HTTP/1.1\r\nContent-Type:application/x-www-form-urlencoded\r\n" EXAMPLE_HEAD
     "\r\nParam1=value1",
     "content-type;host;x-amz-date", "service",
     "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a"},
    /* https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html */
    {"ListUsers",
     "GET /?Action=ListUsers&Version=2010-05-08 HTTP/1.1\r\nHost: iam.amazonaws.com\r\n"
     "Content-Type: application/x-www-form-urlencoded; charset=utf-8\r\n"
     "X-Amz-Date: 20150830T123600Z\r\n\r\n",
     "content-type;host;x-amz-date", "iam",
     "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"},
};

static void test_sigv4__signs_as_aws_does(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++) {
        const example *one = &examples[i];
        signed_text text;
        char scope[64], signature[PT__SHA256_HEX];
        pt__sigv4_text canonical = {.data = NULL};
        signed_text_read(&text, pte_str(one->request));
        snprintf(scope, sizeof scope, "20150830/us-east-1/%s/aws4_request", one->service);
        pt__sigv4_canonical(&canonical, &text.request, pte_str(one->signed_headers));
        assert_false(canonical.failed);
        assert_true(pt__sigv4_sign(signature, pte_view(canonical.data, canonical.len),
                                   "20150830T123600Z", pte_str(scope), SECRET));
        if (memcmp(signature, one->signature, sizeof signature) != 0) {
            fail_msg("%s: %.64s of\n%.*s", one->name, signature, (int)canonical.len,
                     canonical.data);
        }
        free(canonical.data);
    }
}

/* ---- requests to DynamoDB, signed by botocore ---- */

#define NOW_S INT64_C(1769903999) /* 2026-01-31 23:59:59 */
#define SCOPE "AKIDEXAMPLE/20260131/eu-west-2/dynamodb/aws4_request"
#define TARGET "X-Amz-Target: DynamoDB_20120810.ListTables\r\n"
#define TYPE "Content-Type: application/x-amz-json-1.0\r\n"
#define DATE "X-Amz-Date: 20260131T235959Z\r\n"
#define HOST "Host: localhost\r\n"
#define SIGNED_BY(names, signature)                                                                \
    "Authorization: AWS4-HMAC-SHA256 Credential=" SCOPE ", SignedHeaders=" names                   \
    ", Signature=" signature "\r\n"
#define SIGNATURE "785b55b602267f8236bcb5bacfd8f1c4821d58d3e64975ebec0c27c25df58407"
#define NAMES "content-type;host;x-amz-date;x-amz-target"
#define POST "POST / HTTP/1.1\r\n"
#define BODY "\r\n{\"Limit\":1}"

#define IN_HEADER POST HOST TARGET TYPE DATE SIGNED_BY(NAMES, SIGNATURE) BODY
#define WITH_TOKEN                                                                                 \
    POST HOST TARGET TYPE DATE "X-Amz-Security-Token: to/k+n==\r\n" SIGNED_BY(                     \
        "content-type;host;x-amz-date;x-amz-security-token;x-amz-target",                          \
        "4975a92140f086682323d22b6bdd2b7cf344f4f4d1a485351b3f9ff00ed15489") BODY
#define QUERY(rest, signature)                                                                     \
    "POST /?Limit=1&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="                            \
    "AKIDEXAMPLE%2F20260131%2Feu-west-2%2Fdynamodb%2Faws4_request&X-Amz-Date=20260131T235959Z&"    \
    "X-Amz-Expires=60&X-Amz-SignedHeaders=content-type%3Bhost%3Bx-amz-target" rest                 \
    "&X-Amz-Signature=" signature " HTTP/1.1\r\n" HOST TARGET TYPE "\r\n"
#define IN_QUERY QUERY("", "5ca716bd2a2aded6e8036a9b0b76055dd064a0b4795a8e82f9a5d4851ae7b35e")
#define QUERY_TOKEN                                                                                \
    QUERY("&X-Amz-Security-Token=to%2Fk%2Bn%3D%3D",                                                \
          "e9cf2898550d68385a2bc7f8fe88046f1fc13020539bcb7d0b803e19f8847343")
#define ODD_URL                                                                                    \
    "POST /a/./b/../%C3%A9?x=%20y&b=2&b=1&a HTTP/1.1\r\n" HOST TARGET TYPE DATE SIGNED_BY(         \
        NAMES, "92cacfeee2f1438105d10a9456b54930f30f7022c82941dd883dc99b8979f88c") "\r\n"
#define DATE_HEADER                                                                                \
    POST HOST TARGET TYPE "Date: Sat, 31 Jan 2026 23:59:59 -0000\r\n" SIGNED_BY(                   \
        "content-type;date;host;x-amz-target",                                                     \
        "03a9ba154dd227822c45ec54260849f781dcd8b082a619624b04fc148fa122b8") BODY

static const pt_server_credential credentials[] = {
    {"AKIDOTHER", "other", NULL},
    {"AKIDEXAMPLE", "the one before", NULL},
    {"AKIDEXAMPLE", SECRET, NULL},
    {"AKIDEXAMPLE", SECRET, "to/k+n=="},
};
enum { ALL = sizeof credentials / sizeof credentials[0] };

static pt__sigv4_verdict verify_with(pt__sigv4_refusal *refusal, pte_bytes request, int64_t now_s,
                                     const pt_server_credential *with, size_t count) {
    signed_text text;
    *refusal = (pt__sigv4_refusal){.type = ""};
    signed_text_read(&text, request);
    return pt__sigv4_verify(refusal, NULL, &text.request, with, count, now_s * 1000 + 999);
}

static void expect_good(const char *request) {
    pt__sigv4_refusal refusal;
    if (verify_with(&refusal, pte_str(request), NOW_S, credentials, ALL) != PT__SIGV4_GOOD) {
        fail_msg("%s: %s for\n%s", refusal.type, refusal.message, request);
    }
}

static void test_sigv4__takes_what_is_signed(void **state) {
    (void)state;
    static const char *const good[] = {IN_HEADER,   WITH_TOKEN, IN_QUERY,
                                       QUERY_TOKEN, ODD_URL,    DATE_HEADER};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        expect_good(good[i]);
    }
    /* What is not signed may change, and a replay is good. */
    expect_good(POST HOST TARGET TYPE DATE
                "User-Agent: x\r\nAccept: y\r\n" SIGNED_BY(NAMES, SIGNATURE) BODY);
    expect_good(IN_HEADER);
    /* The same in other characters. */
    expect_good("POST // HTTP/1.1\r\nhOST:   localhost \r\n" TARGET TYPE DATE SIGNED_BY(
        NAMES, SIGNATURE) BODY);
}

/* Every byte of what is signed, and of what says that it is. A header's name in the other case is
 * the same header, so its letters are changed to others; and what ".." takes away does not count.
 */
static void test_sigv4__refuses_every_change_of_a_byte(void **state) {
    (void)state;
    static const char *const good[] = {IN_HEADER, WITH_TOKEN, IN_QUERY, QUERY_TOKEN, DATE_HEADER};
    static const uint8_t changes[] = {0x01, 0x02, 0x10, 0x80};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t len = strlen(good[i]);
        const char *version = strstr(good[i], " HTTP/1.1\r\n");
        for (size_t at = 0; at < len; at++) {
            char changed[2048];
            bool ends_line = good[i][at] == '\r' || good[i][at] == '\n';
            if (ends_line || (good[i] + at > version && good[i] + at < version + 11)) {
                continue;
            }
            for (size_t k = 0; k < sizeof changes; k++) {
                pt__sigv4_refusal refusal;
                memcpy(changed, good[i], len);
                changed[at] = (char)(changed[at] ^ changes[k]);
                if (verify_with(&refusal, pte_view(changed, len), NOW_S, credentials, ALL) !=
                    PT__SIGV4_REFUSED) {
                    fail_msg("taken with byte %zu changed:\n%.*s", at, (int)len, changed);
                }
            }
        }
    }
}

/* ---- refusals and their words ---- */

typedef struct refused {
    const char *request;
    int64_t now_s; /* later than it was signed */
    const char *type;
    const char *message;
} refused;

#define MISMATCH                                                                                   \
    "The request signature we calculated does not match the signature you provided. Check your "   \
    "AWS Secret Access Key and signing method. Consult the service documentation for details."
#define WITH(authorization) POST HOST TARGET TYPE DATE "Authorization: " authorization "\r\n" BODY
#define BY(scope)                                                                                  \
    WITH("AWS4-HMAC-SHA256 Credential=" scope ", SignedHeaders=" NAMES ", Signature=" SIGNATURE)
#define INVALID PT__SIGV4_INVALID
#define INCOMPLETE PT__SIGV4_INCOMPLETE

/* The texts are dynalite's records of the service, but where a line says otherwise. */
static const refused refusals[] = {
    {POST HOST TARGET TYPE BODY, 0, PT__SIGV4_MISSING, "Request is missing Authentication Token"},
    {WITH("Bearer abc"), 0, PT__SIGV4_MISSING, "Request is missing Authentication Token"},
    {WITH(""), 0, PT__SIGV4_MISSING, "Request is missing Authentication Token"},
    {"POST /?X-Amz-Algorithm=x HTTP/1.1\r\n" HOST "Authorization: AWS4-x\r\n\r\n", 0, INVALID,
     "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as HTTP header."},
    {WITH("AWS4-HMAC-SHA256 Credential, Signature=b"), 0, INCOMPLETE,
     "'Credential' not a valid key=value pair (missing equal-sign) in Authorization header: "
     "'AWS4-HMAC-SHA256 Credential, Signature=b'."},
    {POST HOST "Authorization: AWS4-HMAC-SHA256\r\n\r\n", 0, INCOMPLETE,
     "Authorization header requires 'Credential' parameter. Authorization header requires "
     "'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
     "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. "
     "Authorization=AWS4-HMAC-SHA256"},
    {WITH("AWS4-HMAC-SHA256 Credential=a, SignedHeaders=b"), 0, INCOMPLETE,
     "Authorization header requires 'Signature' parameter. Authorization=AWS4-HMAC-SHA256 "
     "Credential=a, SignedHeaders=b"},
    {"POST /?X-Amz-Algorithm HTTP/1.1\r\n" HOST "\r\n", 0, INCOMPLETE,
     "AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must "
     "include 'X-Amz-Credential'. AWS query-string parameters must include 'X-Amz-Signature'. AWS "
     "query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must "
     "include 'X-Amz-Date'. Re-examine the query-string parameters."},
    {POST HOST "X-Amz-Date: 201\r\n" SIGNED_BY(NAMES, "0") "\r\n", 0, INCOMPLETE,
     "Date must be in ISO-8601 'basic format'. Got '201'. See http://en.wikipedia.org/wiki/"
     "ISO_8601"},
    {POST HOST "X-Amz-Date: 20260231T000000Z\r\n" SIGNED_BY(NAMES, "0") "\r\n", 0, INCOMPLETE,
     "Date must be in ISO-8601 'basic format'. Got '20260231T000000Z'. See "
     "http://en.wikipedia.org/wiki/ISO_8601"},
    {IN_HEADER, 301, INVALID,
     "Signature expired: 20260131T235959Z is now earlier than 20260201T000000Z (20260201T000500Z - "
     "5 min.)"},
    {IN_HEADER, -301, INVALID,
     "Signature not yet current: 20260131T235959Z is still later than 20260131T235958Z "
     "(20260131T235458Z + 5 min.)"},
    {IN_QUERY, 61, INVALID,
     "Signature expired: 20260131T235959Z is now earlier than 20260201T000000Z (20260201T000100Z - "
     "1 min.)"},
    {IN_QUERY, -301, INVALID,
     "Signature not yet current: 20260131T235959Z is still later than 20260131T235958Z "
     "(20260131T235458Z + 5 min.)"},
    {POST HOST TARGET TYPE DATE SIGNED_BY("content-type;x-amz-date;x-amz-target", SIGNATURE) BODY,
     0, INVALID, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."},
    /* No source: AWS documents the rule. */
    {POST HOST TARGET TYPE DATE SIGNED_BY("content-type;host;x-amz-date", SIGNATURE) BODY, 0,
     INVALID, "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization."},
    {WITH("AWS4-HMAC-SHA25 Credential=" SCOPE ", SignedHeaders=" NAMES ", Signature=" SIGNATURE), 0,
     INCOMPLETE,
     "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only AWS4-HMAC-SHA256 for now). "},
    {BY("a/b/c/d"), 0, INCOMPLETE,
     "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/"
     "term, got 'a/b/c/d'"},
    {BY("a/b/c/d/e/f"), 0, INCOMPLETE,
     "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/"
     "term, got 'a/b/c/d/e/f'"},
    {BY("a/b/c!/d/e"), 0, INVALID,
     "Credential should be scoped to a valid region, not 'c!'. Credential should be scoped to "
     "correct service: 'dynamodb'. Credential should be scoped with a valid terminator: "
     "'aws4_request', not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 "
     "version of date from HTTP: 'b' != '20260131', from '20260131T235959Z'."},
    {BY("AKIDEXAMPLE/20260131/eu-west-2/s3/aws4_request"), 0, INVALID,
     "Credential should be scoped to correct service: 'dynamodb'. "},
    {BY("AKIDUNKNOWN/20260131/eu-west-2/dynamodb/aws4_request"), 0, PT__SIGV4_UNRECOGNIZED,
     "The security token included in the request is invalid."},
    /* Signed for another region, by another secret, with another length. */
    {BY("AKIDEXAMPLE/20260131/eu-west-1/dynamodb/aws4_request"), 0, INVALID, MISMATCH},
    {BY("AKIDOTHER/20260131/eu-west-2/dynamodb/aws4_request"), 0, INVALID, MISMATCH},
    {WITH("AWS4-HMAC-SHA256 Credential=" SCOPE ", SignedHeaders=" NAMES ", Signature=7"), 0,
     INVALID, MISMATCH},
    /* DynamoDB takes no UNSIGNED-PAYLOAD: the body's own hash is what is signed. */
    {POST HOST TARGET TYPE DATE "X-Amz-Content-Sha256: UNSIGNED-PAYLOAD\r\n" SIGNED_BY(
         "content-type;host;x-amz-content-sha256;x-amz-date;x-amz-target",
         "7d2e0d9b0f3d3c5e1c6ac1b44d4e3f2a3b4c5d6e7f8091a2b3c4d5e6f7081920") BODY,
     0, INVALID, MISMATCH},
};

static void test_sigv4__refuses_in_the_service_s_words(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        const refused *one = &refusals[i];
        pt__sigv4_refusal refusal;
        pt__sigv4_verdict verdict =
            verify_with(&refusal, pte_str(one->request), NOW_S + one->now_s, credentials, ALL);
        if (verdict != PT__SIGV4_REFUSED || strcmp(refusal.type, one->type) != 0 ||
            strcmp(refusal.message, one->message) != 0) {
            fail_msg("case %zu: %d %s: %s\nexpected %s: %s", i, (int)verdict, refusal.type,
                     refusal.message, one->type, one->message);
        }
    }
}

static void test_sigv4__times_hold_to_the_second(void **state) {
    (void)state;
    static const struct {
        const char *request;
        int64_t from, to; /* the seconds in which it is good */
    } cases[] = {{IN_HEADER, -300, 300}, {IN_QUERY, -300, 60}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        for (int64_t after = -302; after <= 302; after++) {
            pt__sigv4_refusal refusal;
            bool good = verify_with(&refusal, pte_str(cases[i].request), NOW_S + after, credentials,
                                    ALL) == PT__SIGV4_GOOD;
            assert_int_equal(good, after >= cases[i].from && after <= cases[i].to);
        }
    }
}

static void test_sigv4__tokens_belong_to_their_credentials(void **state) {
    (void)state;
    static const pt_server_credential none[] = {{"AKIDEXAMPLE", SECRET, NULL}};
    static const pt_server_credential own[] = {{"AKIDEXAMPLE", SECRET, "to/k+n=="}};
    static const pt_server_credential other[] = {{"AKIDEXAMPLE", SECRET, "to/k+n=!"}};
    static const struct {
        const pt_server_credential *credentials;
        bool without, with; /* whether a request is good */
    } cases[] = {{none, true, false}, {own, false, true}, {other, false, false}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        static const char *const requests[] = {IN_HEADER, IN_QUERY, WITH_TOKEN, QUERY_TOKEN};
        for (size_t k = 0; k < 4; k++) {
            pt__sigv4_refusal refusal;
            bool good = verify_with(&refusal, pte_str(requests[k]), NOW_S, cases[i].credentials,
                                    1) == PT__SIGV4_GOOD;
            assert_int_equal(good, k < 2 ? cases[i].without : cases[i].with);
            assert_true(good || strcmp(refusal.message, "The security token included in the "
                                                        "request is invalid") == 0);
        }
    }
}

static void test_sigv4__expiry_is_a_number_of_seconds(void **state) {
    (void)state;
    static const struct {
        const char *expires;
        const char *message;
    } cases[] = {
        {"x", "X-Amz-Expires should be a number"},
        {"", "X-Amz-Expires should be a number"},
        {"-1", "X-Amz-Expires should be a number"},
        {"604800", MISMATCH},
        {"604801", "X-Amz-Expires must be less than a week (in seconds); that is, the given "
                   "X-Amz-Expires must be less than 604800 seconds"},
        {"99999999999999999999999", "X-Amz-Expires must be less than a week (in seconds); that is, "
                                    "the given X-Amz-Expires must be less than 604800 seconds"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char request[1024];
        pt__sigv4_refusal refusal;
        snprintf(request, sizeof request,
                 "POST /?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE/20260131/"
                 "eu-west-2/dynamodb/aws4_request&X-Amz-Date=20260131T235959Z&X-Amz-Expires=%s&"
                 "X-Amz-SignedHeaders=host&X-Amz-Signature=0 HTTP/1.1\r\n" HOST "\r\n",
                 cases[i].expires);
        assert_int_equal(verify_with(&refusal, pte_str(request), NOW_S, credentials, ALL),
                         PT__SIGV4_REFUSED);
        assert_string_equal(refusal.message, cases[i].message);
    }
}

/* Allocation after allocation fails; never is anything taken that would not be. */
static void test_sigv4__without_memory_is_no_answer(void **state) {
    (void)state;
    static const char *const good[] = {IN_HEADER, QUERY_TOKEN, ODD_URL};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        pt__sigv4_verdict verdict = PT__SIGV4_NO_MEMORY;
        int count = 0;
        for (; verdict != PT__SIGV4_GOOD; count++) {
            pt__sigv4_refusal refusal;
            signed_text text;
            signed_text_read(&text, pte_str(good[i]));
            test_allocations_fail((size_t)count + 1, true);
            verdict =
                pt__sigv4_verify(&refusal, NULL, &text.request, credentials, ALL, NOW_S * 1000);
            (void)test_allocations_succeed();
            assert_true(verdict == PT__SIGV4_NO_MEMORY || verdict == PT__SIGV4_GOOD);
        }
        assert_true(count > 2);
    }
}

/* ---- times ---- */

static void test_sigv4__times_are_read_and_written(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int64_t seconds; /* -1: it is none */
    } cases[] = {
        {"19700101T000000Z", 0},      {"20000229T235959Z", 951868799},
        {"20260131T235959Z", NOW_S},  {"99991231T235959Z", INT64_C(253402300799)},
        {"20010229T000000Z", -1},     {"21000229T000000Z", -1},
        {"20261301T000000Z", -1},     {"20260001T000000Z", -1},
        {"20260100T000000Z", -1},     {"20260132T000000Z", -1},
        {"20260131T240000Z", -1},     {"20260131T236000Z", -1},
        {"20260131T235960Z", -1},     {"20260131 235959Z", -1},
        {"20260131T235959z", -1},     {"2026013T1235959Z", -1},
        {"20260131T235959", -1},      {"", -1},
        {"2026-01-31T23:59:59Z", -1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t seconds = -1;
        bool read = pt__sigv4_time_read(&seconds, pte_str(cases[i].text), false);
        assert_int_equal(read, cases[i].seconds >= 0);
        if (read) {
            char text[PT__SIGV4_TIME_CHARACTERS + 1];
            assert_int_equal(seconds, cases[i].seconds);
            pt__sigv4_time_write(text, seconds);
            assert_string_equal(text, cases[i].text);
        }
    }
    int64_t seconds;
    assert_true(pt__sigv4_time_read(&seconds, pte_str("Sun, 06 Nov 1994 08:49:37 GMT"), true));
    assert_int_equal(seconds, 784111777); /* RFC 9110, 5.6.7 */
    assert_false(pt__sigv4_time_read(&seconds, pte_str("Sun, 06 Nov 1994 08:49:37 GMT"), false));
    assert_false(pt__sigv4_time_read(&seconds, pte_str("Sun, 06 Nov 1994 08:49:37 CET"), true));
    assert_false(pt__sigv4_time_read(&seconds, pte_str("Sunday, 06-Nov-94 08:49:37 GMT"), true));
}

/* Every day of four centuries, there and back. */
static void test_sigv4__every_day_is_another(void **state) {
    (void)state;
    char text[PT__SIGV4_TIME_CHARACTERS + 1], before[PT__SIGV4_TIME_CHARACTERS + 1] = "";
    for (int64_t day = 0; day < 146097; day++) {
        int64_t seconds;
        pt__sigv4_time_write(text, day * 86400);
        assert_true(strcmp(text, before) > 0);
        assert_true(pt__sigv4_time_read(&seconds, pte_str(text), false));
        assert_int_equal(seconds, day * 86400);
        memcpy(before, text, sizeof before);
    }
    assert_string_equal(text, "23691231T000000Z");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sigv4__signs_as_aws_does),
        cmocka_unit_test(test_sigv4__takes_what_is_signed),
        cmocka_unit_test(test_sigv4__refuses_every_change_of_a_byte),
        cmocka_unit_test(test_sigv4__refuses_in_the_service_s_words),
        cmocka_unit_test(test_sigv4__times_hold_to_the_second),
        cmocka_unit_test(test_sigv4__tokens_belong_to_their_credentials),
        cmocka_unit_test(test_sigv4__expiry_is_a_number_of_seconds),
        cmocka_unit_test(test_sigv4__without_memory_is_no_answer),
        cmocka_unit_test(test_sigv4__times_are_read_and_written),
        cmocka_unit_test(test_sigv4__every_day_is_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
