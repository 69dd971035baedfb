/* Writes the sample's reports into a folder, for other programs to look at:
 * make_sample FOLDER writes sample.json, sample.html, nasty.json, nasty.html, compare.html. */
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
                          const char *html) {
    FILE *file = open_in(folder, json);
    assert_true(wl_report_write_json(&sample->report, file));
    fclose(file);
    file = open_in(folder, html);
    assert_true(wl_report_write_html(&sample->report, file));
    fclose(file);
}

int main(int count, char **arguments) {
    if (count != 2) {
        fputs("usage: make_sample FOLDER\n", stderr);
        return 2;
    }
    test_sample plain, nasty;
    sample_make(&plain);
    sample_make_nasty(&nasty);
    write_reports(arguments[1], &plain, "sample.json", "sample.html");
    write_reports(arguments[1], &nasty, "nasty.json", "nasty.html");
    sample_clean_up(&plain);
    sample_clean_up(&nasty);
    char a[1000], b[1000];
    snprintf(a, sizeof a, "%s/sample.json", arguments[1]);
    snprintf(b, sizeof b, "%s/nasty.json", arguments[1]);
    FILE *html = open_in(arguments[1], "compare.html");
    FILE *text = open_in(arguments[1], "compare.txt");
    tool_terminal terminal = tool_terminal_of(text, true);
    wl_complaint complaint;
    assert_true(wl_compare(a, b, &terminal, html, &complaint));
    fclose(html);
    fclose(text);
    return 0;
}
