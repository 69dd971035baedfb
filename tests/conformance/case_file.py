"""The format of the case files, and what a step's text becomes when it runs.

A case file is text, read line by line; an indented line continues the line before it.

    # a comment                           at the start of a line
    table people pk:S sk:N {JSON}         a table with these keys; more CreateTable members if given
    name fresh                            a table's name for CreateTable, deleted at the end
    case puts answer nothing              a case begins; tables before the first case belong to all
    source API_PutItem                    where the behaviour is laid down; one line or more a case
    error-style both                      the case runs with both of the program's --error-style;
                                          $prefix is what the newer one puts before some messages
    error-style 2026-08                   or with the newer one only
    dynamodb-local why it differs         DynamoDB Local is known not to pass the step before this
                                          line, or before the first step the case
    | written | read |                    the case runs for every row; $written and $read are cells
    > PutItem {"TableName": "$people"}    a request; `>raw PutItem text` sends text that is not JSON
    < 200 {PATTERN}                       its answer (pattern.py); any body without a pattern
    < ValidationException: message        an error; `<~` takes the message as a regular expression
    + {PATTERN}                           the members of an error beside __type and message
    wait $people                          until the table is ACTIVE; `wait $people gone`

`$name` is a table's name, a cell or a saved value; a value that is not a string stands as JSON.
`{{expression}}` is the value of a Python expression over HELPERS and the names above; it is for
what nobody would want to read in full, such as a value of 400 KB.

Sources: API_X is a page of the API reference, guide X a page of the developer guide, `verified`
is a behaviour that independent suites have verified against the service, `local` is DynamoDB
Local where the documentation says nothing, and a URL is itself.
"""
import json
import os
import re

import pattern

REFERENCE = "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/"
GUIDE = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
NEWER_ERRORS = "2026-08"
PREFIXES = {None: "", NEWER_ERRORS: "1 validation error detected: "}
WORDS = {
    "verified": "verified against the service by independent suites",
    "local": "DynamoDB Local; the documentation is silent",
}


class CaseError(Exception):
    """A case file is wrong."""


class Step:
    """A request and what is expected of its answer, or a wait; texts as in the file."""

    def __init__(self, kind, where, operation=None, text=""):
        self.kind = kind            # "call", "raw" or "wait"
        self.where = where
        self.operation = operation
        self.text = text
        self.status = None          # expected: 200 and a pattern, or an error
        self.error = None
        self.message = None
        self.message_is_regex = False
        self.pattern = None
        self.differs = None

    @property
    def has_answer(self):
        return self.status is not None or self.error is not None


class Case:
    def __init__(self, name, where):
        self.name = name
        self.where = where
        self.sources = []
        self.differs = None
        self.error_styles = [None]  # None: the usual one
        self.columns = []
        self.rows = []
        self.tables = []            # (name, keys, extra JSON)
        self.names = []
        self.steps = []


class CaseFile:
    def __init__(self, path):
        self.path = path
        self.title = os.path.basename(path).rpartition(".")[0]
        self.tables = []
        self.names = []
        self.cases = []


def logical_lines(path):
    """(number, text) with the continued lines joined, without comments and empty lines."""
    joined = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            if not line.strip() or line.startswith("#"):
                continue
            if line[0].isspace():
                if not joined:
                    raise CaseError(f"{path}:{number}: nothing to continue")
                joined[-1][1] += " " + line.strip()
            else:
                joined.append([number, line.rstrip()])
    return joined


def source_text(text, where):
    kind, _, rest = text.partition(" ")
    if kind.startswith("API_") and not rest:
        return REFERENCE + kind + ".html"
    if kind == "guide" and rest:
        return GUIDE + rest + ".html"
    if kind in WORDS:
        return WORDS[kind] + (f": {rest}" if rest else "")
    if kind.startswith("https://"):
        return text
    raise CaseError(f"{where}: not a source: {text}")


