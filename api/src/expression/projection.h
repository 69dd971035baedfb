/* What projections and updates share: writing the parts of an item that the paths of a tree name.
 */
#ifndef PT_EXPRESSION_PROJECTION_H
#define PT_EXPRESSION_PROJECTION_H

#include "expression/path_tree.h"

/* Whether the item has anything at one of the tree's paths. Errors: CORRUPT. */
PTE_CHECKED pte_status pt__tree_matches(bool *matches, const pt__path_node *root,
                                        const pte_item *item, pte_error *error);

/* Writes {"name": value, ...} of what the tree's paths name. A damaged item makes out fail. */
void pt__tree_encode(pt__out *out, const pt__path_node *root, const pte_item *item);

/* Calls on_name for each top-level attribute of the tree. */
void pt__tree_names(const pt__path_node *root, pt__name_fn on_name, void *ctx);

#endif
