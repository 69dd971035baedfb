"""What clients find after the server ended and started again: POCKETABLE_PROGRAM with --dir."""
import signal

import boto3
import botocore.config

import kept

TABLE = "kept"
CONFIG = botocore.config.Config(retries={"total_max_attempts": 1}, connect_timeout=5,
                                read_timeout=30)


class TestRestart(kept.KeptTest):
    @staticmethod
    def resource(place):
        return boto3.resource("dynamodb", endpoint_url=place.url, config=CONFIG)

    def make_table(self, dynamodb):
        table = dynamodb.create_table(
            TableName=TABLE, BillingMode="PAY_PER_REQUEST",
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"},
                                  {"AttributeName": "color", "AttributeType": "S"}],
            GlobalSecondaryIndexes=[{
                "IndexName": "by-color", "Projection": {"ProjectionType": "ALL"},
                "KeySchema": [{"AttributeName": "color", "KeyType": "HASH"}]}])
        table.wait_until_exists()
        return table

    def assert_holds(self, items):
        """A server that starts now has the table, its index and exactly these items."""
        with self.serve() as place:
            dynamodb = self.resource(place)
            table = dynamodb.Table(TABLE)
            self.assertEqual(table.table_status, "ACTIVE")
            for more in ({}, {"IndexName": "by-color"}):
                found = sorted(table.scan(**more)["Items"], key=lambda item: item["pk"])
                self.assertEqual(found, items)
            table.put_item(Item={"pk": "new", "color": "green"})
            table.delete_item(Key={"pk": "new"})

    def test_ended(self):
        items = [{"pk": f"{i:02}", "color": "red"} for i in range(40)]
        with self.serve() as place:
            table = self.make_table(self.resource(place))
            with table.batch_writer() as batch:
                for item in items:
                    batch.put_item(item)
            table.delete_item(Key={"pk": "00"})
        self.assert_holds(items[1:])
        # And once more, after a run that changed nothing that lasts.
        self.assert_holds(items[1:])

    def test_killed(self):
        """What was acknowledged is there, though the server could not say goodbye."""
        items = [{"pk": f"{i:02}", "color": "blue"} for i in range(20)]
        place = self.serve()
        with self.assertRaises(kept.server.ServerError):
            with place:
                table = self.make_table(self.resource(place))
                for item in items:
                    table.put_item(Item=item)
                place.process.send_signal(signal.SIGKILL)
                place.process.wait(10)
        self.assert_holds(items)

    def test_without_a_folder_nothing_stays(self):
        for _ in range(2):
            with kept.server.Pocketable(kept.PROGRAM) as place:
                dynamodb = self.resource(place)
                self.assertEqual(list(dynamodb.tables.all()), [])
                self.make_table(dynamodb)


if __name__ == "__main__":
    unittest.main()
