#!/usr/bin/env python3
"""Runs the conformance suite against anything that answers DynamoDB's operations.

    conformance.py --endpoint URL             a server that listens already
    conformance.py --program PATH             PATH/pocketable serve, started and ended here
    conformance.py --in-process PATH          PATH/pocketable call, without a network
    conformance.py --dynamodb-local FOLDER    AWS's DynamoDB Local, started and ended here; cases
                                              known to differ there must differ

Further arguments name case files (all of cases/ by default). Each file makes tables with names of
its own and deletes them, so the suite leaves a database as it was. Exit status: 0 if every case
passed, 1 if one failed, 2 if the suite could not run.
"""
import argparse
import fnmatch
import glob
import json
import os
import re
import secrets
import sys
import time

import case_file
import endpoints
import pattern

WAIT_SECONDS = 30
SHOWN = 700     # characters of a request or an answer in a report, unless --verbose


class Options:
    def __init__(self, arguments):
        self.verbose = arguments.verbose
        self.brief = arguments.brief
        self.local = arguments.local or arguments.dynamodb_local is not None


def shortened(text, options):
    if options.verbose or len(text) <= SHOWN:
        return text
    return f"{text[:SHOWN // 2]} ...({len(text)} characters)... {text[-SHOWN // 4:]}"


class Failure:
    """One step that did not go as expected."""

    def __init__(self, step, sent, answer, lines):
        self.step = step
        self.sent = sent
        self.answer = answer
        self.lines = lines          # (path, expected, found)

    def show(self, options):
        if options.brief:
            return f"  {self.step.where.rpartition('/')[2]} " + "; ".join(
                f"{path}: -{expected[:200]} +{found[:200]}" for path, expected, found in self.lines)
        texts = [f"  {self.step.where}"]
        if self.sent is not None:
            texts.append(f"    > {self.step.operation} {shortened(self.sent, options)}")
        for path, expected, found in self.lines:
            texts += [f"    {path}:", f"      - expected {shortened(expected, options)}",
                      f"      + found    {shortened(found, options)}"]
        if options.verbose and self.answer is not None:
            texts.append(f"    < {self.answer.status} {self.answer.text}")
        return "\n".join(texts)


def error_lines(step, answer, message):
    """Where an error is not the expected one."""
    lines = []
    if answer.status != step.status:
        lines.append(("status", str(step.status), str(answer.status)))
    if answer.error != step.error:
        lines.append(("error", step.error, answer.error or answer.text or "an empty body"))
    if message is None:
        return lines
    found = answer.message or ""
    matches = re.fullmatch(message, found) if step.message_is_regex else found == message
    if not matches:
        lines.append(("message", message, found))
    return lines


def answer_lines(step, answer, values):
    """Where an answer is not the expected one; saves values by name."""
    expected = step.pattern and case_file.expand(step.pattern, values, step.where)
    if step.error is not None:
        message = step.message and case_file.expand(step.message, values, step.where, False)
        lines = error_lines(step, answer, message)
        if expected and isinstance(answer.body, dict):
            rest = {name: value for name, value in answer.body.items()
                    if name not in ("__type", "message", "Message")}
            lines += pattern.differences(case_file.parse_pattern(expected, step.where), rest,
                                         values)
        return lines
    if answer.status != step.status:
        return [("status", str(step.status), f"{answer.status} {answer.text}")]
    if not expected:
        return []
    return pattern.differences(case_file.parse_pattern(expected, step.where), answer.body, values)


class TableError(Exception):
    """A case's own table cannot be made; holds the Failure."""

    def __init__(self, failure):
        super().__init__(f"{failure.step.where} cannot be made: {failure.answer.text}")
        self.failure = failure


