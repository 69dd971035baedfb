"""Charts of a run's results: bars with ratios, curves of growth, and how far each target is."""
import math
import re

import figures
import markdown
import svg
import targets

WIDTH = 900
LABELS = 190
RIGHT = 250       # beside the longest bar, for its figures
BAR, GAP, APART = 16, 3, 16

# "get, 10,000 items" is a point of the curve "get".
POINT = re.compile(r"^(?P<name>.*?),? (?:at |with |among |(?:up )?to,? )?"
                   r"(?P<x>[0-9][0-9,]*) (?P<what>items|tables)$")


def _wrapped(text, size, width):
    """The text in lines that are no wider."""
    lines = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if svg.width_of(longer, size) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


# ---- bars ----

def _ratio_beside(result, side):
    """What is said of a side beside its bar."""
    texts = [f"{ratio['of']} {figures.times(ratio['value'])}×" for ratio in
             result.get("ratios", []) if ratio["to"] == side]
    return ", ".join(texts)


def _bars_of(drawing, top, result, colours):
    sides = result["sides"]
    most = max(sides.values(), default=0) or 1
    height = len(sides) * (BAR + GAP) - GAP
    lines = _wrapped(result["operation"], 13, LABELS - 24)
    for i, line in enumerate(lines):
        drawing.text(LABELS - 12, top + height / 2 + 5 + (i - (len(lines) - 1) / 2) * 16, line,
                     anchor="end")
    for i, (side, value) in enumerate(sides.items()):
        y = top + i * (BAR + GAP)
        length = value / most * (WIDTH - LABELS - RIGHT)
        drawing.bar(LABELS, y, length, BAR, colours[side])
        text = figures.amount(value, result["unit"])
        drawing.text(LABELS + length + 8, y + 12.5, text, 12)
        beside = _ratio_beside(result, side)
        if beside:
            drawing.text(LABELS + length + 16 + svg.width_of(text, 12), y + 12.5, beside, 12,
                         svg.SOFT)
    return top + max(height, len(lines) * 16)


def bars(title, results):
    """A bar for each side of each result; each result has a scale of its own."""
    drawing = svg.Drawing(WIDTH, title)
    names = markdown.sides_of(results)
    colours = svg.colours_of(names)
    drawing.text(16, 30, title, 17, weight="bold")
    senses = {result["better"] for result in results}
    sense = {"less": "shorter is better", "more": "longer is better"}[senses.pop()] \
        if len(senses) == 1 else ""
    drawing.text(16, 50, "medians" + (f"; {sense}" if sense else "") +
                 "; each operation has its own scale; beside a bar: how many times its figure "
                 "another side has", 12, svg.SOFT)
    top = drawing.legend(16, 76, names, colours)
    for result in results:
        top = _bars_of(drawing, top, result, colours) + APART
    drawing.height = top
    return str(drawing)


# ---- curves ----

def point_of(result):
    """(operation, what x counts, x) of a result that is a point of a curve; None if it is not."""
    if "x" in result:
        return result["operation"], result["x"][0], result["x"][1]
    match = POINT.match(result["operation"])
    if match is None:
        return None
    return match["name"], match["what"], int(match["x"].replace(",", ""))


def curves_of(results):
    """{(what x counts, unit, operation): [results]}, by x, of those operations that have several
    points."""
    found = {}
    for result in results:
        point = point_of(result)
        if point is not None and point[2] > 0 and result["sides"]:
            found.setdefault((point[1], result["unit"], point[0]), []).append(result)
    return {key: sorted(some, key=lambda result: point_of(result)[2])
            for key, some in found.items() if len({point_of(one)[2] for one in some}) > 1}


def lines_of(results):
    """{side: [(x, y)]} of one operation's results."""
    lines = {}
    for result in results:
        for side, value in result["sides"].items():
            lines.setdefault(side, []).append((point_of(result)[2], value))
    return lines


def _nice_step(most):
    rough = most / 5
    power = 10 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)


def _apart(places, least):
    """The places moved down so far that they are apart by least; in their order."""
    moved = []
    for place in places:
        moved.append(max(place, moved[-1] + least) if moved else place)
    return moved


