#!/usr/bin/env python3
"""Looks at the pages that make_sample writes.

    test_report_html.py MAKE_SAMPLE

They must be well-formed, self-contained, without anything that a workload's texts could bring in,
and usable without seeing the charts.
"""
import html.parser
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

VOID = {"meta", "br"}
TAGS = VOID | set("""html head title style body main h1 h2 h3 p nav a ul li strong span section figure
    figcaption svg desc text line rect circle polyline div table caption thead tbody tr th td
    footer""".split())
ATTRIBUTES = set("""lang charset name content http-equiv class id href aria-label aria-labelledby
    viewbox role x y x1 y1 x2 y2 cx cy r width height points text-anchor textlength lengthadjust
    scope""".split())
# What the nasty sample's texts would add if they were not escaped.
FOREIGN_TAGS = {"script", "img", "b", "i", "u"}


class Page(html.parser.HTMLParser):
    """Checks what it is fed, and keeps texts by tag."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.ids, self.links = [], [], [], []
        self.texts, self.seen, self.charts = {}, [], []
        self.feed(text)
        self.close()
        if self.open:
            self.problems.append(f"never closed: {self.open}")

    def handle_starttag(self, tag, attributes):
        self.seen.append(tag)
        names = [name for name, _ in attributes]
        if tag not in TAGS or len(names) != len(set(names)) or not set(names) <= ATTRIBUTES:
            self.problems.append(f"{self.getpos()}: <{tag} {names}>")
        values = dict(attributes)
        self.ids += [values["id"]] if "id" in values else []
        self.links += [values["href"]] if "href" in values else []
        if tag == "svg":
            self.charts.append(values)
        for name in ("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "width", "height"):
            if name in values and not re.fullmatch(r"-?\d+(\.\d+)?", values[name]):
                self.problems.append(f"{self.getpos()}: {name}={values[name]}")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"{self.getpos()}: </{tag}> closes another tag")

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)

    def handle_comment(self, data):
        self.problems.append(f"comment {data}")


class Pages(unittest.TestCase):
    make_sample = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        subprocess.run([cls.make_sample, cls.folder.name], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def text(self, name):
        with open(os.path.join(self.folder.name, name), encoding="utf-8") as file:
            return file.read()

    def pages(self):
        return {name: Page(self.text(name)) for name in sorted(os.listdir(self.folder.name))
                if name.endswith(".html")}

    def test_well_formed_and_of_known_tags(self):
        self.assertEqual(5, len(self.pages()))
        for name, page in self.pages().items():
            self.assertEqual([], page.problems, name)
            self.assertEqual(len(page.ids), len(set(page.ids)), name)

    def test_needs_nothing_else(self):
        for name, page in self.pages().items():
            for link in page.links:
                self.assertRegex(link, r"^#")
                self.assertIn(link[1:], page.ids, name)
            style = "".join(page.texts["style"])
            self.assertNotIn("url(", style)
            self.assertNotIn("@import", style)
            self.assertIn("prefers-color-scheme:dark", style)
            self.assertIn("@media print", style)

    def test_texts_of_a_workload_stay_texts(self):
        page = Page(self.text("nasty.html"))
        self.assertFalse(FOREIGN_TAGS & set(page.seen))
        self.assertEqual(["<script>alert(1)</script> & \"co\" 'x'\ufffd"], page.texts["h1"])
        self.assertIn("</title><img src=x onerror=alert(2)>", page.texts["th"])
        self.assertIn("<svg onload=alert(4)>\ufffd", page.texts["th"])
        self.assertIn("<script src=//evil.example></script> ", page.texts["li"])
        self.assertNotRegex(self.text("nasty.html"), r"[\x00-\x08\x0b-\x1f\x7f]")

    def test_charts_have_texts_and_tables(self):
        charts = {"sample.html": 10, "compare.html": 4}
        for name, page in self.pages().items():
            self.assertEqual(charts.get(name, len(page.charts)), len(page.charts), name)
            for chart in page.charts:
                self.assertEqual("img", chart["role"])
                for part in chart["aria-labelledby"].split():
                    self.assertIn(part, page.ids)
            self.assertEqual(len(page.charts), page.seen.count("desc"))
            self.assertGreaterEqual(page.seen.count("table"), 3)

    def test_every_kind_of_mark_is_drawn(self):
        page = Page(self.text("sample.html"))
        for tag in ("rect", "circle", "polyline", "line"):
            self.assertGreater(page.seen.count(tag), 1, tag)
        labels = page.texts["text"]
        for label in ("3,000 RCU: a partition", "1,000 WCU: a partition", "target", "photos/by-date",
                      "1,000"):
            self.assertIn(label, labels)

    def test_small_items_need_no_chart(self):
        page = Page(self.text("sample.html"))
        self.assertIn("photos/by-likes: all 1,000 items are of at most 1 KB, the largest of 90 B.",
                      page.texts["p"])

    def test_json_is_json(self):
        for name in ("sample.json", "nasty.json", "other.json"):
            report = json.loads(self.text(name))
            self.assertEqual("pocketable bench report", report["format"])
            self.assertEqual(4, len(report["places"]))
        self.assertEqual([{"up_to_kb": 5, "items": 1990}, {"up_to_kb": 372, "items": 10}],
                         json.loads(self.text("sample.json"))["places"][3]["item_sizes"])


if __name__ == "__main__":
    Pages.make_sample = sys.argv.pop(1)
    unittest.main()
