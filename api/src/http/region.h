/* The region of a request, out of its credentials. */
#ifndef PT_HTTP_REGION_H
#define PT_HTTP_REGION_H

#include <pocketable/engine/status.h>

typedef enum pt__region_found {
    PT__REGION_FOUND = 0,     /* *part is the access key, empty without credentials */
    PT__REGION_NO_CREDENTIAL, /* signed by AWS's rules, but without Credential */
    PT__REGION_MALFORMED,     /* *part is the credential, which has too few elements */
    PT__REGION_INVALID,       /* *part is the region, which pt_request does not allow */
} pt__region_found;

/*
 * The region in "Credential=KEY/DATE/REGION/SERVICE/aws4_request" of an Authorization header, or in
 * the same value of the parameter X-Amz-Credential of a URL; either text may be NULL. Requests
 * without credentials, or with ones of another kind, are of us-east-1: *region is empty then. The
 * signature is not looked at. region and part view the texts.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-auth-using-authorization-header.html
 */
pt__region_found pt__region_of(pte_bytes *region, pte_bytes *part, const char *authorization,
                               const char *credential);

#endif
