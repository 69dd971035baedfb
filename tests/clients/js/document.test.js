'use strict';
// The document client of the AWS SDK for JavaScript: values as JavaScript has them, the options of
// marshalling, paginators, batches, transactions.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const {
  BatchGetCommand, BatchWriteCommand, DeleteCommand, DynamoDBDocument, DynamoDBDocumentClient,
  GetCommand, NumberValue, PutCommand, QueryCommand, ScanCommand, TransactGetCommand,
  TransactWriteCommand, UpdateCommand, paginateQuery, paginateScan,
} = require('@aws-sdk/lib-dynamodb');
const { attributes, newClient, schema, tableTest } = require('./support');

const KEY = { pk: 'a', sk: 'b' };

// A test with a document client: body(document client, table name).
function documentTest(title, body, { translate = {}, ...more } = {}) {
  tableTest(title, async (client, name) => {
    await body(DynamoDBDocumentClient.from(client, translate), name);
  }, more);
}

// Puts items in batches; a small server's batches are processed at once.
async function fill(document, name, items) {
  for (let i = 0; i < items.length; i += 25) {
    const answer = await document.send(new BatchWriteCommand({
      RequestItems: { [name]: items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } })) },
    }));
    assert.deepEqual(answer.UnprocessedItems, {});
  }
}

async function roundTrip(document, name, values) {
  await document.send(new PutCommand({ TableName: name, Item: { ...KEY, ...values } }));
  const { Item } = await document.send(new GetCommand({
    TableName: name, Key: KEY, ConsistentRead: true,
  }));
  const { pk, sk, ...rest } = Item;
  assert.deepEqual({ pk, sk }, KEY);
  return rest;
}

documentTest('every type comes back', async (document, name) => {
  const values = {
    text: 'grüße 👩‍👩‍👧‍👦', empty: '', number: 1.5, negative: -7, zero: 0, yes: true, no: false,
    nothing: null, list: [1, 'two', [null, {}]], map: { deep: { deeper: { 'name 🎉': [true] } } },
    strings: new Set(['a', 'b']), numbers: new Set([1, 2.5]),
  };
  assert.deepEqual(await roundTrip(document, name, values), values);
});

documentTest('binaries come back', async (document, name) => {
  const all = Uint8Array.from({ length: 256 }, (_, i) => i);
  const found = await roundTrip(document, name, {
    bytes: all, buffer: Buffer.from('x\0y'), set: new Set([Uint8Array.of(1), Uint8Array.of(2, 0)]),
  });
  assert.deepEqual(Uint8Array.from(found.bytes), all);
  assert.deepEqual(Buffer.from(found.buffer), Buffer.from('x\0y'));
  assert.deepEqual([...found.set].map((bytes) => Buffer.from(bytes).toString('hex')).sort(),
    ['01', '0200']);
});

documentTest('marshalling options', async (document, name) => {
  class Point {
    constructor() {
      this.x = 1;
    }
  }
  const found = await roundTrip(document, name, {
    gone: undefined, inside: [undefined, 1], emptyText: '', emptySet: new Set(), point: new Point(),
  });
  assert.deepEqual(found, { inside: [1], emptyText: null, emptySet: null, point: { x: 1 } });
}, {
  translate: {
    marshallOptions: {
      removeUndefinedValues: true, convertEmptyValues: true, convertClassInstanceToMap: true,
    },
  },
});

documentTest('large numbers as NumberValue', async (document, name) => {
  const digits = '12345678901234567890123456789012345678';
  const found = await roundTrip(document, name, {
    large: NumberValue.from(digits), small: NumberValue.from('0.00000000000000000000000000000001'),
    numbers: new Set([NumberValue.from('9007199254740993')]), big: 9007199254740993n,
  });
  assert.equal(found.large.toString(), digits);
  assert.equal(Number(found.small.toString()), 1e-32);
  assert.deepEqual([...found.numbers].map(String), ['9007199254740993']);
  assert.equal(found.big.toString(), '9007199254740993');
}, { translate: { unmarshallOptions: { wrapNumbers: true } } });

