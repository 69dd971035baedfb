/*
 * The two ways for JSON to reach a database: a call in this process, and HTTP. Both take a region,
 * an operation's name and a body, and give a status and a body.
 */
#ifndef QUICK_PHOTOS_DOOR_H
#define QUICK_PHOTOS_DOOR_H

#include "http_client.h"

#include <pocketable.h>

/* One thread at a time. */
typedef struct qp_door {
    const char *name;
    const char *region;
    /* Runs one request; the reply views the door until its next call. Errors: those of the way
     * there; what the database answers is a reply, whatever its status. */
    pte_status (*call)(struct qp_door *door, const char *operation, pte_bytes body, pt_reply *reply,
                       pte_error *error);
    pt_exchange *exchange; /* one of the two */
    http_client *client;
} qp_door;

/* region borrowed until close. Errors: as pt_exchange_create. The database stays open until
 * close. */
PTE_CHECKED pte_status qp_door_in_process(qp_door *door, pt_database *database, const char *region,
                                          pte_error *error);
/* To a server on this machine. Errors: as http_client_new. */
PTE_CHECKED pte_status qp_door_http(qp_door *door, uint16_t port, const char *region,
                                    pte_error *error);
/* {0} is allowed. */
void qp_door_close(qp_door *door);

#endif