class Tables:
    """The tables of one file: made under names of their own, deleted at its end."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.prefix = f"conf-{secrets.token_hex(3)}-"
        self.names = []

    def name(self, short):
        full = self.prefix + short
        self.names.append(full)
        return full

    def create(self, short, keys, extra, values):
        full = self.name(short)
        values[short] = full
        pairs = [case_file.expand(key, values, short).rsplit(":", 1) for key in keys]
        request = {
            "TableName": full, "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": kind}
                                     for name, kind in pairs],
            "KeySchema": [{"AttributeName": name, "KeyType": use}
                          for (name, _), use in zip(pairs, ("HASH", "RANGE"))]}
        more = json.loads(case_file.expand(extra, values, short) or "{}")
        request["AttributeDefinitions"] += more.pop("AttributeDefinitions", [])
        request.update(more)
        answer = self.endpoint.call("CreateTable", json.dumps(request))
        if answer.status != 200 or not self.wait(full):
            step = case_file.Step("call", f"table {short}", "CreateTable")
            raise TableError(Failure(step, json.dumps(request), answer, [
                ("status", "200, and ACTIVE soon", f"{answer.status} {answer.text}")]))

    def wait(self, name, gone=False):
        """Polls until the table and its indexes are ACTIVE, or it is gone; answers whether so."""
        limit = time.monotonic() + WAIT_SECONDS
        pause = 0.005
        while time.monotonic() < limit:
            answer = self.endpoint.call("DescribeTable", json.dumps({"TableName": name}))
            if answer.status != 200:
                return gone and answer.error == "ResourceNotFoundException"
            table = answer.body["Table"]
            parts = [table] + table.get("GlobalSecondaryIndexes", [])
            states = {part.get("TableStatus") or part.get("IndexStatus") for part in parts}
            if not gone and states == {"ACTIVE"}:
                return True
            time.sleep(pause)
            pause = min(pause * 2, 1)
        return False

    def delete(self, since=0):
        """Deletes the tables named since that one was, whatever state they are in."""
        for name in self.names[since:]:
            answer = self.endpoint.call("DeleteTable", json.dumps({"TableName": name}))
            if answer.error == "ValidationException":
                self.endpoint.call("UpdateTable", json.dumps(
                    {"TableName": name, "DeletionProtectionEnabled": False}))
                answer = self.endpoint.call("DeleteTable", json.dumps({"TableName": name}))
            if answer.error == "ResourceInUseException" and self.wait(name):
                self.endpoint.call("DeleteTable", json.dumps({"TableName": name}))
        del self.names[since:]


class Run:
    """One run of the suite against one endpoint, and what came of it."""

    def __init__(self, endpoint, options):
        self.endpoint = endpoint
        self.error_style = None     # of the endpoint; None: the usual one
        self.options = options
        self.passed = self.failed = self.steps = 0
        self.differed = []          # (case, reason): known to differ here, and did
        self.needless = []          # known to differ here, but passed

    def step(self, step, tables, values):
        """Runs one step; answers a Failure or None."""
        self.steps += 1
        if step.kind == "wait":
            name, _, gone = case_file.expand(step.text, values, step.where, False).partition(" ")
            if tables.wait(name, gone == "gone"):
                return None
            return Failure(step, None, None, [("wait", step.text, "not so in time")])
        sent = case_file.expand(step.text, values, step.where)
        if step.kind == "call":
            try:
                json.loads(sent)
            except ValueError as error:
                raise case_file.CaseError(f"{step.where}: not JSON: {error}: {sent[:300]}")
        operation = case_file.expand(step.operation, values, step.where, False)
        answer = self.endpoint.call(operation, sent)
        lines = answer_lines(step, answer, values)
        return Failure(step, sent, answer, lines) if lines else None

    def row(self, case, tables, file_values, cells):
        """Runs the case's steps once; answers its failures."""
        values = dict(file_values, prefix=case_file.Raw(case_file.PREFIXES[self.error_style]))
        values.update((name, case_file.Raw(cell)) for name, cell in zip(case.columns, cells))
        since = len(tables.names)
        for name in case.names:
            values[name] = tables.name(name)
        failures = []
        try:
            for table in case.tables:
                tables.create(*table, values)
            for step in case.steps:
                failure = self.step(step, tables, values)
                if failure:
                    failures.append(failure)
        except TableError as error:
            failures.append(error.failure)
        except case_file.CaseError as error:
            if not failures:
                raise
            # A step that failed has not saved what a later one needs.
            failures[-1].lines.append(("the rest of the case", "to run", str(error)))
        finally:
            tables.delete(since)
        return failures

    def texts(self, case, failures):
        """The failures as text, with the row that they belong to."""
        texts, row = [], None
        for cells, failure in failures:
            if cells and cells is not row:
                texts.append(f"  | {' | '.join(cells)} |")
            row = cells
            texts.append(failure.show(self.options))
        return texts

    def without_known(self, file, case, failures):
        """The failures that are no known difference of DynamoDB Local; keeps account of those."""
        if not self.options.local:
            return failures
        marks = [(case, None)] if case.differs else []
        marks += [(step, step) for step in case.steps if step.differs]
        for mark, step in marks:
            known = [pair for pair in failures if step in (None, pair[1].step)]
            failures = [pair for pair in failures if pair not in known]
            if known:
                self.differed.append((f"{file.title}: {case.name}", mark.differs))
                if self.options.verbose:
                    print(f"DIFFERS {file.title}: {case.name}", *self.texts(case, known),
                          sep="\n", flush=True)
            else:
                self.needless.append(mark.where)
        return failures

    def case(self, file, case, tables, values):
        failures = []               # (row's cells, failure)
        for where, cells in case.rows or [(case.where, [])]:
            failures += [(cells, failure)
                         for failure in self.row(case, tables, values, cells)]
        failures = self.without_known(file, case, failures)
        texts = self.texts(case, failures)
        if failures:
            self.failed += 1
            print(f"FAIL {file.title}: {case.name}", *(f"  source: {text}" for text in
                                                       case.sources),
                  *texts, sep="\n", flush=True)
        else:
            self.passed += 1
            if self.options.verbose:
                print(f"ok {file.title}: {case.name}", flush=True)

    def file(self, file, selected):
        cases = [case for case in file.cases if selected(case)]
        if not cases:
            return
        tables, values = Tables(self.endpoint), {}
        try:
            for name in file.names:
                values[name] = tables.name(name)
            for table in file.tables:
                tables.create(*table, values)
            for case in cases:
                self.case(file, case, tables, values)
        finally:
            tables.delete()

    def summary(self, seconds):
        for text, reason in self.differed:
            print(f"known to differ: {text}: {reason}")
        for text in self.needless:
            print(f"FAIL marked as different in DynamoDB Local, but passed: {text}")
        known = f", {len(self.differed)} known to differ" if self.options.local else ""
        failed = self.failed + len(self.needless)
        print(f"{self.passed} cases passed, {failed} failed{known}; "
              f"{self.steps} steps in {seconds:.1f} s")
        return 1 if failed or not self.passed else 0


