/*
 * Answers looked through for a few members: views of the text, which is JSON as the database writes
 * it. Text that is none gives nothing or nonsense, and is never read past its end.
 */
#ifndef WORKLOAD_SKIM_H
#define WORKLOAD_SKIM_H

#include "workload/recipe.h"

/* The value of an object's member, without spaces around it; data NULL: there is none. name: as it
 * stands between quotes. */
pte_bytes wl__skim_member(pte_bytes object, pte_bytes name);
/* The next element of an array, from *at on, which starts at 0; data NULL: there are no more. */
pte_bytes wl__skim_element(pte_bytes array, size_t *at);
/* What a piece of an answer is as a value: {"S": "x"}, "x", 5, true. */
wl__value wl__skim_value(pte_bytes json);

#endif