class _Plot:
    """The place of a chart of curves, and where its figures fall: x logarithmic, y from zero."""

    left, right, top, height = 80, 200, 84, 320

    def __init__(self, lines):
        self.xs = sorted({x for points in lines.values() for x, _ in points})
        most = max(y for points in lines.values() for _, y in points)
        self.step = _nice_step(most if most > 0 else 1)
        self.steps = max(1, math.ceil(most / self.step))
        self.low, self.high = math.log10(self.xs[0]), math.log10(self.xs[-1])

    def place(self, x, y):
        width = WIDTH - self.left - self.right
        return (self.left + (math.log10(x) - self.low) / (self.high - self.low) * width,
                self.top + self.height * (1 - y / (self.steps * self.step)))

    def draw_axes(self, drawing, what, unit):
        for i in range(self.steps + 1):
            y = self.place(self.xs[0], i * self.step)[1]
            drawing.line([(self.left, y), (WIDTH - self.right, y)], svg.LINE)
            drawing.text(self.left - 8, y + 4, figures.amount(i * self.step, unit) if i else "0",
                         12, svg.SOFT, "end")
        bottom = self.top + self.height
        for x in self.xs:
            drawing.text(self.place(x, 0)[0], bottom + 20, f"{x:,}", 12, svg.SOFT, "middle")
        drawing.text((self.left + WIDTH - self.right) / 2, bottom + 42, what, 12, svg.SOFT,
                     "middle")


def curves(title, what, unit, lines):
    """Lines, {name: [(x, y)]} with the points in order."""
    drawing = svg.Drawing(WIDTH, title)
    plot = _Plot(lines)
    colours = svg.colours_of(list(lines))
    drawing.text(16, 30, title, 17, weight="bold")
    drawing.text(16, 50, f"{what} on a logarithmic scale; at the end of a line: its last figure as "
                 "a multiple of its first", 12, svg.SOFT)
    plot.draw_axes(drawing, what, unit)
    ends = sorted(lines, key=lambda name: -lines[name][-1][1])
    labels = _apart([plot.place(*lines[name][-1])[1] for name in ends], 16)
    for name, label_y in zip(ends, labels):
        points = [plot.place(x, y) for x, y in lines[name]]
        drawing.line(points, colours[name], 2)
        for x, y in points:
            drawing.dot(x, y, 3, colours[name])
        first, last = lines[name][0][1], lines[name][-1][1]
        growth = f" {figures.times(last / first)}×" if first > 0 else ""
        drawing.text(points[-1][0] + 12, label_y + 4, name + growth, 12, colours[name])
    drawing.height = max(plot.top + plot.height + 60, labels[-1] + 24)
    return str(drawing)


# ---- targets ----

def target_bars(verdicts):
    """How far each measured figure is from its target, on a logarithmic scale: right is good."""
    measured = [one for one in verdicts if one.value is not None and one.value > 0]
    drawing = svg.Drawing(WIDTH, "Targets")
    drawing.text(16, 30, "Targets", 17, weight="bold")
    drawing.text(16, 50, "how many times better than wanted (right of the line) or worse (left); "
                 "logarithmic", 12, svg.SOFT)

    def margin(one):
        return one.target / one.value if one.bound == targets.AT_MOST else one.value / one.target
    reach = max([abs(math.log2(margin(one))) for one in measured] + [1])
    middle, half, row = 640, 130, 36
    for i, one in enumerate(measured):
        y = 84 + i * row
        drawing.text(16, y, one.text, 12.5)
        drawing.text(16, y + 14, one.where, 10.5, svg.SOFT)
        length = math.log2(margin(one)) / reach * half
        colour = svg.MET if one.met else svg.MISSED
        drawing.bar(min(middle, middle + length), y - 10, abs(length), 16, colour)
        drawing.text(WIDTH - 16, y + 2.5, ("" if one.met else "MISSED ") +
                     f"{figures.measured(one)}, {one.bound} "
                     f"{figures.amount(one.target, one.unit)}", 11, colour, "end")
    drawing.height = 84 + len(measured) * row
    drawing.line([(middle, 64), (middle, drawing.height - 16)], svg.INK)
    return str(drawing)


# ---- all ----

def _file_name(*parts):
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-") + ".svg"


def of_group(part, group, results):
    """[(file name, title, SVG)]: a chart of curves for each operation of the group that has them,
    and bars for the rest."""
    made, drawn = [], []
    for (what, unit, operation), some in curves_of(results).items():
        title = f"{group}: {operation}, by {what}"
        made.append((_file_name(part, group, operation, "by", what), title,
                     curves(title, what, unit, lines_of(some))))
        drawn += some
    rest = [result for result in results if result["sides"] and
            not any(result is one for one in drawn)]
    if rest:
        made.append((_file_name(part, group), group, bars(group, rest)))
    return made


def of_results(results):
    """{part, or "" for the run: [(file name, title, SVG)]}."""
    made = {}
    verdicts = targets.verdicts(results["parts"])
    if any(one.value is not None for one in verdicts):
        made[""] = [("targets.svg", "Targets", target_bars(verdicts))]
    for part in results["parts"]:
        for group, some in markdown.by_group(part).items():
            made.setdefault(part["part"], []).extend(of_group(part["part"], group, some))
    return made
