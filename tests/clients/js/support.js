'use strict';
// What the tests with the AWS SDK for JavaScript share: clients of the endpoint under test, and
// tables. The environment names the endpoint: POCKETABLE_ENDPOINT is its URL,
// POCKETABLE_ENDPOINT_KIND what serves it ("pocketable" or "dynamodb-local").
const { test } = require('node:test');
const {
  CreateTableCommand, DeleteTableCommand, DynamoDBClient, waitUntilTableExists,
} = require('@aws-sdk/client-dynamodb');

const endpoint = process.env.POCKETABLE_ENDPOINT;
const kind = process.env.POCKETABLE_ENDPOINT_KIND || 'pocketable';
if (endpoint === undefined) {
  throw new Error('POCKETABLE_ENDPOINT is not set; run_clients.py sets it');
}

const WAIT = { maxWaitTime: 30, minDelay: 1, maxDelay: 1 };

let names = 0;
// A name that nobody else uses, for a table or a token.
function newName() {
  names += 1;
  return `javascript-${process.pid}-${names}`;
}

// One attempt only: an answer that a client would ask for again is a failure here.
const CLIENT = {
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIDPOCKETABLE', secretAccessKey: 'secret' },
  maxAttempts: 1,
};

function newClient(more = {}) {
  return new DynamoDBClient({ ...CLIENT, ...more });
}

function schema(hash, range) {
  const keys = [{ AttributeName: hash, KeyType: 'HASH' }];
  return range === undefined ? keys : [...keys, { AttributeName: range, KeyType: 'RANGE' }];
}

// AttributeDefinitions of {name: type}.
function attributes(types) {
  return Object.entries(types).map(
    ([AttributeName, AttributeType]) => ({ AttributeName, AttributeType }));
}

// Makes a table with the keys pk and sk, texts, on demand, unless told otherwise, and waits for it.
async function makeTable(client, changes = {}) {
  const request = {
    TableName: newName(),
    KeySchema: schema('pk', 'sk'),
    AttributeDefinitions: attributes({ pk: 'S', sk: 'S' }),
    BillingMode: 'PAY_PER_REQUEST',
    ...changes,
  };
  await client.send(new CreateTableCommand(request));
  await waitUntilTableExists({ client, ...WAIT }, { TableName: request.TableName });
  return request.TableName;
}

// A test of a table that is made for it and goes with it: body(client, table name).
function tableTest(title, body, { changes = {} } = {}) {
  test(title, async () => {
    const client = newClient();
    const name = await makeTable(client, changes);
    try {
      await body(client, name);
    } finally {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    }
  });
}

module.exports = {
  CLIENT, WAIT, attributes, endpoint, kind, makeTable, newClient, newName, schema, tableTest,
};
