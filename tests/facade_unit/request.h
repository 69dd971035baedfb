/* A request's memory and failure, and JSON read into it. */
#ifndef TESTS_FACADE_UNIT_REQUEST_H
#define TESTS_FACADE_UNIT_REQUEST_H

#include "support/support.h"

#include "shape/shape.h"
#include "unit/fault_allocator.h"
#include "json/json.h"
#include "json/out.h"

typedef struct request {
    pte__arena arena;
    pt__failure failure;
} request;

/* NULL: malloc. It must not be moved. */
void request_init(request *r, const pte_allocator *allocator);
void request_clean_up(request *r);

/* Reads a text of JSON, an object; the test ends if it cannot be read. Single quotes stand for
 * double ones. */
const pt__json *request_read(request *r, const char *text);

/* The shape of an operation, or NULL. */
const pt__shape *shape_of(pte_bytes operation);

/* Ends the test unless exception is expected and the failure says so, with message (NULL: none). */
void request_expect(const request *r, pt__exception expected, const char *message,
                    pt__exception exception);

/* Ends the test unless out holds the text, in which single quotes stand for double ones. */
void expect_json(const pt__out *out, const char *text);

#endif
