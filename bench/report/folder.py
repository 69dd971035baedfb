"""The folder of a run's results: results.json, results.md and the charts."""
import os

import charts
import form
import markdown
import targets


def write(folder, results):
    """Judges the results by the targets and writes everything; returns the path of the page."""
    for part in results["parts"]:
        targets.judge(part)
    names = {}
    for part, made in charts.of_results(results).items():
        for name, title, text in made:
            names.setdefault(part, []).append((name, title))
            with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
                file.write(text)
    form.write(os.path.join(folder, "results.json"), results)
    path = os.path.join(folder, "results.md")
    with open(path, "w", encoding="utf-8") as file:
        file.write(markdown.page(results, names))
    return path
