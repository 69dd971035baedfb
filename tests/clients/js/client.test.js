'use strict';
// The plain client of the AWS SDK for JavaScript: tables, waiters, paginators, error classes.
const assert = require('node:assert/strict');
const { Readable } = require('node:stream');
const zlib = require('node:zlib');
const { test } = require('node:test');
const {
  ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, DescribeTableCommand,
  DynamoDB, DynamoDBClient, DynamoDBServiceException, GetItemCommand,
  IdempotentParameterMismatchException, PutItemCommand, QueryCommand, ResourceInUseException,
  ResourceNotFoundException, TransactWriteItemsCommand, TransactionCanceledException,
  UpdateTableCommand, paginateListTables, waitUntilTableExists, waitUntilTableNotExists,
} = require('@aws-sdk/client-dynamodb');
const {
  WAIT, attributes, endpoint, kind, makeTable, newClient, newName, schema, tableTest,
} = require('./support');

// zlib.crc32 came with Node 20.15.
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) {
      crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
  }
  return (crc ^ 0xffffffff) >>> 0;
}

const KEY = { pk: { S: 'a' }, sk: { S: 'b' } };

tableTest('a table is described as it was made', async (client, name) => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  assert.equal(Table.TableStatus, 'ACTIVE');
  assert.deepEqual(Table.KeySchema, schema('pk', 'sk'));
  assert.equal(Table.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  // The SDK makes a Date of the epoch's seconds.
  assert.ok(Math.abs(Table.CreationDateTime.getTime() - Date.now()) < 60000);
  assert.equal(Table.ItemCount, 0);
});

tableTest('a table that exists is refused', async (client, name) => {
  await assert.rejects(makeTable(client, { TableName: name }), (error) => {
    assert.ok(error instanceof ResourceInUseException);
    assert.ok(error instanceof DynamoDBServiceException);
    assert.equal(error.$fault, 'client');
    assert.equal(error.$metadata.httpStatusCode, 400);
    assert.ok(error.$metadata.requestId.length > 0);
    return true;
  });
});

test('an unknown table is refused', async () => {
  const client = newClient();
  const name = newName();
  await assert.rejects(client.send(new DescribeTableCommand({ TableName: name })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException);
    assert.equal(error.name, 'ResourceNotFoundException');
    if (kind !== 'dynamodb-local') {
      assert.equal(error.message, `Requested resource not found: Table: ${name} not found`);
    }
    return true;
  });
  client.destroy();
});

test('waiters see a table come and go', async () => {
  const client = newClient();
  const TableName = newName();
  await client.send(new CreateTableCommand({
    TableName,
    KeySchema: schema('n'),
    AttributeDefinitions: attributes({ n: 'N' }),
    ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 },
  }));
  const came = await waitUntilTableExists({ client, ...WAIT }, { TableName });
  assert.equal(came.state, 'SUCCESS');
  await client.send(new DeleteTableCommand({ TableName }));
  const went = await waitUntilTableNotExists({ client, ...WAIT }, { TableName });
  assert.equal(went.state, 'SUCCESS');
  client.destroy();
});

test('list pages have every table once', async () => {
  // A region of its own, so that the tables of other tests are not in the list.
  const client = newClient({ region: 'eu-south-2' });
  const made = [];
  for (let i = 0; i < 5; i += 1) {
    made.push(await makeTable(client));
  }
  const sizes = [];
  const found = [];
  for await (const page of paginateListTables({ client, pageSize: 2 }, {})) {
    sizes.push(page.TableNames.length);
    found.push(...page.TableNames);
  }
  for (const TableName of made) {
    await client.send(new DeleteTableCommand({ TableName }));
  }
  assert.deepEqual(sizes, [2, 2, 1]);
  assert.deepEqual(found.sort(), made.sort());
  client.destroy();
});

// ReturnValuesOnConditionCheckFailure came to single writes in June 2023.
tableTest('a failed condition gives the item back', async (client, name) => {
  const Item = { ...KEY, v: { N: '1' }, b: { B: Uint8Array.of(0, 255) } };
  await client.send(new PutItemCommand({ TableName: name, Item }));
  const again = new PutItemCommand({
    TableName: name,
    Item: KEY,
    ConditionExpression: 'attribute_not_exists(pk)',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  await assert.rejects(client.send(again), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.message, 'The conditional request failed');
    assert.deepEqual({ ...error.Item, b: { B: Uint8Array.from(error.Item.b.B) } }, Item);
    return true;
  });
});

tableTest('a failed condition gives nothing back unless asked', async (client, name) => {
  await client.send(new PutItemCommand({ TableName: name, Item: KEY }));
  const again = new PutItemCommand({
    TableName: name, Item: KEY, ConditionExpression: 'attribute_not_exists(pk)',
  });
  await assert.rejects(client.send(again), (error) => {
    assert.ok(error instanceof ConditionalCheckFailedException);
    assert.equal(error.Item, undefined);
    return true;
  });
});

tableTest('a cancelled transaction tells its reasons', async (client, name) => {
  await client.send(new PutItemCommand({ TableName: name, Item: { ...KEY, v: { N: '1' } } }));
  const write = new TransactWriteItemsCommand({
    TransactItems: [
      { Put: { TableName: name, Item: { pk: { S: 'new' }, sk: { S: 'b' } } } },
      {
        Delete: {
          TableName: name,
          Key: KEY,
          ConditionExpression: 'v > :v',
          ExpressionAttributeValues: { ':v': { N: '5' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        },
      },
    ],
  });
  await assert.rejects(client.send(write), (error) => {
    assert.ok(error instanceof TransactionCanceledException);
    assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code),
      ['None', 'ConditionalCheckFailed']);
    assert.deepEqual(error.CancellationReasons[1].Item, { ...KEY, v: { N: '1' } });
    return true;
  });
  const none = await client.send(new GetItemCommand({
    TableName: name, Key: { pk: { S: 'new' }, sk: { S: 'b' } }, ConsistentRead: true,
  }));
  assert.equal(none.Item, undefined);
});

