"""A run's results as a page of Markdown."""
import figures
import targets


def _cell(text):
    return str(text).replace("|", "\\|").replace("\n", " ")


def table(heads, rows, texts=1):
    """A Markdown table; the first columns are texts, the others figures."""
    lines = ["| " + " | ".join(map(_cell, heads)) + " |",
             "|---" * texts + "|--:" * (len(heads) - texts) + "|"]
    lines += ["| " + " | ".join(map(_cell, row)) + " |" for row in rows]
    return "\n".join(lines)


def _verdict_row(verdict):
    def show(value):
        return "" if value is None else figures.amount(value, verdict.unit)
    spread = "" if verdict.low is None or verdict.high is None else \
        f"{show(verdict.low)} to {show(verdict.high)}"
    word = "**MISSED**" if verdict.met is False else verdict.word
    return (verdict.text, verdict.where, f"{verdict.bound} {show(verdict.target)}",
            "" if verdict.value is None else figures.measured(verdict), spread, word)


def _targets(results):
    verdicts = targets.verdicts(results["parts"])
    counts = [f"{sum(1 for one in verdicts if one.word == word)} {word}"
              for word in ("met", "MISSED", "not measured")]
    return ["## What was to be reached", "", ", ".join(counts) + ".", "",
            table(("target", "where", "wanted", "measured", "middle half", ""),
                  map(_verdict_row, verdicts), texts=2)]


def _ratio_text(ratio):
    text = f"{ratio['of']} / {ratio['to']} {figures.times(ratio['value'])}"
    if ratio.get("low") is not None and ratio.get("high") is not None:
        text += f" ({figures.times(ratio['low'])} to {figures.times(ratio['high'])})"
    return text + (" **MISSED**" if ratio.get("met") is False else "")


def by_group(part):
    """The part's results by their groups, in order."""
    groups = {}
    for result in part["results"]:
        groups.setdefault(result["group"], []).append(result)
    return groups


def sides_of(results):
    """Every side that any of them has, in order."""
    return list(dict.fromkeys(side for result in results for side in result["sides"]))


def _group(name, results):
    sides = sides_of(results)
    rows = [(result["operation"],
             *(figures.amount(result["sides"][side], result["unit"]) if side in result["sides"]
               else "" for side in sides),
             "; ".join(map(_ratio_text, result.get("ratios", [])))) for result in results]
    lines = [f"### {name}", "", table(("operation", *sides, "ratios (middle half)"), rows), ""]
    lines += _latencies(results, sides)
    notes = dict.fromkeys(f"{result['operation']}: {result['note']}" for result in results
                          if result.get("note"))
    return lines + [f"- {note}" for note in notes] + ([""] if notes else [])


def _latencies(results, sides):
    """A table of what single answers took, if that was measured."""
    rows = []
    for result in results:
        found = result.get("latency_us", {})
        if found:
            rows.append((result["operation"],
                         *(" / ".join(figures.amount(found[side][quantile], "us")
                                      for quantile in ("p50", "p99")) if side in found else ""
                           for side in sides)))
    return ["An answer, median / 99 of 100 within:", "", table(("operation", *sides), rows), ""] \
        if rows else []


def _settings(part):
    def show(value):
        return ", ".join(f"{name} {text}" for name, text in value.items()) \
            if isinstance(value, dict) else str(value)
    shown = [f"{name}: {show(value)}" for name, value in part.get("settings", {}).items()
             if value is not None]
    return "; ".join(shown)


def _part(part, charts):
    lines = [f"## {part['part']}", ""]
    if part.get("settings"):
        lines += [_settings(part) + ".", ""]
    for name, results in by_group(part).items():
        lines += _group(name, results)
    for path, title in charts:
        lines += [f"![{title}]({path})", ""]
    skipped = [f"- without {one['what']}: {one['why']}" for one in part.get("skipped", [])]
    return lines + skipped + ([""] if skipped else [])


def page(results, charts):
    """charts: by the part's name, or "" for the run, a list of (file name, title)."""
    facts = [("taken", results["taken"])] + \
        [(name, value) for name, value in {**results["machine"], **results["versions"]}.items()]
    if results.get("command"):
        facts.append(("command", f"`{results['command']}`"))
    lines = ["# pocketable, measured", "", table(("", ""), facts, texts=2), "",
             "Figures are medians. A ratio is the median of the ratios of interleaved rounds of "
             "one run, so it may differ a little from the ratio of two medians.", ""]
    lines += _targets(results) + [""]
    for path, title in charts.get("", []):
        lines += [f"![{title}]({path})", ""]
    for part in results["parts"]:
        lines += _part(part, charts.get(part["part"], []))
    for one in results.get("failed", []):
        lines += [f"**{one['part']} failed**: {one['why']}", ""]
    return "\n".join(lines).rstrip("\n") + "\n"
