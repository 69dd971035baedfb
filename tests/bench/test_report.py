#!/usr/bin/env python3
"""The report, the charts and the comparison of bench/, on results made here: the figures are the
right ones, a missed target is called so, and damaged files are refused with a line that helps."""
import contextlib
import copy
import importlib.machinery
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree

BENCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench")
sys.path.insert(0, os.path.join(BENCH, "report"))
import charts  # noqa: E402
import comparison  # noqa: E402
import figures  # noqa: E402
import folder  # noqa: E402
import form  # noqa: E402
import parts  # noqa: E402
import targets  # noqa: E402


def ratio(of, to, value, **more):
    return {"of": of, "to": to, "value": value, "low": value * 0.98, "high": value * 1.02, **more}


def http_part(bare=0.85, local=9.0, puts=12.0):
    """Of the part http: one result that the table has targets for, and one that it has not."""
    return {
        "part": "http", "settings": {"items": 1000, "servers": {"pocketable": "0.1.0"}},
        "results": [
            {"group": "over HTTP, 16 connections", "operation": "GetItem", "unit": "1/s",
             "better": "more", "sides": {"pocketable": 85000.0, "bare": 100000.0,
                                         "dynamodb-local": 9444.4},
             "ratios": [ratio("pocketable", "bare", bare),
                        ratio("pocketable", "dynamodb-local", local)], "checked": 10,
             "latency_us": {"pocketable": {"p50": 171, "p99": 402}}},
            {"group": "over HTTP, 16 connections", "operation": "PutItem", "unit": "1/s",
             "better": "more", "sides": {"pocketable": 60000.0, "dynamodb-local": 5000.0},
             "ratios": [ratio("pocketable", "dynamodb-local", puts)], "checked": 10},
            {"group": "over HTTP, 16 connections", "operation": "Query", "unit": "1/s",
             "better": "more", "sides": {"pocketable": 41234.0}, "ratios": [], "checked": 10,
             "note": "ten <items> & more | less"}],
        "skipped": [{"what": "dynoxide", "why": "there is no cargo"}],
    }


def in_process_part(get=1.08, sqlite=4.0):
    return {
        "part": "in_process", "settings": {},
        "results": [
            {"group": "in process, memory", "operation": "get", "unit": "us", "better": "less",
             "sides": {"lmdb": 1.7, "engine": 1.84, "sqlite": 7.4},
             "ratios": [ratio("engine", "lmdb", get),
                        ratio("sqlite", "engine", sqlite, target=2, bound="at least",
                              met=sqlite >= 2)], "checked": 10}],
    }


def start_part(ms=4.7, memory=4_200_000):
    def result(operation, unit, value):
        return {"group": "start and idle", "operation": operation, "unit": unit, "better": "less",
                "sides": {"pocketable": value, "bare": value / 2}, "ratios": [], "checked": 1}
    return {"part": "start", "settings": {}, "results": [
        result("start to first answer", "ms", ms),
        result("idle memory, resident", "bytes", memory)]}


def growth_part():
    return {"part": "growth", "settings": {}, "results": [
        {"group": "growth, items", "operation": f"get, {items:,} items", "unit": "us",
         "better": "less", "sides": {"engine": 2 + i, "engine, few": 2.0},
         "ratios": [ratio("engine", "engine, few", (2 + i) / 2)]}
        for i, items in enumerate((10_000, 100_000, 10_000_000))]}


def run_of(*parts, **more):
    return {"form": 1, "taken": "2026-11-30 12:00 UTC", "machine": {"processor": "one"},
            "versions": {"pocketable": "abc"}, "command": "bench/run", "quick": False,
            "parts": list(parts), "failed": [], **more}


class Folder(unittest.TestCase):
    def setUp(self):
        place = tempfile.TemporaryDirectory()
        self.addCleanup(place.cleanup)
        self.folder = place.name

    def write(self, name, value):
        path = os.path.join(self.folder, name)
        os.makedirs(path, exist_ok=True)
        folder.write(path, copy.deepcopy(value))
        return path

    def page(self, *parts, **more):
        path = self.write("run", run_of(*parts, **more))
        with open(os.path.join(path, "results.md"), encoding="utf-8") as file:
            return file.read()


