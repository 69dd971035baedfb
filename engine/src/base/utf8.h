/* UTF-8, as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF. */
#ifndef PTE_BASE_UTF8_H
#define PTE_BASE_UTF8_H

#include <pocketable/engine/status.h>

/* Whether text is valid UTF-8. ASCII goes eight bytes at a time. */
bool pte__utf8_valid(pte_bytes text);

#endif
