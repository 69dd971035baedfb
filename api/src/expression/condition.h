/* Compiling a condition whose tree is there already: for key conditions, which look at it too. */
#ifndef PT_EXPRESSION_CONDITION_H
#define PT_EXPRESSION_CONDITION_H

#include "expression/compile.h"
#include "expression/program.h"

PTE_CHECKED pt__exception pt__condition_compile_tree(pt__condition **condition,
                                                     const pt__compile *compile,
                                                     const pt__node *root);

#endif