def case_paths(arguments):
    folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")
    if not arguments:
        return sorted(glob.glob(os.path.join(folder, "*.cases")))
    paths = []
    for text in arguments:
        if os.path.isfile(text):
            paths.append(text)
            continue
        found = [path for path in sorted(glob.glob(os.path.join(folder, "*.cases")))
                 if fnmatch.fnmatch(os.path.basename(path).rpartition(".")[0], text)]
        if not found:
            raise case_file.CaseError(f"no case file: {text}")
        paths += found
    return paths


def parse_arguments(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], formatter_class=argparse.RawDescriptionHelpFormatter)
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--endpoint", metavar="URL", help="a server that listens already")
    where.add_argument("--program", metavar="PATH", help="the program, over HTTP")
    where.add_argument("--in-process", metavar="PATH", help="the program, without a network")
    where.add_argument("--dynamodb-local", metavar="FOLDER", help="the folder of DynamoDBLocal.jar")
    parser.add_argument("--local", action="store_true",
                        help="the endpoint is a DynamoDB Local: its known differences are expected")
    parser.add_argument("--case", metavar="REGEX", default="", help="only cases whose name matches")
    parser.add_argument("--list", action="store_true", help="list the cases and their sources")
    parser.add_argument("--verbose", action="store_true",
                        help="name every case, show whole requests and answers")
    parser.add_argument("--brief", action="store_true", help="one line for each failed step")
    parser.add_argument("files", nargs="*", help="case files, or patterns of their names")
    return parser.parse_args(arguments)


def list_cases(files, selected):
    for file in files:
        for case in filter(selected, file.cases):
            rows = f" ({len(case.rows)} rows)" if case.rows else ""
            print(f"{file.title}: {case.name}{rows}")
            for source in case.sources:
                print(f"    {source}")


def error_styles(arguments, files, selected):
    """The styles that the cases ask for; another than the usual needs a program of our own."""
    styles = {style for file in files for case in filter(selected, file.cases)
              for style in case.error_styles}
    if not (arguments.program or arguments.in_process):
        styles &= {None}
    return sorted(styles, key=lambda style: style or "")


def run_style(result, style, arguments, files, selected):
    """Runs the cases of this error style, at an endpoint that has it."""
    server = endpoint = None
    options = ["--error-style", style] if style else []
    try:
        if arguments.program:
            server = endpoints.start_program(arguments.program, options)
        elif arguments.dynamodb_local:
            server = endpoints.start_dynamodb_local(arguments.dynamodb_local)
        if arguments.in_process:
            endpoint = endpoints.ProgramEndpoint(arguments.in_process, options)
        else:
            endpoint = endpoints.HttpEndpoint(server.url if server else arguments.endpoint)
        result.endpoint, result.error_style = endpoint, style
        for file in files:
            result.file(file, lambda case: style in case.error_styles and selected(case))
    except BaseException:
        if server:
            server.stop(check=False)
        raise
    endpoint.close()
    if server:
        # DynamoDB Local says nothing by its exit status when it is asked to end.
        server.stop(check=arguments.program is not None)


def run(arguments, files, selected):
    began = time.monotonic()
    result = Run(None, Options(arguments))
    for style in error_styles(arguments, files, selected):
        run_style(result, style, arguments, files, selected)
    return result.summary(time.monotonic() - began)


def main(texts):
    arguments = parse_arguments(texts)
    selected = lambda case: re.search(arguments.case, case.name)
    try:
        files = [case_file.read_case_file(path) for path in case_paths(arguments.files)]
        if arguments.list:
            list_cases(files, selected)
            return 0
        if not (arguments.endpoint or arguments.program or arguments.in_process
                or arguments.dynamodb_local):
            print("conformance.py: where? See --help.", file=sys.stderr)
            return 2
        return run(arguments, files, selected)
    except (case_file.CaseError, TableError, endpoints.EndpointError, OSError) as error:
        print(f"conformance.py: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