class TestReport(Folder):
    def row(self, page, *texts):
        """The one line of the page that has all the texts."""
        lines = [line for line in page.splitlines() if all(text in line for text in texts)]
        self.assertEqual(1, len(lines), (texts, lines))
        return lines[0]

    def test_figures_are_those_of_the_parts(self):
        page = self.page(http_part(), in_process_part(), start_part())
        self.assertIn("| GetItem | 85,000/s | 100,000/s | 9,444/s |", page)
        self.assertIn("pocketable / bare 0.85 (0.83 to 0.87)", page)
        self.assertIn("| get | 1.70 µs | 1.84 µs | 7.40 µs |", page)
        self.assertIn("| start to first answer | 4.70 ms | 2.35 ms |", page)
        self.assertIn("| idle memory, resident | 4.20 MB | 2.10 MB |", page)
        self.assertIn("| Query | 41,234/s |  |  |", page)
        self.assertIn("| GetItem | 171 µs / 402 µs |  |  |", page)
        self.assertIn("- without dynoxide: there is no cargo", page)

    def test_met_targets_are_met(self):
        page = self.page(http_part(), in_process_part(), start_part())
        self.assertNotIn("MISSED**", page)
        for texts in (("HTTP GetItem", "at least 0.80", "| 0.85 |"),
                      ("GetItem at 16 connections", "at least 6.00", "| 9.00 |"),
                      ("PutItem at 16 connections", "at least 10.0", "| 12.0 |"),
                      ("engine get, of raw LMDB", "at most 1.30", "| 1.08 |"),
                      ("SQLite's time", "at least 2.00", "| 4.00 |"),
                      ("| start to first answer | start and idle", "at most 10.0 ms", "4.70 ms"),
                      ("| idle memory | start", "at most 5.00 MB", "4.20 MB")):
            self.assertTrue(self.row(page, *texts).endswith("| met |"), texts)

    def test_missed_targets_are_called_so(self):
        page = self.page(http_part(bare=0.79, local=5.99, puts=9.9),
                         in_process_part(get=1.31, sqlite=1.99), start_part(10.1, 5_000_001))
        for text in ("HTTP GetItem, of", "GetItem at 16", "PutItem at 16", "engine get, of raw",
                     "SQLite's time", "| start to first answer | start and",
                     "| idle memory | start"):
            self.assertTrue(self.row(page, text, "at ").endswith("| **MISSED** |"), text)
        self.assertRegex(page, r"0 met, 7 MISSED, \d+ not measured\.")
        self.assertIn("pocketable / bare 0.79 (0.77 to 0.81) **MISSED**", page)

    def test_bounds_are_met_exactly(self):
        page = self.page(http_part(bare=0.8, local=6), in_process_part(1.3, 2), start_part(10, 5e6))
        self.assertNotIn("MISSED**", page)

    def test_a_near_miss_does_not_look_met(self):
        page = self.page(in_process_part(get=1.3004), start_part(memory=5_000_001))
        self.assertTrue(self.row(page, "engine get, of raw", "| 1.3004 |").endswith("**MISSED** |"))
        self.assertTrue(self.row(page, "| idle memory | start", "| 5,000,001 bytes |"))

    def test_what_was_not_measured_is_said(self):
        page = self.page(in_process_part())
        self.assertTrue(self.row(page, "durable PutItem").endswith("| not measured |"))
        failed = self.page(failed=[{"part": "http", "why": "a wrong answer"}])
        self.assertIn("**http failed**: a wrong answer", failed)

    def test_every_target_of_the_table_can_be_missed_and_met(self):
        for target in targets.TARGETS:
            more, less = target.value * 1.01, target.value * 0.99
            at_most = target.bound == targets.AT_MOST
            self.assertEqual((not at_most, at_most), (target.is_met(more), target.is_met(less)))

    def test_judgements_are_in_the_json(self):
        path = self.write("run", run_of(http_part(bare=0.5)))
        written = form.read_results(path)
        missed, met = written["parts"][0]["results"][0]["ratios"]
        self.assertEqual((0.8, "at least", False), (missed["target"], missed["bound"],
                                                    missed["met"]))
        self.assertIs(True, met["met"])

    def test_machine_versions_and_command_are_named(self):
        page = self.page(http_part())
        for name, value in (("processor", "one"), ("pocketable", "abc"),
                            ("taken", "2026-11-30 12:00 UTC"), ("command", "`bench/run`")):
            self.assertIn(f"| {name} | {value} |", page)


