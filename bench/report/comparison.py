"""What changed between the results of two runs."""
import figures
import form
import markdown
import targets

RATIO_MOVED = 0.05
FIGURE_MOVED = 0.10


def _results_of(run):
    return {(part["part"], result["group"], result["operation"]): result
            for part in run["parts"] for result in part["results"]}


def _ratios_of(result):
    return {(ratio["of"], ratio["to"]): ratio for ratio in result.get("ratios", [])}


def _spread(ratio):
    """The middle half, or the value alone where there is none."""
    low, high = ratio.get("low"), ratio.get("high")
    return (ratio["value"], ratio["value"]) if low is None or high is None else (low, high)


def ratio_moved(old, new):
    """Whether a ratio has changed beyond its rounds' spread."""
    (old_low, old_high), (new_low, new_high) = _spread(old), _spread(new)
    apart = old_high < new_low or new_high < old_low
    return apart and abs(new["value"] - old["value"]) > RATIO_MOVED * abs(old["value"])


def _word(better):
    return "better" if better else "worse"


def _percent(old, new):
    return f"{(new / old - 1) * 100:+.0f} %" if old else ""


def _ratio_row(result, old, new, moved):
    more_is_better = targets.bound_of(result, new) == targets.AT_LEAST
    rises = new["value"] > old["value"]
    word = _word(rises == more_is_better) if moved else "same"
    if old.get("met") is not None and new.get("met") is not None and old["met"] != new["met"]:
        word += ", target now " + ("met" if new["met"] else "MISSED")
    return (targets.place_of(result), f"{new['of']} / {new['to']}", figures.times(old["value"]),
            figures.times(new["value"]), _percent(old["value"], new["value"]), word)


def _compare_ratios(old, new, everything):
    """Rows of a table, and whether any ratio moved."""
    rows, any_moved = [], False
    for names, ratio in _ratios_of(new).items():
        before = _ratios_of(old).get(names)
        if before is None:
            continue
        moved = ratio_moved(before, ratio)
        flipped = before.get("met") != ratio.get("met")
        any_moved = any_moved or moved
        if moved or flipped or everything:
            rows.append(_ratio_row(new, before, ratio, moved))
    return rows, any_moved


def _compare_figures(old, new, shown):
    """Rows of a table. shown: all of them, whatever they did."""
    if old["unit"] != new["unit"]:
        return [(targets.place_of(new), "", old["unit"], new["unit"], "", "another unit")]
    rows = []
    for side, value in new["sides"].items():
        before = old["sides"].get(side)
        if before is None:
            continue
        moved = abs(value - before) > FIGURE_MOVED * abs(before)
        if shown or (moved and not new.get("ratios")):
            word = _word((value > before) == (new["better"] == "more")) if moved else "same"
            rows.append((targets.place_of(new), side, figures.amount(before, new["unit"]),
                         figures.amount(value, new["unit"]), _percent(before, value), word))
    return rows


def _differing(old, new):
    """What makes the two runs hard to compare."""
    facts = []
    for kind in ("machine", "versions"):
        for name in sorted(set(old[kind]) | set(new[kind])):
            before, after = old[kind].get(name, "unknown"), new[kind].get(name, "unknown")
            if before != after:
                facts.append(f"- {name}: {before} -> {after}")
    if old.get("quick", False) != new.get("quick", False):
        facts.append(f"- the {'old' if old.get('quick') else 'new'} run was a quick one")
    settings = {part["part"]: part.get("settings", {}) for part in old["parts"]}
    for part in new["parts"]:
        if part["part"] in settings and settings[part["part"]] != part.get("settings", {}):
            facts.append(f"- other settings of {part['part']}")
    return facts


def _names(title, keys):
    return [f"{title}:", ""] + [f"- {part}: {group}: {operation}"
                                for part, group, operation in keys] + [""] if keys else []


def page(old, new, everything=False):
    """The comparison as Markdown."""
    before, after = _results_of(old), _results_of(new)
    ratio_rows, figure_rows, unchanged = [], [], 0
    for key, result in after.items():
        if key not in before:
            continue
        rows, moved = _compare_ratios(before[key], result, everything)
        figure = _compare_figures(before[key], result, everything or moved)
        ratio_rows += rows
        figure_rows += figure
        unchanged += not rows and not figure
    lines = [f"# From {old['taken']} to {new['taken']}", ""]
    facts = _differing(old, new)
    if facts:
        lines += ["What differs beside the code:", "", *facts, ""]
    if ratio_rows:
        lines += ["## Ratios", "", markdown.table(
            ("operation", "ratio", "old", "new", "change", ""), ratio_rows, texts=2), ""]
    if figure_rows:
        lines += ["## Figures, of two runs", "", markdown.table(
            ("operation", "side", "old", "new", "change", ""), figure_rows, texts=2), ""]
    lines += _names("Only in the new run", [key for key in after if key not in before])
    lines += _names("Only in the old run", [key for key in before if key not in after])
    if not everything:
        lines.append(f"{unchanged} results have not changed, as far as can be told.")
    return "\n".join(lines).rstrip("\n") + "\n"
