/*
 * How a request fails: one of AWS's exceptions and its message. The facade's one status type.
 */
#ifndef PT_FAILURE_FAILURE_H
#define PT_FAILURE_FAILURE_H

#include "base/memory.h"

#include <pocketable/engine/value.h>

#include <stdarg.h>

/*
 * Every exception once: X(name, namespace, type, HTTP status).
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
#define PT__DYNAMODB "com.amazonaws.dynamodb.v20120810#"
#define PT__CORAL_SERVICE "com.amazon.coral.service#"
#define PT__CORAL_VALIDATE "com.amazon.coral.validate#"
#define PT__EXCEPTION_MAP(X)                                                                       \
    X(VALIDATION, PT__CORAL_VALIDATE, "ValidationException", 400)                                  \
    X(SERIALIZATION, PT__CORAL_SERVICE, "SerializationException", 400)                             \
    X(UNKNOWN_OPERATION, PT__CORAL_SERVICE, "UnknownOperationException", 400)                      \
    X(ACCESS_DENIED, PT__CORAL_SERVICE, "AccessDeniedException", 400)                              \
    X(MISSING_AUTHENTICATION_TOKEN, PT__CORAL_SERVICE, "MissingAuthenticationTokenException", 400) \
    X(DUPLICATE_ITEM, PT__DYNAMODB, "DuplicateItemException", 400)                                 \
    X(POLICY_NOT_FOUND, PT__DYNAMODB, "PolicyNotFoundException", 400)                              \
    X(TRIMMED_DATA_ACCESS, PT__DYNAMODB, "TrimmedDataAccessException", 400)                        \
    X(EXPIRED_ITERATOR, PT__DYNAMODB, "ExpiredIteratorException", 400)                             \
    X(CONDITIONAL_CHECK_FAILED, PT__DYNAMODB, "ConditionalCheckFailedException", 400)              \
    X(RESOURCE_NOT_FOUND, PT__DYNAMODB, "ResourceNotFoundException", 400)                          \
    X(TABLE_NOT_FOUND, PT__DYNAMODB, "TableNotFoundException", 400)                                \
    X(RESOURCE_IN_USE, PT__DYNAMODB, "ResourceInUseException", 400)                                \
    X(LIMIT_EXCEEDED, PT__DYNAMODB, "LimitExceededException", 400)                                 \
    X(ITEM_COLLECTION_SIZE, PT__DYNAMODB, "ItemCollectionSizeLimitExceededException", 400)         \
    X(TRANSACTION_CANCELED, PT__DYNAMODB, "TransactionCanceledException", 400)                     \
    X(TRANSACTION_CONFLICT, PT__DYNAMODB, "TransactionConflictException", 400)                     \
    X(TRANSACTION_IN_PROGRESS, PT__DYNAMODB, "TransactionInProgressException", 400)                \
    X(IDEMPOTENT_MISMATCH, PT__DYNAMODB, "IdempotentParameterMismatchException", 400)              \
    X(INTERNAL, PT__DYNAMODB, "InternalServerError", 500)

/* PT__OK, or why the request fails; what there is to say is then in a pt__failure. */
typedef enum pt__exception {
    PT__OK = 0,
#define PT__EXCEPTION_ENUM(name, space, type, status) PT__##name,
    PT__EXCEPTION_MAP(PT__EXCEPTION_ENUM)
#undef PT__EXCEPTION_ENUM
} pt__exception;

/* The answer to a failed request. Set once, by the first failure; all in the arena. */
typedef struct pt__failure {
    pte__arena *arena; /* set by whoever makes the failure's place */
    pt__exception exception;
    pte_bytes message; /* UTF-8; data NULL: the answer has no message */
    pte_item item;     /* ConditionalCheckFailedException's Item; encoded.len 0: none */
    pte_bytes reasons; /* TransactionCanceledException's CancellationReasons as JSON; len 0: none */

    bool prefixed; /* pt__refuse_request puts PT__PREFIX before its message */
    bool whole;    /* where messages are prefixed, this one is not repeated within another */
} pt__failure;

#define PT__PREFIX "1 validation error detected: "

/* Sets the failure and returns exception. An exception set before is replaced. */
PTE_CHECKED pt__exception pt__refuse(pt__failure *failure, pt__exception exception,
                                     const char *format, ...) PTE_PRINTF(3, 4);

/*
 * ValidationException of a family that got a prefix in mid-2026 (pt_error_style): the expressions
 * of a request, what their names and values are and whether they are used, empty and double sets,
 * NULL, ReturnValues, Select, legacy parameters beside expressions. Whether there is a prefix is
 * the operation's (pt__call_prefix_errors). All others (keys and items against the table, sizes of
 * items, what an update finds in an item) are pt__refuse's.
 */
PTE_CHECKED pt__exception pt__refuse_request(pt__failure *failure, const char *format, ...)
    PTE_PRINTF(2, 3);

/* pt__refuse with a message of any bytes, which is copied. */
PTE_CHECKED pt__exception pt__refuse_bytes(pt__failure *failure, pt__exception exception,
                                           pte_bytes message);

/* The same without a message. */
PTE_CHECKED pt__exception pt__refuse_silently(pt__failure *failure, pt__exception exception);

/* A text in the arena, as vsnprintf would make it; data NULL without memory. The arguments are used
 * up. */
pte_bytes pt__format(pte__arena *arena, const char *format, va_list arguments);

/* Out of memory, without needing any. */
PTE_CHECKED pt__exception pt__refuse_memory(pt__failure *failure);

/* What the engine said, where it is not the request's fault: InternalServerError. */
PTE_CHECKED pt__exception pt__refuse_engine(pt__failure *failure, pte_status status,
                                            const pte_error *error);

/* "ValidationException"; its "com...#" prefix; its HTTP status. Static. */
const char *pt__exception_type(pt__exception exception);
const char *pt__exception_namespace(pt__exception exception);
int pt__exception_http_status(pt__exception exception);

/* Bytes for "%.*s", all of them (messages repeat what the request said). */
#define PT__SHOW(bytes)                                                                            \
    (int)((bytes).len > 100000 ? 100000 : (bytes).len),                                            \
        (const char *)((bytes).len ? (bytes).data : (const uint8_t *)"")

#endif
