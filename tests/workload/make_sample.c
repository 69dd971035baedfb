/* Writes the sample's reports into a folder, for other programs to look at:
 * make_sample FOLDER writes NAME.json and NAME.html of each sample, their comparisons, and
 * what the terminal shows. */
#include "workload/sample.h"

#include "support/support.h"

static FILE *open_in(const char *folder, const char *name) {
    char path[1000];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

static void write_reports(const char *folder, const test_sample *sample, const char *json,
                          const char *html, const char *text) {
    FILE *file = open_in(folder, json);
    assert_true(wl_report_write_json(&sample->report, file));
    fclose(file);
    file = open_in(folder, html);
    assert_true(wl_report_write_html(&sample->report, file));
    fclose(file);
    file = open_in(folder, text);
    tool_terminal terminal = tool_terminal_of(file, true);
    wl_report_print(&sample->report, &terminal);
    fclose(file);
}

/* The sample with another one. */
static void compare(const char *folder, const char *with, const char *into) {
    char a[1000], b[1000], page[100], lines[100];
    snprintf(a, sizeof a, "%s/sample.json", folder);
    snprintf(b, sizeof b, "%s/%s.json", folder, with);
    snprintf(page, sizeof page, "%s.html", into);
    snprintf(lines, sizeof lines, "%s.txt", into);
    FILE *html = open_in(folder, page);
    FILE *text = open_in(folder, lines);
    tool_terminal terminal = tool_terminal_of(text, true);
    wl_complaint complaint;
    assert_true(wl_compare(a, b, &terminal, html, &complaint));
    fclose(html);
    fclose(text);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fputs("usage: make_sample FOLDER\n", stderr);
        return 2;
    }
    test_sample plain, other, nasty;
    sample_make(&plain);
    sample_make_other(&other);
    sample_make_nasty(&nasty);
    write_reports(arguments[1], &plain, "sample.json", "sample.html", "sample.txt");
    write_reports(arguments[1], &other, "other.json", "other.html", "other.txt");
    write_reports(arguments[1], &nasty, "nasty.json", "nasty.html", "nasty.txt");
    sample_clean_up(&plain);
    sample_clean_up(&other);
    sample_clean_up(&nasty);
    compare(arguments[1], "other", "compare");
    compare(arguments[1], "nasty", "compare-nasty");
    return 0;
}
