#!/usr/bin/env python3
"""Tests of the conformance suite's own parts: wrong answers must be found, right ones must not."""
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import unittest

import case_file
import conformance
import endpoints
import pattern


def mismatches(text, value):
    return pattern.differences(pattern.parse(text), value, {})


class TestPattern(unittest.TestCase):
    def test_matches(self):
        for text, value in [
                ('{"a": 1}', {"a": 1}), ('{"a": 1, ...}', {"a": 1, "b": 2}), ("{...}", {}),
                ("[1, 2]", [1, 2]), ("[1, ...]", [1, 2, 3]), ("unordered [1, 2]", [2, 1]),
                ("any", None), ("string", "x"), ("number", 1.5), ("boolean", False),
                ("object", {}), ("array", []), ("/a.c/", "abc"), (r"/a\/b/", "a/b"),
                ('"\\u00fc"', "\u00fc"), ("0.5", 0.5), ("null", None),
                ('{"SS": ["a", "b"]}', {"SS": ["b", "a"]})]:
            self.assertEqual(mismatches(text, value), [], text)

    def test_mismatches(self):
        for text, value, path in [
                ('{"a": 1}', {"a": 2}, "a"), ('{"a": 1}', {}, "a"), ("{}", {"b": 1}, "b"),
                ('{"a": [1, 2]}', {"a": [1]}, "a[1]"), ("[1]", [1, 2], "[1]"),
                ("[1, 2]", [2, 1], "[0]"), ("unordered [1, 1]", [1, 2], "[?]"),
                ("string", 1, "body"), ("number", True, "body"), ("/a.c/", "abcd", "body"),
                ("1", True, "body"), ('"1"', 1, "body"), ("{...}", [], "body"),
                ('{"SS": ["a", "b"]}', {"SS": ["b"]}, "SS[?]"),
                ('{"L": ["a", "b"]}', {"L": ["b", "a"]}, "L[0]")]:
            found = mismatches(text, value)
            self.assertTrue(found, text)
            self.assertEqual(found[0][0], path, text)

    def test_saves_what_matches(self):
        saved = {}
        pattern.differences(pattern.parse('{"k": {"pk": any} as key, "n": number as n}'),
                            {"k": {"pk": 1}, "n": "x"}, saved)
        self.assertEqual(saved, {"key": {"pk": 1}})

    def test_refuses_what_is_no_pattern(self):
        for text in ["", "{", '{"a" 1}', "[1 2]", "nonsense", "1 1", "any as", '{"a": 1, "a": 2}',
                     "[..., 1]"]:
            with self.assertRaises(pattern.PatternError, msg=text):
                pattern.parse(text)


def read(text):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "file.cases")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return case_file.read_case_file(path)


class TestCaseFile(unittest.TestCase):
    def test_reads_a_case(self):
        file = read("# comment\ntable t pk:S sk:N\ncase one\nsource API_PutItem\nsource guide X\n"
                    '> PutItem {"a":\n   1}\n< 200 {}\n> GetItem {}\n'
                    "< ValidationException: a\n  b\n+ {}\n")
        case = file.cases[0]
        self.assertEqual(file.tables, [("t", ["pk:S", "sk:N"], "")])
        self.assertEqual([step.text for step in case.steps], ['{"a": 1}', "{}"])
        self.assertEqual(case.steps[1].message, "a b")
        self.assertEqual(case.steps[1].status, 400)
        self.assertTrue(case.sources[0].endswith("/API_PutItem.html"))

    def test_refuses_what_is_no_case(self):
        case = "case c\nsource verified\n"
        for text in ["nonsense\n", "> PutItem {}\n", "case c\n> A {}\n< 200\n", case,
                     case + "> A {}\n", case + "< 200\n", case + "> A {}\n< 200\n< 200\n",
                     case + "> A {}\n< 200\n+ {}\n", case + "| a |\n> A {}\n< 200\n",
                     case + "| a |\n| b | c |\n> A {}\n< 200\n", "  continued\n",
                     "case c\nsource hearsay\n> A {}\n< 200\n", "table t pk\n",
                     case + "> A {}\n< 200\n" + case + "> A {}\n< 200\n",
                     case + "error-style 2026-05\n> A {}\n< 200\n"]:
            with self.assertRaises(case_file.CaseError, msg=text):
                read(text)

    def test_expands(self):
        values = {"t": "name", "key": {"S": 'a"b'}, "text": 'a"b', "cell": case_file.Raw("$t!")}
        for text, expected in [
                ('"$t"', '"name"'), ("$key", '{"S": "a\\"b"}'), ('"$text"', '"a\\"b"'),
                ("$cell", "name!"), ("{{'x' * 3}}", "xxx"), ("[{{each(1, 3, '{@}}')}}]",
                                                             "[{1}}, {2}}]"),
                ("{{key['S']}}", 'a"b'), ("{{nest(2, '0', '[', ']')}}", "[[0]]")]:
            self.assertEqual(case_file.expand(text, values, "here"), expected)
        for text in ["$nothing", "{{nothing}}", "{{open('x')}}"]:
            with self.assertRaises(case_file.CaseError, msg=text):
                case_file.expand(text, values, "here")


