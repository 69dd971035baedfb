/* The frame of a page, its style, and tables; see html.h. */
#include "workload/html.h"

#include "workload/figures.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>

/* ---- text ---- */

static const char *escape_of(char character) {
    switch (character) {
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '&':
        return "&amp;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return NULL;
    }
}

/* Whether a page may have it: not U+0000 to U+001F, U+007F to U+009F. Line breaks are blanks. */
static bool is_allowed(const char *text, size_t len) {
    unsigned char first = (unsigned char)text[0];
    return len != 0 && first >= 0x20 && first != 0x7F &&
           !(first == 0xC2 && (unsigned char)text[1] < 0xA0);
}

void wl__html_text(FILE *file, const char *text) {
    while (*text != '\0') {
        size_t len = wl__character(text);
        const char *escape = escape_of(*text);
        if (*text == '\n' || *text == '\t') {
            fputc(' ', file);
        } else if (escape != NULL) {
            fputs(escape, file);
        } else if (is_allowed(text, len)) {
            fwrite(text, 1, len, file);
        } else {
            fputs("\xEF\xBF\xBD", file);
        }
        text += len == 0 ? 1 : len;
    }
}

void wl__html_printf(FILE *file, const char *format, ...) {
    char text[4000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    wl__html_text(file, text);
}

void wl__html_paragraph(FILE *file, const char *kind, const char *text) {
    fprintf(file, "<p class=\"%s\">", kind);
    wl__html_text(file, text);
    fputs("</p>\n", file);
}

void wl__html_section(FILE *file, const char *id, const char *heading) {
    fprintf(file, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    wl__html_text(file, heading);
    fputs("</h2>\n", file);
}

void wl__html_section_end(FILE *file) {
    fputs("</section>\n", file);
}

/* ---- the page ---- */

/* Colours of data, c0 to c7, have a contrast of 3:1 or more to the ground in both schemes. */
static const char *const style[] = {
    ":root{color-scheme:light dark;--ground:#ffffff;--text:#1b1f24;--soft:#57606a;--line:#d5dae0;"
    "--band:#f4f6f8;--good:#116329;--bad:#b3261e;--limit:#b3261e;--c0:#0b62a4;--c1:#b35c00;"
    "--c2:#00795c;--c3:#a8457f;--c4:#2a86b8;--c5:#6a51a3;--c6:#75752a;--c7:#6e7781}\n",
    "@media (prefers-color-scheme:dark){:root{--ground:#14181d;--text:#e6e9ed;--soft:#a0a9b4;"
    "--line:#353c45;--band:#1c2229;--good:#6fdc8c;--bad:#ff8a80;--limit:#ff8a80;--c0:#5aa9e6;"
    "--c1:#f2a65a;--c2:#4cc9a4;--c3:#e08bc0;--c4:#8fd0f5;--c5:#b5a3e0;--c6:#c9c96a;--c7:#9aa4af}}"
    "\n",
    "@media print{:root{color-scheme:light;--ground:#ffffff;--text:#000000;--soft:#444444;"
    "--line:#bbbbbb;--band:#ffffff;--good:#116329;--bad:#b3261e;--limit:#b3261e;--c0:#0b62a4;"
    "--c1:#b35c00;--c2:#00795c;--c3:#a8457f;--c4:#2a86b8;--c5:#6a51a3;--c6:#75752a;--c7:#6e7781}"
    "body{max-width:none}nav{display:none}svg{min-width:0!important}figure,tr,li{break-inside:"
    "avoid}"
    "h2,h3,caption{break-after:avoid}*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}"
    "\n",
    "body{margin:0 auto;max-width:62rem;padding:1.5rem;background:var(--ground);color:var(--text);"
    "font:15px/1.5 system-ui,sans-serif}\n",
    "h1{font-size:1.7rem;line-height:1.2;margin:.5rem 0;overflow-wrap:anywhere}"
    "h2{font-size:1.25rem;margin:2.4rem 0 .6rem;padding-top:.6rem;border-top:1px solid var(--line)}"
    "h3{font-size:1.05rem;margin:1.4rem 0 .4rem}p{margin:.4rem 0;overflow-wrap:anywhere}\n",
    "nav{margin:1rem 0}nav a{margin-right:1rem}a{color:var(--c0)}.soft,footer{color:var(--soft)}"
    "footer{margin-top:3rem;font-size:.9rem}.good{color:var(--good);font-weight:600}"
    ".bad{color:var(--bad);font-weight:600}\n",
    ".cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.8rem;"
    "margin:1rem 0;padding:0;list-style:none}.cards li{background:var(--band);border:1px solid "
    "var(--line);border-radius:8px;padding:.7rem 1rem}.cards "
    "strong{display:block;font-size:1.4rem}\n",
    "figure{margin:1.2rem 0;overflow-x:auto}figcaption{font-weight:600;margin-bottom:.3rem}"
    "svg{display:block;width:100%;min-width:42rem;height:auto;font:12px system-ui,sans-serif}"
    "svg text{fill:var(--text)}svg .soft{fill:var(--soft)}\n",
    ".grid{stroke:var(--line);stroke-width:1}.axis{stroke:var(--soft);stroke-width:1}"
    ".limit{stroke:var(--limit);stroke-width:2;stroke-dasharray:6 3}svg "
    ".limit-text{fill:var(--limit);"
    "font-weight:600}.strong-grid{stroke:var(--soft);stroke-width:1;stroke-dasharray:2 3}\n",
    ".f0{fill:var(--c0)}.f1{fill:var(--c1)}.f2{fill:var(--c2)}.f3{fill:var(--c3)}.f4{fill:var(--c4)"
    "}"
    ".f5{fill:var(--c5)}.f6{fill:var(--c6)}.f7{fill:var(--c7)}\n",
    ".s0{stroke:var(--c0)}.s1{stroke:var(--c1)}.s0,.s1{fill:none;stroke-width:2.5}"
    ".edge{stroke:var(--ground);stroke-width:1.5}\n",
    ".wide{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.6rem 0 1.2rem;"
    "font-size:.9rem;font-variant-numeric:tabular-nums}caption{text-align:left;font-weight:600;"
    "padding:.3rem 0}th,td{padding:.25rem .6rem;border-bottom:1px solid "
    "var(--line);text-align:left;"
    "vertical-align:top}thead th{color:var(--soft);vertical-align:bottom}"
    "tbody "
    "th{font-weight:500;overflow-wrap:anywhere;min-width:9rem}.r{text-align:right}td.r{white-space:"
    "nowrap}\n",
};

void wl__html_page(FILE *file, const char *title, const char *description) {
    fputs("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
          "'unsafe-inline'\">\n<title>",
          file);
    wl__html_text(file, title);
    fputs("</title>\n<meta name=\"description\" content=\"", file);
    wl__html_text(file, description);
    fputs("\">\n<style>\n", file);
    for (size_t i = 0; i < sizeof style / sizeof style[0]; i++) {
        fputs(style[i], file);
    }
    fputs("</style>\n</head>\n<body>\n<main>\n<h1>", file);
    wl__html_text(file, title);
    fputs("</h1>\n", file);
}

void wl__html_page_end(FILE *file, const char *made_by, const char *made_at) {
    fputs("</main>\n<footer><p>Made by ", file);
    wl__html_printf(file, "%s, %s.", made_by, made_at);
    fputs("</p></footer>\n</body>\n</html>\n", file);
}

/* ---- tables ---- */

/* scope NULL: a cell that heads nothing. kind: classes. */
static void cell(FILE *file, const char *scope, const char *kind, const char *text) {
    if (scope != NULL) {
        fprintf(file, "<th scope=\"%s\" class=\"%s\">", scope, kind);
    } else {
        fprintf(file, "<td class=\"%s\">", kind);
    }
    wl__html_text(file, text);
    fputs(scope != NULL ? "</th>" : "</td>", file);
}

static const char *kind_of(char alignment) {
    return alignment == 'r' ? "r" : "l";
}

void wl__html_table(FILE *file, const char *caption, const char *alignments,
                    const char *const *headings) {
    fputs("<div class=\"wide\"><table>\n<caption>", file);
    wl__html_text(file, caption);
    fputs("</caption>\n<thead><tr>", file);
    for (size_t i = 0; alignments[i] != '\0'; i++) {
        cell(file, "col", kind_of(alignments[i]), headings[i]);
    }
    fputs("</tr></thead>\n<tbody>\n", file);
}

void wl__html_row_marked(FILE *file, const char *alignments, const char *kind,
                         const char *const *cells) {
    fputs("<tr>", file);
    for (size_t i = 0; alignments[i] != '\0'; i++) {
        bool marked = kind != NULL && alignments[i + 1] == '\0';
        cell(file, i == 0 ? "row" : NULL, marked ? kind : kind_of(alignments[i]), cells[i]);
    }
    fputs("</tr>\n", file);
}

void wl__html_row(FILE *file, const char *alignments, const char *const *cells) {
    wl__html_row_marked(file, alignments, NULL, cells);
}

void wl__html_table_end(FILE *file) {
    fputs("</tbody>\n</table></div>\n", file);
}

bool wl__written(FILE *file, bool enough) {
    bool arrived = fflush(file) == 0 && ferror(file) == 0;
    if (arrived && !enough) {
        errno = ENOMEM;
    }
    return arrived && enough;
}
