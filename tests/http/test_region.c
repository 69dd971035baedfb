/* Regions out of credentials. */
#include "http/region.h"

#include "support/support.h"

/* https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html */
typedef struct region_case {
    const char *authorization;
    const char *credential;
    pt__region_found found;
    const char *region;
    const char *part;
} region_case;

#define SCOPE(region) "key/20260101/" region "/dynamodb/aws4_request"
#define SIXTEEN "abcdefgh-1234_XY"

static const region_case cases[] = {
    {NULL, NULL, PT__REGION_FOUND, "", ""},
    {"", NULL, PT__REGION_FOUND, "", ""},
    {"Bearer abc", NULL, PT__REGION_FOUND, "", ""},
    {"AWS3-HTTPS Credential=" SCOPE("r"), NULL, PT__REGION_FOUND, "", ""},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE("eu-west-2") ", Signature=0", NULL, PT__REGION_FOUND,
     "eu-west-2", NULL},
    {"AWS4-HMAC-SHA256 Signature=0,Credential=" SCOPE("local") ",SignedHeaders=a", NULL,
     PT__REGION_FOUND, "local", NULL},
    {"AWS4-HMAC-SHA256  Signature=0,\t Credential=" SCOPE("x"), NULL, PT__REGION_FOUND, "x", NULL},
    {"AWS4-HMAC-SHA256 Credential=a/b/" SCOPE("x"), NULL, PT__REGION_FOUND, "x", NULL},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE("x") "//", NULL, PT__REGION_FOUND, "x", NULL},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE(SIXTEEN SIXTEEN SIXTEEN SIXTEEN), NULL, PT__REGION_FOUND,
     SIXTEEN SIXTEEN SIXTEEN SIXTEEN, NULL},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE(SIXTEEN SIXTEEN SIXTEEN SIXTEEN "1"), NULL,
     PT__REGION_INVALID, "", SIXTEEN SIXTEEN SIXTEEN SIXTEEN "1"},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE(""), NULL, PT__REGION_INVALID, "", ""},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE("a.b"), NULL, PT__REGION_INVALID, "", "a.b"},
    {"AWS4-HMAC-SHA256 Credential=" SCOPE("\xC3\xA9"), NULL, PT__REGION_INVALID, "", "\xC3\xA9"},
    {"AWS4-HMAC-SHA256 Credential=a/b/c/d", NULL, PT__REGION_MALFORMED, "", "a/b/c/d"},
    {"AWS4-HMAC-SHA256 Credential=", NULL, PT__REGION_MALFORMED, "", ""},
    {"AWS4-HMAC-SHA256 Credential=////", NULL, PT__REGION_MALFORMED, "", "////"},
    {"AWS4-HMAC-SHA256 Credential", NULL, PT__REGION_NO_CREDENTIAL, "", ""},
    {"AWS4-HMAC-SHA256 XCredential=" SCOPE("x"), NULL, PT__REGION_NO_CREDENTIAL, "", ""},
    {"AWS4-", NULL, PT__REGION_NO_CREDENTIAL, "", ""},
    {NULL, SCOPE("eu-west-1"), PT__REGION_FOUND, "eu-west-1", NULL},
    {NULL, "x", PT__REGION_MALFORMED, "", "x"},
    {NULL, "", PT__REGION_MALFORMED, "", ""},
    /* The header counts. */
    {"AWS4-HMAC-SHA256 Credential=" SCOPE("header"), SCOPE("url"), PT__REGION_FOUND, "header",
     NULL},
};

static void test_region__found_or_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const region_case *one = &cases[i];
        pte_bytes region, part;
        pt__region_found found = pt__region_of(&region, &part, one->authorization, one->credential);
        if (found != one->found || !pte_bytes_equal(region, pte_str(one->region)) ||
            (one->part != NULL && !pte_bytes_equal(part, pte_str(one->part)))) {
            fail_msg("case %zu: %d \"%.*s\" \"%.*s\"", i, (int)found, (int)region.len,
                     (const char *)region.data, (int)part.len, (const char *)part.data);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_region__found_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