class FakeEndpoint:
    """Answers by operation; remembers what was asked."""

    def __init__(self, **answers):
        self.answers = {"CreateTable": (200, "{}"), "DeleteTable": (200, "{}"),
                        "DescribeTable": (200, '{"Table": {"TableStatus": "ACTIVE"}}'), **answers}
        self.asked = []

    def call(self, operation, body):
        self.asked.append((operation, body))
        return endpoints.Answer(*self.answers[operation])


def run(text, endpoint, *arguments, style=None):
    """The status and output of a run of one case file."""
    options = conformance.Options(conformance.parse_arguments(arguments))
    result = conformance.Run(endpoint, options)
    result.error_style = style
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        result.file(read(text), lambda case: True)
        status = result.summary(1)
    return status, output.getvalue()


CASE = ('table t pk:S\ncase one\nsource verified\n> GetItem {"TableName": "$t"}\n'
        '< 200 {"Item": {"n": 1}}\n')
ERROR = ("case one\nsource verified\n> GetItem {}\n"
         "< ValidationException: no\n+ {\"Item\": any}\n")


class TestRun(unittest.TestCase):
    def test_passes_what_is_right(self):
        endpoint = FakeEndpoint(GetItem=(200, '{"Item": {"n": 1}}'))
        status, output = run(CASE, endpoint)
        self.assertEqual(status, 0, output)
        self.assertEqual(endpoint.asked[0][0], "CreateTable")
        self.assertEqual(endpoint.asked[-1][0], "DeleteTable")
        table = re.search(r"conf-[0-9a-f]{6}-t", endpoint.asked[0][1]).group()
        self.assertIn(table, endpoint.asked[2][1])

    def test_fails_what_is_wrong(self):
        for answer in [(200, '{"Item": {"n": 2}}'), (200, "{}"), (200, ""), (200, "{"),
                       (500, '{"Item": {"n": 1}}'), (200, '{"Item": {"n": 1}, "more": 1}')]:
            status, output = run(CASE, FakeEndpoint(GetItem=answer))
            self.assertEqual(status, 1, answer)
            self.assertIn("FAIL file: one", output)

    def test_compares_errors(self):
        right = '{"__type": "x#ValidationException", "message": "no", "Item": 1}'
        self.assertEqual(run(ERROR, FakeEndpoint(GetItem=(400, right)))[0], 0)
        for answer in [(200, right), (400, right.replace("no", "yes")), (400, "{}"), (400, ""),
                       (400, right.replace("Validation", "Other")),
                       (400, right.replace("Item", "Other"))]:
            self.assertEqual(run(ERROR, FakeEndpoint(GetItem=answer))[0], 1, answer)

    def test_a_known_difference_must_differ(self):
        marked = CASE + "dynamodb-local says two\n"
        wrong, right = (200, '{"Item": {"n": 2}}'), (200, '{"Item": {"n": 1}}')
        for answer, arguments, expected in [(wrong, ["--local"], 1), (right, ["--local"], 1),
                                            (wrong, [], 1), (right, [], 0)]:
            text = marked + ("case two\nsource verified\n> GetItem {}\n< 200\n"
                             if answer == wrong else "")
            status, output = run(text, FakeEndpoint(GetItem=answer), *arguments)
            if answer == wrong and arguments:
                self.assertEqual((status, "known to differ: file: one: says two" in output),
                                 (0, True), output)
            else:
                self.assertEqual(status, expected, output)

    def test_the_prefix_is_of_the_newer_errors(self):
        text = ("case one\nsource verified\nerror-style both\n> GetItem {}\n"
                "< ValidationException: $prefix no\n")
        self.assertEqual(read(text).cases[0].error_styles, [None, "2026-08"])
        self.assertEqual(read(text.replace("both", "2026-08")).cases[0].error_styles, ["2026-08"])
        self.assertEqual(read(ERROR).cases[0].error_styles, [None])
        for style, message in [(None, " no"), ("2026-08", "1 validation error detected:  no")]:
            for said in [" no", "1 validation error detected:  no"]:
                body = json.dumps({"__type": "x#ValidationException", "message": said})
                status, output = run(text, FakeEndpoint(GetItem=(400, body)), style=style)
                self.assertEqual(status, int(said != message), output)

    def test_rows_run_one_by_one(self):
        text = ("case one\nsource verified\n| n |\n| 1 |\n| 2 |\n> GetItem {\"n\": $n}\n"
                "< 200 {\"n\": $n}\n")
        endpoint = FakeEndpoint(GetItem=(200, '{"n": 2}'))
        status, output = run(text, endpoint)
        self.assertEqual(status, 1)
        self.assertIn("| 1 |", output)
        self.assertNotIn("| 2 |", output)

    def test_an_empty_selection_is_no_success(self):
        self.assertEqual(run("table t pk:S\n", FakeEndpoint())[0], 1)


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    unittest.main()