class TestFigures(unittest.TestCase):
    def test_amounts(self):
        for value, unit, text in ((123456.7, "1/s", "123,457/s"), (1.756, "us", "1.76 µs"),
                                  (17.56, "ms", "17.6 ms"), (0.000789, "s", "0.00079 s"),
                                  (999, "bytes", "999 B"), (5.5e6, "bytes", "5.50 MB"),
                                  (3e9, "bytes", "3.00 GB"), (0, "us", "0.00 µs")):
            self.assertEqual(text, figures.amount(value, unit))

    def test_ratios(self):
        for value, text in ((1.2345, "1.23"), (250, "250"), (0.00079, "0.00079"), (0.5, "0.50")):
            self.assertEqual(text, figures.times(value))


class TestCharts(Folder):
    def drawn(self, *parts):
        """{file name: its texts}; every chart is well-formed."""
        path = self.write("run", run_of(*parts))
        found = {}
        for name in os.listdir(path):
            if name.endswith(".svg"):
                root = xml.etree.ElementTree.parse(os.path.join(path, name)).getroot()
                found[name] = [element.text for element in root.iter() if element.text]
                for element in root.iter():
                    if element.get("width", "0").replace(".", "").isdigit():
                        self.assertGreaterEqual(float(element.get("width", "0")), 0)
        return found

    def test_bars_have_figures_and_ratios(self):
        texts = self.drawn(http_part())["http-over-http-16-connections.svg"]
        for text in ("GetItem", "85,000/s", "100,000/s", "pocketable 0.85×", "pocketable 12.00×"):
            self.assertIn(text, texts)

    def test_lengths_of_bars_are_as_their_figures(self):
        svg = charts.bars("bars", http_part()["results"][:1])
        widths = [float(text) for text in re.findall(r'width="([0-9.]+)" height="16.0"', svg)]
        self.assertEqual(3, len(widths))
        self.assertAlmostEqual(0.85, widths[0] / widths[1], 2)
        self.assertAlmostEqual(0.094444, widths[2] / widths[1], 2)

    def test_growth_is_a_curve(self):
        found = self.drawn(growth_part())
        texts = found["growth-growth-items-get-by-items.svg"]
        for text in ("10,000", "10,000,000", "engine 2.00×", "engine, few 1.00×", "4.00 µs"):
            self.assertIn(text, texts)
        self.assertNotIn("growth-growth-items.svg", found)

    def test_points_may_be_given_as_numbers(self):
        result = {"operation": "get", "x": ["tables", 10]}
        self.assertEqual(("get", "tables", 10), charts.point_of(result))
        self.assertEqual(("load", "items", 1000),
                         charts.point_of({"operation": "load, up to 1,000 items"}))
        self.assertIsNone(charts.point_of({"operation": "query of ten"}))

    def test_missed_targets_are_in_the_chart(self):
        texts = self.drawn(http_part(bare=0.4))["targets.svg"]
        self.assertIn("MISSED 0.40, at least 0.80", texts)
        self.assertIn("9.00, at least 6.00", texts)

    def test_texts_are_escaped_and_the_page_shows_every_chart(self):
        part = http_part()
        part["results"][0]["operation"] = "<b>&\"|"
        found = self.drawn(part)
        self.assertIn("<b>&\"|", found["http-over-http-16-connections.svg"])
        with open(os.path.join(self.folder, "run", "results.md"), encoding="utf-8") as file:
            page = file.read()
        self.assertIn("<b>&\"\\|", page)
        for name in found:
            self.assertIn(f"]({name})", page)