documentTest('a whole number beyond 2^53 comes back as a BigInt',
  async (document, name) => {
    await document.send(new PutCommand({
      TableName: name, Item: { ...KEY, n: 9007199254740993n },
    }));
    const { Item } = await document.send(new GetCommand({ TableName: name, Key: KEY }));
    assert.equal(Item.n, 9007199254740993n);
  });

documentTest('odd keys', async (document, name) => {
  const keys = ['a', 'a\0', 'a\0b', '\0', '🦊', 'ﬀ', '～', '"\\/\n\u2028'];
  await fill(document, name, keys.map((key) => ({ pk: 'p', sk: key, key })));
  const { Items } = await document.send(new QueryCommand({
    TableName: name,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': 'p' },
  }));
  // UTF-8 bytes, not the UTF-16 units that JavaScript itself sorts by.
  const sorted = [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual(Items.map((item) => item.sk), sorted);
  assert.ok(Items.every((item) => item.sk === item.key));
});

documentTest('updates and their return values', async (document, name) => {
  await document.send(new PutCommand({
    TableName: name,
    Item: { ...KEY, n: 1, list: ['x'], tags: new Set(['a', 'b']), obsolete: true },
  }));
  const { Attributes } = await document.send(new UpdateCommand({
    TableName: name,
    Key: KEY,
    UpdateExpression: 'SET #l = list_append(#l, :l), m = :m '
      + 'REMOVE obsolete ADD n :n DELETE tags :t',
    ExpressionAttributeNames: { '#l': 'list' },
    ExpressionAttributeValues: { ':l': ['y'], ':m': { x: [1] }, ':n': 2, ':t': new Set(['a']) },
    ReturnValues: 'ALL_NEW',
  }));
  assert.deepEqual(Attributes,
    { ...KEY, n: 3, list: ['x', 'y'], tags: new Set(['b']), m: { x: [1] } });
  const gone = await document.send(new DeleteCommand({
    TableName: name, Key: KEY, ReturnValues: 'ALL_OLD',
  }));
  assert.deepEqual(gone.Attributes, Attributes);
});

documentTest('query pages', async (document, name) => {
  const items = Array.from({ length: 30 }, (_, i) => ({ pk: 'p', sk: i, odd: i % 2 }));
  await fill(document, name, items);
  const pages = [];
  const paginator = paginateQuery({ client: document, pageSize: 8 }, {
    TableName: name,
    KeyConditionExpression: 'pk = :p AND sk >= :from',
    FilterExpression: 'odd = :odd',
    ExpressionAttributeValues: { ':p': 'p', ':from': 10, ':odd': 1 },
  });
  for await (const page of paginator) {
    pages.push(page);
  }
  assert.deepEqual(pages.map((page) => page.ScannedCount), [8, 8, 4]);
  assert.deepEqual(pages.flatMap((page) => page.Items.map((item) => item.sk)),
    [11, 13, 15, 17, 19, 21, 23, 25, 27, 29]);
  // From a key of the middle.
  const rest = await document.send(new QueryCommand({
    TableName: name,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': 'p' },
    ExclusiveStartKey: pages[1].LastEvaluatedKey,
  }));
  assert.deepEqual(rest.Items.map((item) => item.sk), [26, 27, 28, 29]);
}, { changes: { AttributeDefinitions: attributes({ pk: 'S', sk: 'N' }) } });

documentTest('scan pages, in segments', async (document, name) => {
  const keys = Array.from({ length: 100 }, (_, i) => `key ${i}`);
  await fill(document, name, keys.map((pk) => ({ pk })));
  const segments = await Promise.all([0, 1, 2].map(async (Segment) => {
    const found = [];
    const paginator = paginateScan({ client: document, pageSize: 9 },
      { TableName: name, Segment, TotalSegments: 3 });
    for await (const page of paginator) {
      found.push(...page.Items.map((item) => item.pk));
    }
    return found;
  }));
  assert.ok(segments.every((found) => found.length > 0));
  assert.deepEqual(segments.flat().sort(), [...keys].sort());
}, { changes: { KeySchema: schema('pk'), AttributeDefinitions: attributes({ pk: 'S' }) } });

documentTest('batches', async (document, name) => {
  await fill(document, name, [1, 2, 3].map((n) => ({ pk: 'p', sk: `s${n}`, n })));
  await document.send(new BatchWriteCommand({
    RequestItems: { [name]: [{ DeleteRequest: { Key: { pk: 'p', sk: 's2' } } }] },
  }));
  const { Responses, UnprocessedKeys } = await document.send(new BatchGetCommand({
    RequestItems: {
      [name]: {
        Keys: [1, 2, 3].map((n) => ({ pk: 'p', sk: `s${n}` })),
        ProjectionExpression: 'n',
      },
    },
  }));
  assert.deepEqual(Responses[name].map((item) => item.n).sort(), [1, 3]);
  assert.deepEqual(UnprocessedKeys, {});
});

documentTest('transactions', async (document, name) => {
  await document.send(new TransactWriteCommand({
    TransactItems: [
      { Put: { TableName: name, Item: { ...KEY, n: 1 } } },
      {
        Update: {
          TableName: name,
          Key: { pk: 'c', sk: 'd' },
          UpdateExpression: 'SET t = :t',
          ExpressionAttributeValues: { ':t': new Set(['x']) },
        },
      },
    ],
  }));
  const { Responses } = await document.send(new TransactGetCommand({
    TransactItems: [{ pk: 'c', sk: 'd' }, { pk: 'none', sk: 'd' }, KEY].map(
      (Key) => ({ Get: { TableName: name, Key } })),
  }));
  assert.deepEqual(Responses.map(({ Item }) => Item),
    [{ pk: 'c', sk: 'd', t: new Set(['x']) }, undefined, { ...KEY, n: 1 }]);
  await assert.rejects(document.send(new TransactWriteCommand({
    TransactItems: [{
      Put: {
        TableName: name,
        Item: KEY,
        ConditionExpression: 'attribute_not_exists(pk)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    }],
  })), (error) => {
    assert.equal(error.name, 'TransactionCanceledException');
    // The document client leaves the items inside errors in DynamoDB's JSON.
    assert.deepEqual(error.CancellationReasons[0].Item,
      { pk: { S: 'a' }, sk: { S: 'b' }, n: { N: '1' } });
    return true;
  });
});

documentTest('filters and projections', async (document, name) => {
  await fill(document, name, [
    { pk: 'p', sk: '1', m: { list: [{ v: 1 }, { v: 2 }] }, tags: new Set(['x']) },
    { pk: 'p', sk: '2', m: { list: [] } },
  ]);
  const { Items, Count, ScannedCount } = await document.send(new ScanCommand({
    TableName: name,
    FilterExpression: 'contains(tags, :x) AND size(m.#l) = :two AND NOT attribute_exists(nothing)',
    ProjectionExpression: 'm.#l[1].v, sk',
    ExpressionAttributeNames: { '#l': 'list' },
    ExpressionAttributeValues: { ':x': 'x', ':two': 2 },
  }));
  assert.deepEqual(Items, [{ sk: '1', m: { list: [{ v: 2 }] } }]);
  assert.deepEqual([Count, ScannedCount], [1, 2]);
});

test('the aggregated document client', async () => {
  const client = newClient();
  const document = DynamoDBDocument.from(client);
  await assert.rejects(document.get({ TableName: 'javascript-none', Key: KEY }),
    { name: 'ResourceNotFoundException' });
  client.destroy();
});