class Reader:
    """Reads one file; a method for each kind of line."""

    def __init__(self, path):
        self.file = CaseFile(path)
        self.holder = self.file     # what tables and names are added to: the file, then its cases

    def case(self):
        if not self.file.cases:
            raise CaseError(f"{self.where}: this line belongs to a case")
        return self.file.cases[-1]

    def step(self):
        steps = self.case().steps
        if not steps:
            raise CaseError(f"{self.where}: this line belongs to a request")
        return steps[-1]

    def read_table(self, text):
        head, brace, extra = text.partition("{")
        words = head.split()
        if not 2 <= len(words) <= 3 or not all(re.fullmatch(r"[\w.-]+:(?:[SNB]|\$\w+)", word)
                                               for word in words[1:]):
            raise CaseError(f"{self.where}: table NAME HASH:TYPE [RANGE:TYPE] [JSON]")
        self.holder.tables.append((words[0], words[1:], brace + extra))

    def read_name(self, text):
        self.holder.names.append(text)

    def read_case(self, text):
        if any(case.name == text for case in self.file.cases):
            raise CaseError(f"{self.where}: the case {text!r} is there twice")
        self.holder = Case(text, self.where)
        self.file.cases.append(self.holder)

    def read_source(self, text):
        self.case().sources.append(source_text(text, self.where))

    def read_differs(self, text):
        case = self.case()
        (case.steps[-1] if case.steps else case).differs = text

    def read_error_style(self, text):
        if text not in ("both", NEWER_ERRORS):
            raise CaseError(f"{self.where}: error-style both or {NEWER_ERRORS}")
        self.case().error_styles = [None, NEWER_ERRORS] if text == "both" else [NEWER_ERRORS]

    def read_row(self, text):
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", text)]
        if len(cells) < 2 or cells[-1]:
            raise CaseError(f"{self.where}: a row ends with '|'")
        cells = [cell.replace("\\|", "|") for cell in cells[:-1]]
        case = self.case()
        if case.steps:
            raise CaseError(f"{self.where}: rows stand before the steps")
        if not case.columns:
            case.columns = cells
        elif len(cells) != len(case.columns):
            raise CaseError(f"{self.where}: {len(case.columns)} cells expected")
        else:
            case.rows.append((self.where, cells))

    def read_request(self, text, kind="call"):
        operation, _, body = text.partition(" ")
        self.case().steps.append(Step(kind, self.where, operation, body.strip()))

    def read_raw(self, text):
        self.read_request(text, "raw")

    def read_wait(self, text):
        self.case().steps.append(Step("wait", self.where, text=text))

    def read_answer(self, text, is_regex=False):
        step = self.step()
        if step.has_answer or step.kind == "wait":
            raise CaseError(f"{self.where}: one answer for each request")
        found = re.match(r"(\d\d\d)(?: (.*))?$", text)
        if found:
            step.status, step.pattern = int(found.group(1)), found.group(2)
            return
        found = re.match(r"(?:(\d\d\d) )?(\w+)(?:: (.*))?$", text)
        if not found:
            raise CaseError(f"{self.where}: < STATUS PATTERN or < Error: message")
        step.status = int(found.group(1) or 400)
        step.error, step.message = found.group(2), found.group(3)
        step.message_is_regex = is_regex

    def read_regex(self, text):
        self.read_answer(text, True)

    def read_members(self, text):
        step = self.step()
        if step.error is None or step.pattern is not None:
            raise CaseError(f"{self.where}: '+' follows an expected error")
        step.pattern = text

    WORDS = [("table ", read_table), ("name ", read_name), ("case ", read_case),
             ("source ", read_source), ("error-style ", read_error_style),
             ("dynamodb-local ", read_differs), ("| ", read_row),
             ("> ", read_request), (">raw ", read_raw), ("wait ", read_wait), ("< ", read_answer),
             ("<~ ", read_regex), ("+ ", read_members)]

    def read(self):
        for number, text in logical_lines(self.file.path):
            self.where = f"{self.file.path}:{number}"
            for word, method in self.WORDS:
                if text.startswith(word):
                    method(self, text[len(word):].strip())
                    break
            else:
                raise CaseError(f"{self.where}: not understood: {text[:60]}")
        for case in self.file.cases:
            check_case(case)
        return self.file


def check_case(case):
    if not case.sources:
        raise CaseError(f"{case.where}: the case names no source")
    if case.columns and not case.rows:
        raise CaseError(f"{case.where}: columns but no rows")
    if not case.steps:
        raise CaseError(f"{case.where}: the case has no steps")
    for step in case.steps:
        if step.kind != "wait" and not step.has_answer:
            raise CaseError(f"{step.where}: no answer is expected of this request")


def read_case_file(path):
    return Reader(path).read()


# What an expression between {{ and }} may call, beside Python's own functions of this list.

def each(start, end, template):
    """The template for every number from start up to but without end; @ stands for it."""
    return ", ".join(template.replace("@", str(number)) for number in range(start, end))


def nest(levels, inner='{"S": "x"}', opening='{"M": {"m": ', closing="}}"):
    """The inner value within that many maps (or what opening and closing make)."""
    return opening * levels + inner + closing * levels


HELPERS = {"__builtins__": {}, "each": each, "nest": nest, "len": len, "str": str, "chr": chr,
           "range": range, "int": int}
# An expression ends at the first }} outside of 'quotes'.
INSERT = re.compile(r"\{\{((?:'[^']*'|[^'}]|\}(?!\}))*)\}\}|\$([A-Za-z]\w*)")


class Raw(str):
    """A cell: stands as it is written, also where JSON is expected."""


def expand(text, values, where, as_json=True):
    """The text with $names and {{expressions}} replaced. With as_json a string is escaped as in a
    JSON string, where it then stands between quotes."""
    def one(found):
        expression, name = found.groups()
        if expression is not None:
            try:
                return str(eval(expression, {**values, **HELPERS}))
            except Exception as error:  # whatever an expression of a case file may raise
                raise CaseError(f"{where}: {{{{{expression}}}}}: {error}") from error
        if name not in values:
            raise CaseError(f"{where}: nothing is named ${name}")
        value = values[name]
        if isinstance(value, Raw) and ("{{" in value or "$" in value):
            others = {other: inner for other, inner in values.items() if other != name}
            return expand(value, others, where, as_json)
        if isinstance(value, Raw) or (isinstance(value, str) and not as_json):
            return value
        return json.dumps(value)[1:-1] if isinstance(value, str) else json.dumps(value)

    return INSERT.sub(one, text)


def parse_pattern(text, where):
    try:
        return pattern.parse(text)
    except pattern.PatternError as error:
        raise CaseError(f"{where}: {error}") from error
