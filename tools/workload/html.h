/*
 * Writing a page of HTML that needs nothing else: no script, no picture, no font from elsewhere.
 * Whatever text goes through these functions is escaped; only literals are written as they are. The
 * stream remembers its own failures.
 */
#ifndef WORKLOAD_HTML_H
#define WORKLOAD_HTML_H

#include <stdbool.h>
#include <stdio.h>

#if defined(__GNUC__) || defined(__clang__)
#define WL__PRINTF(text, first) __attribute__((__format__(__printf__, text, first)))
#else
#define WL__PRINTF(text, first)
#endif

/* Text between tags or in an attribute's quotes: < > & " ' escaped, bytes that are no UTF-8 and
 * control characters replaced by U+FFFD. */
void wl__html_text(FILE *file, const char *text);
/* The same of a formatted text, cut at 4,000 bytes. */
void wl__html_printf(FILE *file, const char *format, ...) WL__PRINTF(2, 3);

/* <p class=...>text</p>; the class is a literal. */
void wl__html_paragraph(FILE *file, const char *kind, const char *text);
/* <section> with its <h2>; id: a literal. */
void wl__html_section(FILE *file, const char *id, const char *heading);
void wl__html_section_end(FILE *file);

/* Up to its first section. */
void wl__html_page(FILE *file, const char *title, const char *description);
void wl__html_page_end(FILE *file, const char *made_by, const char *made_at);

/* A table. alignments: 'l' or 'r' for each column, the first column heads its rows. */
void wl__html_table(FILE *file, const char *caption, const char *alignments,
                    const char *const *headings);
void wl__html_row(FILE *file, const char *alignments, const char *const *cells);
/* The same, its last cell of a class, a literal. */
void wl__html_row_marked(FILE *file, const char *alignments, const char *kind,
                         const char *const *cells);
void wl__html_table_end(FILE *file);

/* All that was written has arrived. False: not all (errno), or enough is false (errno ENOMEM). */
bool wl__written(FILE *file, bool enough);

#define WL__CELLS(...) ((const char *const[]){__VA_ARGS__})

#endif
