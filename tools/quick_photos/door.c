/* The two doors. */
#include "quick_photos/door.h"

#include <stdio.h>

static pte_status call_in_process(qp_door *door, const char *operation, pte_bytes body,
                                  pt_reply *reply, pte_error *error) {
    (void)error; /* in process there is always an answer */
    pt_request request = {
        .operation = pte_str(operation), .body = body, .region = pte_str(door->region)};
    *reply = pt_exchange_run(door->exchange, &request);
    return PTE_OK;
}

/* A server takes the region from the credential's scope and does not look at the signature. */
static pte_status call_http(qp_door *door, const char *operation, pte_bytes body, pt_reply *reply,
                            pte_error *error) {
    char headers[512];
    snprintf(headers, sizeof headers,
             "Content-Type: application/x-amz-json-1.0\r\n"
             "X-Amz-Target: DynamoDB_20120810.%s\r\n"
             "Authorization: AWS4-HMAC-SHA256 "
             "Credential=demo/20260101/%s/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
             "\r\n",
             operation, door->region);
    http_post post = {.headers = headers, .body = body};
    http_answer answer;
    pte_status status = http_client_post(&answer, door->client, &post, error);
    *reply = (pt_reply){answer.status, answer.body};
    return status;
}

pte_status qp_door_in_process(qp_door *door, pt_database *database, const char *region,
                              pte_error *error) {
    *door = (qp_door){.name = "in process", .region = region, .call = call_in_process};
    return pt_exchange_create(&door->exchange, database, error);
}

pte_status qp_door_http(qp_door *door, uint16_t port, const char *region, pte_error *error) {
    *door = (qp_door){.name = "HTTP", .region = region, .call = call_http};
    return http_client_new(&door->client, port, error);
}

void qp_door_close(qp_door *door) {
    pt_exchange_destroy(door->exchange);
    http_client_destroy(door->client);
    *door = (qp_door){0};
}
