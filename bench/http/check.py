"""Whether a server's answers are right: the very lines that wrk sends are sent here too, and the
items that they leave are read back, one by one, by index, and at the end all of them.
"""
import time

import photos
import servers

BATCH_TRIES = 100
REST_TRIES, REST_S = 100, 0.2
TABLE_LIMIT_S = 30


class WrongAnswer(Exception):
    """A server answered something else than it must; one line."""


class NotOffered(WrongAnswer):
    """A server does not have an operation, and says so; one line."""


class Subject:
    """A running server with the photos in it, and what is known of them."""

    def __init__(self, running, items):
        self.running = running
        self.items = items
        self.name = running.kind.name
        self.likes = 0       # that requests have certainly added
        self.likes_more = 0  # that requests may have added, whose answers nobody waited for
        self.version = photos.VERSION_FIRST
        self.answers_checked = 0

    def take_versions(self, count):
        """The first of count versions that no other request has."""
        first = self.version
        self.version += count
        return first

    def expect(self, right, what):
        self.answers_checked += 1
        if not right:
            raise WrongAnswer(f"{self.name}: {what}")


class Asker:
    """Asks a subject on a connection of its own: a context."""

    def __init__(self, subject):
        self.subject = subject
        self.client = servers.Client(subject.running.port)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.client.close()

    def answer(self, operation, body):
        try:
            answer = self.client.call(operation, body)
        except OSError as error:
            raise WrongAnswer(f"{self.subject.name}: {operation}: {error}") from None
        if answer.status == 400 and b"UnknownOperationException" in answer.body:
            raise NotOffered(f"{self.subject.name} does not have {operation}")
        if answer.status != 200:
            raise WrongAnswer(f"{self.subject.name}: {operation} answered {answer.status} "
                              f"{answer.body[:200].decode('utf-8', 'replace')}")
        return answer

    def ask(self, operation, body):
        answer = self.answer(operation, body)
        try:
            return answer.json()
        except ValueError:
            raise WrongAnswer(f"{self.subject.name}: {operation} did not answer JSON") from None

    # ---- loading ----

    def create_table(self):
        """Makes the table and waits until it can be used."""
        self.ask("CreateTable", photos.CREATE_TABLE)
        give_up_at = time.monotonic() + TABLE_LIMIT_S
        while True:
            table = self.ask("DescribeTable", {"TableName": photos.TABLE})["Table"]
            states = [table["TableStatus"]] + [index.get("IndexStatus", "ACTIVE")
                                               for index in table["GlobalSecondaryIndexes"]]
            if set(states) == {"ACTIVE"}:
                return
            if time.monotonic() > give_up_at:
                raise WrongAnswer(f"{self.subject.name}: the table does not become active")
            time.sleep(0.02)

    def load(self):
        """Makes the table and puts every item."""
        self.create_table()
        for first in range(0, self.subject.items, photos.BATCH):
            numbers = range(first, min(first + photos.BATCH, self.subject.items))
            body = {"RequestItems": {photos.TABLE: [
                {"PutRequest": {"Item": photos.item_of(number)}} for number in numbers]}}
            for _ in range(BATCH_TRIES):
                left = self.ask("BatchWriteItem", body).get("UnprocessedItems")
                if not left:
                    break
                body = {"RequestItems": left}
            else:
                raise WrongAnswer(f"{self.subject.name}: a batch stays unprocessed")

    # ---- single answers ----

    def item(self, number):
        """The item of a number, which must be a right one."""
        item = self.ask("GetItem", photos.get_body(number)).get("Item")
        self.subject.expect(item is not None and photos.item_is_right(item) and
                            photos.number_of(item) == number, f"GetItem of item {number}: {item}")
        return item

    def query(self, number, by_index):
        """The ten of a number, in order, each a right one."""
        make, wanted = ((photos.index_query_body, photos.index_numbers) if by_index else
                        (photos.query_body, photos.table_numbers))
        answer = self.ask("Query", make(number))
        items = answer.get("Items", [])
        right = answer.get("Count") == 10 and all(map(photos.item_is_right, items)) and \
            [photos.number_of(item) for item in items] == list(wanted(number))
        self.subject.expect(right, f"Query of item {number}'s ten{' by index' if by_index else ''}"
                                   f": {str(answer)[:300]}")
        return items

    def rest(self, numbers):
        """Waits until nothing changes the items any more: what a client had under way when it ended
        is still carried out."""
        before = None
        for _ in range(REST_TRIES):
            now = [self.item(number) for number in sorted(numbers)]
            if now == before:
                return
            before = now
            time.sleep(REST_S)
        raise WrongAnswer(f"{self.subject.name}: its items change though nobody asks for it")

    def line(self, kind, line, numbers):
        """Sends one line of a kind and checks what it answers and what it leaves; the answer's
        bytes."""
        version = self.subject.take_versions(1)
        before = {number: self.item(number) for number in numbers}
        answer = self.answer(kind.operation, line.replace(photos.PLACE, str(version)))
        body = answer.json()
        self.subject.likes += kind.likes
        if kind.operation == "GetItem":
            self.subject.expect(body == {"Item": before[numbers[0]]}, f"GetItem: {body}")
        elif kind.operation == "Query":
            self.subject.expect(body["Items"] == self.query(numbers[0], False), f"Query: {body}")
        else:
            self.subject.expect(not body.get("UnprocessedItems"),
                                f"{kind.operation} answered {body}")
            self.left(kind, numbers, before, str(version))
        return answer.bytes

    def left(self, kind, numbers, before, version):
        """Checks the items that a write of one line has left, in the table and in the index."""
        likes = 0
        for number in numbers:
            after, old = self.item(number), before[number]
            likes += int(after["likes"]["N"]) - int(old["likes"]["N"])
            is_put = number < self.subject.items // 2
            wanted = {**old, "likes": after["likes"], "views": {"N": version} if is_put
                      else old["views"]}
            self.subject.expect(after == wanted, f"{kind.operation} left {after}")
        self.subject.expect(likes == kind.likes, f"{kind.operation} added {likes} likes")
        by_index = self.query(numbers[0], True)
        self.subject.expect(self.item(numbers[0]) in by_index,
                            f"{kind.operation} left the index as it was")

    # ---- all of it ----

    def whole(self, touched):
        """Scans the table: every item is there and right, every like was counted, and the items
        that were put for certain (touched: numbers) are put."""
        seen, likes, body = set(), 0, {"TableName": photos.TABLE}
        while True:
            page = self.ask("Scan", body)
            for item in page["Items"]:
                self.subject.expect(photos.item_is_right(item), f"Scan found {item}")
                number = photos.number_of(item)
                seen.add(number)
                likes += int(item["likes"]["N"]) - photos.LIKES_FIRST
                if number in touched:
                    self.subject.expect(int(item["views"]["N"]) >= photos.VERSION_FIRST,
                                        f"item {number} was put, and is as before")
            if "LastEvaluatedKey" not in page:
                break
            body = {**body, "ExclusiveStartKey": page["LastEvaluatedKey"]}
        self.subject.expect(seen == set(range(self.subject.items)),
                            f"Scan found {len(seen)} of {self.subject.items} items")
        least, most = self.subject.likes, self.subject.likes + self.subject.likes_more
        self.subject.expect(least <= likes <= most,
                            f"{likes} likes were added, not {least} to {most}")


def sample(subject, kind, lines, numbers, items):
    """Sends some lines of a kind, spread over all of them, that name about so many items together;
    the mean bytes of an answer."""
    count = max(4, items // len(numbers[0]))
    step = max(1, len(lines) // count)
    places = range(0, len(lines), step)
    with Asker(subject) as asker:
        asker.rest({number for at in places for number in numbers[at]})
        sizes = [asker.line(kind, lines[at], numbers[at]) for at in places]
    return sum(sizes) / len(sizes)