class Comparing(Folder):
    def compare(self, old, new, *options):
        """bench/compare on two runs: its status, stdout and stderr."""
        paths = [self.write("old", old), self.write("new", new)]
        return self.run_compare(*options, *paths)

    def run_compare(self, *arguments):
        done = subprocess.run([sys.executable, os.path.join(BENCH, "compare"), *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              check=False)
        return done.returncode, done.stdout, done.stderr


class TestCompare(Comparing):
    def test_nothing_changed(self):
        status, text, _ = self.compare(run_of(http_part()), run_of(http_part()))
        self.assertEqual(0, status)
        self.assertIn("3 results have not changed", text)
        self.assertNotIn("better", text)
        self.assertNotIn("worse", text)

    def test_better_and_worse(self):
        old = run_of(http_part(bare=0.85, local=9.0), in_process_part(get=1.08, sqlite=4.0))
        new = run_of(http_part(bare=0.70, local=12.0), in_process_part(get=1.25, sqlite=5.0))
        status, text, _ = self.compare(old, new)
        self.assertEqual(0, status)
        for line in ("| pocketable / bare | 0.85 | 0.70 | -18 % | worse, target now MISSED |",
                     "| pocketable / dynamodb-local | 9.00 | 12.00 | +33 % | better |",
                     "| engine / lmdb | 1.08 | 1.25 | +16 % | worse |",
                     "| sqlite / engine | 4.00 | 5.00 | +25 % | better |"):
            self.assertIn(line, text)

    def test_what_the_rounds_do_not_tell_is_no_change(self):
        old, new = http_part(), http_part()
        for part, value in ((old, 0.85), (new, 0.95)):
            part["results"][0]["ratios"][0].update(value=value, low=0.8, high=1.0)
        _, text, _ = self.compare(run_of(old), run_of(new))
        self.assertNotIn("better", text)

    def test_figures_without_ratios_are_compared(self):
        _, text, _ = self.compare(run_of(start_part(4.7)), run_of(start_part(6.0)))
        self.assertIn("| start and idle: start to first answer | pocketable | 4.70 ms | 6.00 ms | "
                      "+28 % | worse |", text)

    def test_all_shows_what_stayed(self):
        _, text, _ = self.compare(run_of(http_part()), run_of(http_part()), "--all")
        self.assertIn("| pocketable / bare | 0.85 | 0.85 | +0 % | same |", text)
        self.assertIn("85,000/s", text)

    def test_new_and_gone_results_and_other_machines_are_named(self):
        new = run_of(in_process_part())
        new["machine"] = {"processor": "two"}
        _, text, _ = self.compare(run_of(http_part()), new)
        self.assertIn("- processor: one -> two", text)
        self.assertRegex(text, r"Only in the new run:\n\n- in_process: in process, memory: get")
        self.assertRegex(text, r"Only in the old run:\n\n- http: over HTTP, 16 connections: Get")

    def test_a_figure_of_zero_divides_nothing(self):
        old, new = run_of(start_part(ms=0)), run_of(start_part(ms=3))
        self.assertIn("3.00 ms", comparison.page(old, new))


class TestDamage(Comparing):
    """A file that is not in the form is refused by one line that says where, with status 2."""

    def refused(self, text):
        path = os.path.join(self.folder, "results.json")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        good = self.write("good", run_of(http_part()))
        status, out, error = self.run_compare(good, path)
        self.assertEqual((2, ""), (status, out), error)
        self.assertEqual(1, len(error.splitlines()), error)
        self.assertIn(path, error)
        return error

    def damaged(self, change):
        run = run_of(http_part())
        change(run)
        return self.refused(json.dumps(run))

    def test_not_json(self):
        whole = json.dumps(run_of(http_part()))
        self.assertIn("not JSON", self.refused(whole[:len(whole) // 2]))
        self.assertIn("not JSON", self.refused(""))
        self.assertIn("NaN", self.refused(whole.replace("85000.0", "NaN")))
        self.assertIn("nested too deeply", self.refused("[" * 100_000))

    def test_every_member_that_is_missing_is_named(self):
        for name in ("form", "taken", "machine", "versions", "parts"):
            self.assertIn(f"{name} is missing", self.damaged(lambda run: run.pop(name)))
        for name in ("part", "results"):
            self.assertIn(f"{name} is missing", self.damaged(lambda run: run["parts"][0].pop(name)))
        for name in ("group", "operation", "unit", "better", "sides"):
            error = self.damaged(lambda run: run["parts"][0]["results"][1].pop(name))
            self.assertIn(f"parts[0].results[1]: {name} is missing", error)

    def test_wrong_values(self):
        def result(run):
            return run["parts"][0]["results"][0]

        def sets(where, name, value):
            return lambda run: where(run).__setitem__(name, value)
        for change, text in (
                (lambda run: run.update(form=2), "form: expected 1, found 2"),
                (sets(result, "unit", "parsec"), "results[0].unit: expected one of us"),
                (sets(result, "better", "often"), "better: expected one of less, more"),
                (sets(result, "latency_us", {"bare": {"p50": 1}}), "p99 is missing"),
                (sets(result, "sides", [1]), "sides: expected an object"),
                (sets(lambda run: result(run)["sides"], "bare", "fast"), "bare: expected a number"),
                (sets(lambda run: result(run)["sides"], "bare", True), "bare: expected a number"),
                (sets(lambda run: result(run)["ratios"][0], "of", "nobody"), "no side nobody"),
                (sets(lambda run: result(run)["ratios"][0], "value", None), "value: expected a"),
                (sets(lambda run: result(run)["ratios"][0], "met", "yes"), "met: expected true"),
                (lambda run: run["parts"][0]["results"].append(result(run)), "is there twice"),
                (lambda run: run["parts"].append(run["parts"][0]), "a part is there twice"),
                (sets(lambda run: run["parts"][0], "skipped", [{"what": "x"}]), "why is missing")):
            self.assertIn(text, self.damaged(change))

    def test_no_file(self):
        good = self.write("good", run_of(http_part()))
        missing = os.path.join(self.folder, "missing")
        status, _, error = self.run_compare(missing, good)
        self.assertEqual((2, f"bench/compare: {missing}: No such file or directory\n"),
                         (status, error))

    def test_arguments(self):
        self.assertEqual(2, self.run_compare("one")[0])
        self.assertEqual(2, self.run_compare("--what", "one", "two")[0])
        self.assertEqual(0, self.run_compare("--help")[0])


class TestRun(Folder):
    """bench/run itself, with parts that are made here."""

    def setUp(self):
        super().setUp()
        loader = importlib.machinery.SourceFileLoader("bench_run", os.path.join(BENCH, "run"))
        spec = importlib.util.spec_from_loader("bench_run", loader)
        self.run_module = importlib.util.module_from_spec(spec)
        loader.exec_module(self.run_module)
        os.makedirs(os.path.join(self.folder, "parts"))

    def measure(self, *scripts):
        """All of bench/run but for the build: what a part's Python script leaves."""
        made = [parts.Part(f"part{i}", "", [], [], lambda build, json, quick, text=text:
                                     [sys.executable, "-c", text, json])
                for i, text in enumerate(scripts)]
        settings = self.run_module.read_settings(["--quick"])
        settings.parts = made
        with contextlib.redirect_stderr(io.StringIO()):
            return self.run_module.measure_all(settings, self.folder)

    def test_a_part_that_fails_does_not_end_the_others(self):
        good = json.dumps({**http_part(), "part": "part1"})
        results = self.measure(
            "raise SystemExit(3)", f"import sys; open(sys.argv[1], 'w').write({good!r})",
            "import sys; open(sys.argv[1], 'w').write('{')", "pass")
        self.assertEqual(["part1"], [part["part"] for part in results["parts"]])
        self.assertEqual(["part0", "part2", "part3"], [one["part"] for one in results["failed"]])
        self.assertIn("status 3", results["failed"][0]["why"])
        self.assertIn("not JSON", results["failed"][1]["why"])
        folder.write(self.folder, results)
        form.read_results(self.folder)

    def test_options(self):
        settings = self.run_module.read_settings(["--only", "http,start", "--out", "x"])
        self.assertEqual({"http", "start"}, {part.name for part in settings.parts})
        self.assertEqual(len(self.run_module.PARTS),
                         len(self.run_module.read_settings([]).parts))
        self.assertEqual(["--items", "7"], self.run_module.read_settings(
            ["--only", "http", "--", "--items", "7"]).more)
        for wrong in (["--only", "nothing"], ["--", "--items"], ["what"]):
            with self.assertRaises(SystemExit) as caught, \
                    contextlib.redirect_stderr(io.StringIO()):
                self.run_module.read_settings(wrong)
            self.assertEqual(2, caught.exception.code)


if __name__ == "__main__":
    unittest.main()
