"""The list of differences that are DynamoDB Local's mistakes, each with the source that says so.

    # a comment
    entry what it is about
    source where AWS's behaviour is laid down
    operations Query Scan            (or *; all of them by default)
    pocketable 400 ValidationException: ...      regular expressions over status, error and message;
    dynamodb-local 400 ValidationException: ...  200 alone if the request succeeded
    path ConsumedCapacity.*          where the bodies differ; nothing by default
    request .*"REMOVE .*             the request's body as it was sent; any by default

A difference belongs to the first entry that matches it whole.
"""
import re


class AllowError(Exception):
    """The list is wrong."""


class Entry:
    def __init__(self, name, where):
        self.name = name
        self.where = where
        self.members = {}
        self.taken = 0

    def matches(self, difference, request):
        operations = self.members.get("operations", "*").split()
        return ((operations == ["*"] or difference.operation in operations)
                and self.fits("pocketable", difference.first)
                and self.fits("dynamodb-local", difference.second)
                and self.fits("path", difference.path)
                and ("request" not in self.members or self.fits("request", request)))

    def fits(self, member, text):
        return re.fullmatch(self.members.get(member, ""), text, re.DOTALL) is not None


WORDS = ("source", "operations", "pocketable", "dynamodb-local", "path", "request")


def read(path):
    entries = []
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            word, _, text = line.strip().partition(" ")
            if not word or word.startswith("#"):
                continue
            if word == "entry" and text:
                entries.append(Entry(text, f"{path}:{number}"))
            elif word in WORDS and text and entries and word not in entries[-1].members:
                entries[-1].members[word] = text
            else:
                raise AllowError(f"{path}:{number}: not understood: {line.strip()}")
    for entry in entries:
        for member in ("source", "pocketable", "dynamodb-local"):
            if member not in entry.members:
                raise AllowError(f"{entry.where}: no {member}")
        for member in ("pocketable", "dynamodb-local", "path", "request"):
            try:
                re.compile(entry.members.get(member, ""))
            except re.error as error:
                raise AllowError(f"{entry.where}: {member}: {error}") from error
    return entries


def take(entries, difference, request=""):
    """The entry that a difference belongs to, or None."""
    for entry in entries:
        if entry.matches(difference, request):
            entry.taken += 1
            return entry
    return None
