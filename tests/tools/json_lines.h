/*
 * A small strict reader of plain JSON, enough to turn a line that is an object into an item:
 * strings to S, numbers to N, true and false to BOOL, null to NULL, objects to M, arrays to L.
 */
#ifndef TESTS_JSON_LINES_H
#define TESTS_JSON_LINES_H

#include <pocketable/engine/builder.h>

/*
 * Makes the item of one line, which must be one object and nothing else. builder is reset first;
 * the item views it. Errors: INVALID_ARGUMENT (position: the byte that is not JSON; nested deeper
 * than the engine allows; a string of more than 4,096 bytes), and those of pte_builder_item.
 */
PTE_CHECKED pte_status json_line_item(pte_item *item, pte_builder *builder, pte_bytes line,
                                      pte_error *error);

#endif