tableTest('a token makes a repetition harmless', async (client, name) => {
  const add = (amount) => new TransactWriteItemsCommand({
    ClientRequestToken: name,
    TransactItems: [{
      Update: {
        TableName: name,
        Key: KEY,
        UpdateExpression: 'ADD v :n',
        ExpressionAttributeValues: { ':n': { N: amount } },
      },
    }],
  });
  await client.send(add('2'));
  await client.send(add('2'));
  const { Item } = await client.send(new GetItemCommand({ TableName: name, Key: KEY }));
  assert.equal(Item.v.N, '2');
  await assert.rejects(client.send(add('3')), IdempotentParameterMismatchException);
});

tableTest('a new index of a filled table has its items', async (client, name) => {
  for (let i = 0; i < 10; i += 1) {
    await client.send(new PutItemCommand({
      TableName: name, Item: { pk: { S: `p${i}` }, sk: { S: `s${i % 2}` } },
    }));
  }
  await client.send(new UpdateTableCommand({
    TableName: name,
    AttributeDefinitions: attributes({ pk: 'S', sk: 'S' }),
    GlobalSecondaryIndexUpdates: [{
      Create: {
        IndexName: 'inverted',
        KeySchema: schema('sk', 'pk'),
        Projection: { ProjectionType: 'ALL' },
      },
    }],
  }));
  for (let polls = 0; ; polls += 1) {
    const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
    if (Table.GlobalSecondaryIndexes[0].IndexStatus === 'ACTIVE') {
      break;
    }
    assert.ok(polls < 200, 'the index is ACTIVE after 20 s');
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  const { Items } = await client.send(new QueryCommand({
    TableName: name,
    IndexName: 'inverted',
    KeyConditionExpression: 'sk = :s',
    ExpressionAttributeValues: { ':s': { S: 's1' } },
    ScanIndexForward: false,
  }));
  assert.deepEqual(Items.map((item) => item.pk.S), ['p9', 'p7', 'p5', 'p3', 'p1']);
});

tableTest('the aggregated client and many requests at once', async (client, name) => {
  const dynamodb = new DynamoDB({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDPOCKETABLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
  const numbers = Array.from({ length: 100 }, (_, i) => String(i));
  await Promise.all(numbers.map((n) => dynamodb.putItem({
    TableName: name, Item: { pk: { S: n }, sk: { S: n }, n: { N: n } },
  })));
  const found = await Promise.all(numbers.map((n) => dynamodb.getItem({
    TableName: name, Key: { pk: { S: n }, sk: { S: n } },
  })));
  assert.deepEqual(found.map(({ Item }) => Item.n.N), numbers);
  dynamodb.destroy();
});

tableTest('the endpoint comes from the environment', async (client, name) => {
  process.env.AWS_ENDPOINT_URL_DYNAMODB = endpoint;
  const other = new DynamoDBClient({ maxAttempts: 1 });
  try {
    const { Table } = await other.send(new DescribeTableCommand({ TableName: name }));
    assert.equal(Table.TableName, name);
  } finally {
    delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    other.destroy();
  }
});

tableTest('regions have different tables', async (client, name) => {
  const local = newClient({ region: 'local' });
  await assert.rejects(local.send(new DescribeTableCommand({ TableName: name })),
    ResourceNotFoundException);
  local.destroy();
});

// The SDK asks for no packed answers by itself; its middleware is where applications add that.
tableTest('packed answers and requests are understood', async (plain, name) => {
  if (kind === 'dynamodb-local') {
    return; // it packs no answers
  }
  const codings = [];
  const client = newClient();
  client.middlewareStack.add((next) => async (args) => {
    args.request.headers['accept-encoding'] = 'br, gzip;q=0.9, *;q=0';
    if (args.request.headers['x-amz-target'].endsWith('PutItem')) {
      args.request.body = zlib.gzipSync(args.request.body);
      args.request.headers['content-encoding'] = 'gzip';
      args.request.headers['content-length'] = String(args.request.body.length);
    }
    return next(args);
  }, { step: 'build' });
  client.middlewareStack.add((next) => async (args) => {
    const result = await next(args);
    const { headers, body } = result.response;
    codings.push(headers['content-encoding']);
    if (headers['content-encoding'] === 'gzip') {
      const chunks = [];
      for await (const chunk of body) chunks.push(chunk);
      const packed = Buffer.concat(chunks);
      assert.equal(headers['x-amz-crc32'], String(crc32(packed)));
      result.response.body = Readable.from([zlib.gunzipSync(packed)]);
    }
    return result;
  }, { step: 'deserialize', priority: 'low' });
  const Item = { ...KEY, text: { S: '\u00e9'.repeat(10000) } };
  await client.send(new PutItemCommand({ TableName: name, Item }));
  assert.deepEqual((await client.send(new GetItemCommand({ TableName: name, Key: KEY }))).Item, Item);
  assert.deepEqual((await plain.send(new GetItemCommand({ TableName: name, Key: KEY }))).Item, Item);
  assert.deepEqual(codings, [undefined, 'gzip']);
  client.destroy();
});
