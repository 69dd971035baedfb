"""How figures are written for people."""

UNIT_NAMES = {"us": "µs", "ms": "ms", "s": "s", "1/s": "a second", "bytes": "", "ratio": ""}


def number(value):
    """Three significant digits, or all before the point, with commas between thousands."""
    size = abs(value)
    if size >= 100:
        return f"{value:,.0f}"
    if size >= 10:
        return f"{value:.1f}"
    return f"{value:.2f}" if size >= 0.1 or size == 0 else f"{value:.2g}"


def amount(value, unit):
    """A figure with its unit."""
    if unit == "bytes":
        for name, factor in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
            if abs(value) >= factor:
                return f"{number(value / factor)} {name}"
        return f"{value:.0f} B"
    return {"1/s": f"{number(value)}/s", "ratio": number(value)}.get(
        unit, f"{number(value)} {UNIT_NAMES[unit]}")


def measured(verdict):
    """The figure of a verdict, with more digits where it would look like its target and is not."""
    text = amount(verdict.value, verdict.unit)
    if verdict.value != verdict.target and text == amount(verdict.target, verdict.unit):
        text = f"{verdict.value:,.4f}" if verdict.unit == "ratio" else \
            f"{verdict.value:,} {verdict.unit}"
    return text


def times(value):
    """A ratio."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 0.1 else f"{value:.2g}"
