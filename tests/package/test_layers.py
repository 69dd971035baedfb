#!/usr/bin/env python3
"""Proves that layers.py finds what it is there to find, on small trees made for it."""
import os
import tempfile
import unittest

import layers

GOOD = {
    "CMakeLists.txt": "",
    ".gitignore": "/build/\n",
    "engine/include/pocketable/engine.h": "#include <pocketable/engine/read.h>\n",
    "engine/include/pocketable/engine/read.h": "#include <stdint.h>\n",
    "engine/src/base/error.h": "#include <pocketable/engine/read.h>\n",
    "engine/src/store/tree.h": '#include "base/error.h"\n#include <lmdb.h>\n',
    "engine/src/read/page.h": '#include "store/tree.h"\n',
    "engine/src/write/commit.c": '#include "read/page.h"\n#include "local.h"\n',
    "engine/src/write/local.h": "",
    "api/include/pocketable.h": "#include <pocketable/engine.h>\n",
    "api/src/json/json.h": "",
    "api/src/operation/put.c":
        '#include "json/json.h"\n#include "base/error.h"\n#include <pocketable/engine.h>\n',
    "tests/support/support.h": "",
    "tests/unit/test_tree.c": '#include "store/tree.h"\n#include "support/support.h"\n',
    "tools/main.c": "#include <pocketable.h>\n#include <pocketable/engine.h>\n",
    "bench/run.c": "#include <lmdb.h>\n#include <pocketable/engine.h>\n",
    "build/junk.c": '#include "nowhere.h"\n',
}


def problems_of(changes):
    """The problems of the good tree with some files changed or added."""
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**GOOD, **changes}.items():
            full = os.path.join(root, path)
            os.makedirs(os.path.dirname(full), exist_ok=True)
            with open(full, "w", encoding="utf-8") as file:
                file.write(text)
        return list(layers.problems(root))


class Layers(unittest.TestCase):
    def finds(self, path, text, words):
        """One bad file gives exactly one problem, which names the file and the reason."""
        found = problems_of({path: text})
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(path), found)
        self.assertIn(words, found[0])

    def test_layers__good_tree_passes(self):
        self.assertEqual(problems_of({}), [])

    def test_layers__engine_includes_api(self):
        self.finds("engine/src/read/a.c", "#include <pocketable.h>\n", "engine is below api")
        self.finds("engine/src/read/a.c", '  #  include "operation.h"\n', "no such file")
        self.finds("engine/src/read/a.c", '#include "../../../api/src/json/json.h"\n',
                   "engine is below api")

    def test_layers__below_includes_tests_or_tools(self):
        self.finds("engine/src/base/a.c", '#include "support/support.h"\n', "engine is below tests")
        self.finds("api/src/json/a.c", '#include "support/support.h"\n', "api is below tests")

    def test_layers__private_header_from_outside(self):
        self.finds("api/src/json/a.c", '#include "store/tree.h"\n', "private header of engine")
        self.finds("api/src/json/b.c", '#include "operation/put.c"\n', "json is below operation")
        self.finds("tools/a.c", '#include "store/tree.h"\n', "private header of engine")
        self.finds("bench/a.c", '#include "json/json.h"\n', "private header of api")

    def test_layers__engine_folder_includes_higher_folder(self):
        order = ["base", "codec", "store", "table", "read", "write", "upkeep", "env"]
        for low, high in zip(order, order[1:]):
            top = {f"engine/src/{high}/top.h": ""}
            down = {f"engine/src/{high}/a.c": f'#include "{low}/low.h"\n',
                    f"engine/src/{low}/low.h": ""}
            self.assertEqual(problems_of({**top, **down}), [])
            up = problems_of({**top, f"engine/src/{low}/a.c": f'#include "{high}/top.h"\n'})
            self.assertEqual(up, [f"engine/src/{low}/a.c:1: includes {high}/top.h: "
                                  f"{low} is below {high}"])

    def test_layers__public_header_includes_private(self):
        header = "engine/include/pocketable/engine/a.h"
        self.finds(header, '#include "base/error.h"\n', "public header includes a private one")
        self.finds(header, "#include <lmdb.h>\n", "only ours and the C library's")
        self.finds(header, "#include <pocketable/absent.h>\n", "no such file")

    def test_layers__include_that_cannot_be_checked(self):
        self.finds("engine/src/base/a.c", "#include WHAT\n", "no name that can be checked")

    def test_layers__places(self):
        self.finds("lib/a.txt", "", "does not belong at the top level")
        self.finds("NOTES.md", "", "does not belong at the top level")
        self.finds("engine/src/misc/a.c", "", "not in one of the folders of engine")
        self.finds("engine/src/a.c", "", "not in one of the folders of engine")

    def test_layers__machine_paths(self):
        for place in ["home/someone", "Users/someone", "root/x", "work/x"]:
            self.finds("tools/run", f"cd /{place}\n", "somebody's machine")
        for text in ["cd ${x}/work/y", "https://example.org/home/x", "a/work/b", "/tmp/x /usr/lib"]:
            self.assertEqual(problems_of({"tools/run": text + "\n"}), [])


if __name__ == "__main__":
    unittest.main()
