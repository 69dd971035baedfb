/*
 * Random writes: the same operations go to the engine and to the model, every status and every old
 * item that a callback sees is compared, and what was written is read back.
 */
#ifndef TESTS_MODEL_WRITES_H
#define TESTS_MODEL_WRITES_H

#include "reads.h"

void writes_put(world *w);
void writes_delete(world *w);
/* An update or a check, with callbacks. */
void writes_update(world *w);
/* Puts an item as a snapshot shows it, in its own table or another. */
void writes_copy(world *w);
void writes_transaction(world *w);
void writes_batch(world *w);

#endif
