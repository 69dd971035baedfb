"""The little of SVG that charts need."""
from xml.sax.saxutils import escape, quoteattr

FONT = "system-ui, 'DejaVu Sans', Helvetica, Arial, sans-serif"
INK, SOFT, LINE, PAPER = "#1f2933", "#66717d", "#dde2e7", "#ffffff"
MET, MISSED = "#1a7f4b", "#c62828"

# A side has its colour in every chart: ours blue, the limit grey.
COLOURS = {
    "pocketable": "#1f5fd1", "engine": "#1f5fd1", "64 connections": "#1f5fd1",
    "json": "#7aa7f0", "1 connection": "#7aa7f0",
    "engine, few": "#6f7f95", "json, few": "#a3aebd",
    "lmdb": "#8a949e", "bare": "#8a949e", "disk": "#5c6670", "the disk's commits": "#8a949e",
    "sqlite": "#c98a12", "dynamodb-local": "#e07b39", "dynalite": "#8858c8", "dynoxide": "#b0413e",
}
OTHERS = ("#2a8f8f", "#b0568f", "#7d8a2e", "#4f5d75")
# About a glyph's width, of its height: for laying out, never for meaning.
GLYPH = 0.6


def colours_of(names):
    """A colour for each name."""
    others = iter(OTHERS * len(names))
    return {name: COLOURS.get(name) or next(others) for name in names}


def width_of(text, size):
    return len(text) * size * GLYPH


class Drawing:
    """Shapes from the top left; height may grow until it is written."""

    def __init__(self, width, title):
        self.width = width
        self.height = 0
        self.title = title
        self.shapes = []

    def _add(self, name, content="", **attributes):
        text = "".join(f" {key.replace('_', '-')}={quoteattr(str(value))}"
                       for key, value in attributes.items())
        self.shapes.append(f"<{name}{text}>{content}</{name}>" if content else f"<{name}{text}/>")

    def text(self, x, y, text, size=13, colour=INK, anchor="start", weight="normal"):
        self._add("text", escape(text), x=f"{x:.1f}", y=f"{y:.1f}", font_size=size, fill=colour,
                  text_anchor=anchor, font_weight=weight)

    def bar(self, x, y, width, height, colour):
        self._add("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{max(width, 1):.1f}",
                  height=f"{height:.1f}", fill=colour, rx=2)

    def line(self, points, colour, width=1, dash=None):
        more = {"stroke_dasharray": dash} if dash else {}
        self._add("polyline", points=" ".join(f"{x:.1f},{y:.1f}" for x, y in points), fill="none",
                  stroke=colour, stroke_width=width, stroke_linejoin="round", **more)

    def dot(self, x, y, radius, colour):
        self._add("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r=radius, fill=colour)

    def legend(self, x, y, names, colours):
        """One line or more; returns the y below them."""
        left = x
        for name in names:
            wide = 22 + width_of(name, 12) + 18
            if left + wide > self.width - 16 and left > x:
                left, y = x, y + 20
            self.bar(left, y - 10, 12, 12, colours[name])
            self.text(left + 18, y, name, 12, SOFT)
            left += wide
        return y + 20

    def __str__(self):
        head = (f'<svg xmlns="http://www.w3.org/2000/svg" width="{self.width}" '
                f'height="{self.height:.0f}" viewBox="0 0 {self.width} {self.height:.0f}" '
                f"font-family={quoteattr(FONT)} role=\"img\">")
        return "\n".join([head, f"<title>{escape(self.title)}</title>",
                          f'<rect width="100%" height="100%" fill="{PAPER}"/>', *self.shapes,
                          "</svg>"]) + "\n"
