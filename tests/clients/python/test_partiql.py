"""PartiQL through boto3: statements, paging by NextToken, batches, transactions, the exceptions."""
import unittest

from support import ClientTest


class TestPartiQL(ClientTest):
    def setUp(self):
        self.name = self.make_table()

    def run_statement(self, text, *parameters, **more):
        if parameters:
            more["Parameters"] = list(parameters)
        return self.client.execute_statement(Statement=text.replace("TABLE", f'"{self.name}"'),
                                             **more)

    def insert(self, sk, n):
        self.run_statement("INSERT INTO TABLE VALUE {'pk': 'p', 'sk': ?, 'n': ?}", {"S": sk},
                           {"N": str(n)})

    def test_statements(self):
        self.insert("a", 1)
        with self.assertRaises(self.client.exceptions.DuplicateItemException) as caught:
            self.insert("a", 2)
        self.assertEqual(caught.exception.response["Error"]["Message"],
                         "Duplicate primary key exists in table")
        reply = self.run_statement("UPDATE TABLE SET n = n + 1 WHERE pk = 'p' AND sk = 'a' "
                                   "RETURNING ALL NEW *")
        self.assertEqual(reply["Items"],
                         [{"pk": {"S": "p"}, "sk": {"S": "a"}, "n": {"N": "2"}}])
        with self.assertRaises(self.client.exceptions.ConditionalCheckFailedException):
            self.run_statement("UPDATE TABLE SET n = 9 WHERE pk = 'p' AND sk = 'a' AND n = 1")
        reply = self.run_statement("SELECT n FROM TABLE WHERE pk = ? AND n > 1", {"S": "p"})
        self.assertEqual(reply["Items"], [{"n": {"N": "2"}}])
        self.run_statement("DELETE FROM TABLE WHERE pk = 'p' AND sk = 'a'")
        self.assertEqual(self.run_statement("SELECT * FROM TABLE")["Items"], [])

    def test_paging(self):
        for i in range(7):
            self.insert(str(i), i)
        seen = []
        more = {}
        while True:
            reply = self.run_statement("SELECT sk FROM TABLE WHERE pk = 'p' ORDER BY sk DESC",
                                       Limit=3, **more)
            seen += [item["sk"]["S"] for item in reply["Items"]]
            if "NextToken" not in reply:
                break
            more = {"NextToken": reply["NextToken"]}
        self.assertEqual(seen, list("6543210"))

    def test_batches(self):
        statements = [{"Statement": f"INSERT INTO \"{self.name}\" VALUE {{'pk': 'b', 'sk': ?}}",
                       "Parameters": [{"S": sk}]} for sk in "xyx"]
        reply = self.client.batch_execute_statement(Statements=statements[:2])
        self.assertEqual(reply["Responses"], [{"TableName": self.name}] * 2)
        reply = self.client.batch_execute_statement(Statements=statements[2:])
        self.assertEqual(reply["Responses"][0]["Error"]["Code"], "DuplicateItem")

    def test_transactions(self):
        self.insert("t", 1)
        update = f"UPDATE \"{self.name}\" SET n = n + 1 WHERE pk = 'p' AND sk = 't'"
        for _ in range(2):
            self.client.execute_transaction(TransactStatements=[{"Statement": update}],
                                            ClientRequestToken="once")
        reply = self.client.execute_transaction(TransactStatements=[
            {"Statement": f"SELECT n FROM \"{self.name}\" WHERE pk = 'p' AND sk = 't'"}])
        self.assertEqual(reply["Responses"], [{"Item": {"n": {"N": "2"}}}])
        with self.assertRaises(self.client.exceptions.TransactionCanceledException) as caught:
            self.client.execute_transaction(TransactStatements=[
                {"Statement": update + " AND n = 1"},
                {"Statement": f"EXISTS(SELECT * FROM \"{self.name}\" WHERE pk = 'p' AND sk = 'q' "
                              "AND n IS MISSING)"}])
        self.assertEqual([reason["Code"] for reason in
                          caught.exception.response["CancellationReasons"]],
                         ["ConditionalCheckFailed"] * 2)


if __name__ == "__main__":
    unittest.main()
