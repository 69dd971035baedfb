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
POINT = re.compile(r"^(?P<name>.*?),? (?:at |with |among )?(?P<x>[0-9][0-9,]*) (?P<what>items|tables)$")


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
                 "; each operation has its own scale; beside a bar: how many times its figure another "
                 "side has", 12, svg.SOFT)
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
    """{(what x counts, unit): {name of a curve: [(x, y)]}} of those that have points enough."""
    found = {}
    for result in results:
        point = point_of(result)
        if point is None or point[2] <= 0:
            continue
        several = len(result["sides"]) > 1
        for side, value in result["sides"].items():
            name = f"{point[0]}, {side}" if several else point[0]
            curves = found.setdefault((point[1], result["unit"]), {})
            curves.setdefault(name, []).append((point[2], value))
    for key, curves in list(found.items()):
        found[key] = {name: sorted(points) for name, points in curves.items() if len(points) > 1}
        if not found[key]:
            del found[key]
    return found


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


def curves(title, what, unit, lines):
    """Lines over a logarithmic x; y from zero."""
    drawing = svg.Drawing(WIDTH, title)
    left, right, top, height = 80, 270, 84, 320
    xs = sorted({x for points in lines.values() for x, _ in points})
    most = max(y for points in lines.values() for _, y in points) or 1
    step = _nice_step(most)
    ceiling = math.ceil(most / step) * step
    low, high = math.log10(xs[0]), math.log10(xs[-1])

    def place(x, y):
        return (left + (math.log10(x) - low) / (high - low) * (WIDTH - left - right),
                top + height - y / ceiling * height)
    drawing.text(16, 30, title, 17, weight="bold")
    drawing.text(16, 50, f"{figures.UNIT_NAMES[unit] or unit} an operation, by {what} "
                 "(logarithmic); flat is good", 12, svg.SOFT)
    for i in range(round(ceiling / step) + 1):
        y = place(xs[0], i * step)[1]
        drawing.line([(left, y), (WIDTH - right, y)], svg.LINE)
        drawing.text(left - 8, y + 4, figures.amount(i * step, unit) if i else "0", 12, svg.SOFT,
                     "end")
    for x in xs:
        drawing.text(place(x, 0)[0], top + height + 20, f"{x:,}", 12, svg.SOFT, "middle")
    drawing.text((left + WIDTH - right) / 2, top + height + 42, what, 12, svg.SOFT, "middle")
    colours = dict(zip(lines, ("#1f5fd1", "#e07b39", "#1a7f4b", "#8858c8", "#b0413e", "#2a8f8f",
                               "#c98a12", "#4f5d75") * len(lines)))
    ends = sorted(lines, key=lambda name: -lines[name][-1][1])
    for name, label_y in zip(ends, _apart([place(*lines[name][-1])[1] for name in ends], 16)):
        points = [place(x, y) for x, y in lines[name]]
        drawing.line(points, colours[name], 2)
        for x, y in points:
            drawing.dot(x, y, 3, colours[name])
        growth = lines[name][-1][1] / lines[name][0][1] if lines[name][0][1] > 0 else 0
        drawing.text(points[-1][0] + 12, label_y + 4,
                     f"{name}: {figures.times(growth)}×", 12, colours[name])
    drawing.height = max(top + height + 60, top + 16 * len(lines) + 40)
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
                     f"{figures.amount(one.value, one.unit)}, {one.bound} "
                     f"{figures.amount(one.target, one.unit)}", 11, colour, "end")
    drawing.height = 84 + len(measured) * row
    drawing.line([(middle, 64), (middle, drawing.height - 16)], svg.INK)
    return str(drawing)


# ---- all ----

def _file_name(*parts):
    return re.sub(r"[^a-z0-9]+", "-", " ".join(parts).lower()).strip("-") + ".svg"


def of_group(part, group, results):
    """[(file name, title, SVG)]: the curves that the group's results make, and bars of the rest."""
    made = []
    for (what, unit), lines in curves_of(results).items():
        title = f"{group}, by {what}"
        made.append((_file_name(part, group, "by", what, unit), title,
                     curves(title, what, unit, lines)))
    rest = [result for result in results if (not made or point_of(result) is None) and
            result["sides"]]
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
