'use strict';
// What clients do to a connection, and to the limits of requests: many at once, kept alive, cut
// off, given up, tried again, as large as can be.
const assert = require('node:assert/strict');
const http = require('node:http');
const net = require('node:net');
const { once } = require('node:events');
const { test } = require('node:test');
const { DeleteTableCommand, waitUntilTableExists, waitUntilTableNotExists } = require(
  '@aws-sdk/client-dynamodb');
const {
  BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand,
  ScanCommand, TransactWriteCommand, UpdateCommand,
} = require('@aws-sdk/lib-dynamodb');
const { endpoint, makeTable, newClient, newName, tableTest } = require('./support');

// These tests count, cut and carry bare connections, which is the same under TLS but not as simple.
const plainTest = endpoint.startsWith('https:')
  ? (name) => test(name, { skip: 'over http only' }, () => {}) : tableTest;

const KEY = { pk: 'a', sk: 'b' };
const ITEM_BYTES_MAX = 409600;
const PAGE_BYTES_MAX = 1048576;
const REQUEST_BYTES_MAX = 16777216;

// A client of the endpoint, or of another, whose agent counts the connections that it makes.
function countedClient(more = {}, sockets = Infinity) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: sockets });
  let made = 0;
  const { createConnection } = agent;
  agent.createConnection = function counted(...values) {
    made += 1;
    return createConnection.apply(this, values);
  };
  const client = newClient({ requestHandler: { httpAgent: agent }, ...more });
  return { client, document: DynamoDBDocumentClient.from(client), made: () => made };
}

// A server between client and endpoint. isLost(n) says whether the nth reply is lost, with its
// connection.
async function unreliable(isLost) {
  const place = new URL(endpoint);
  let replies = 0;
  const proxy = net.createServer((down) => {
    const up = net.connect(place.port, place.hostname);
    down.pipe(up);
    up.on('data', (bytes) => {
      replies += 1;
      if (isLost(replies)) {
        down.resetAndDestroy();
      } else {
        down.write(bytes);
      }
    });
    const end = () => { down.destroy(); up.destroy(); };
    for (const socket of [down, up]) {
      socket.on('close', end);
      socket.on('error', end);
    }
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  return { url: `http://127.0.0.1:${proxy.address().port}`, close: () => proxy.close() };
}

const sized = (bytes, key = KEY) => {
  const rest = Object.entries(key).reduce((sum, [name, value]) => sum + name.length + value.length,
    'fill'.length);
  return { ...key, fill: 'x'.repeat(bytes - rest) };
};

plainTest('one connection serves one request after another', async (client, name) => {
  const one = countedClient({}, 1);
  await Promise.all(Array.from({ length: 100 }, (_, i) => one.document.send(
    new PutCommand({ TableName: name, Item: { ...KEY, sk: String(i) } }))));
  // An answer that is an error leaves the connection as it was.
  await assert.rejects(one.document.send(new GetCommand({ TableName: name, Key: { pk: 'a' } })),
    { name: 'ValidationException' });
  const { Count } = await one.document.send(new ScanCommand({ TableName: name }));
  assert.equal(Count, 100);
  assert.equal(one.made(), 1);
  one.client.destroy();
});

plainTest('two hundred connections at once', async (client, name) => {
  const many = countedClient();
  const update = new UpdateCommand({
    TableName: name,
    Key: KEY,
    UpdateExpression: 'ADD n :one',
    ExpressionAttributeValues: { ':one': 1 },
    ReturnValues: 'UPDATED_NEW',
  });
  const results = await Promise.all(Array.from({ length: 200 }, () => many.document.send(update)));
  // Each saw a number of its own.
  assert.deepEqual(results.map(({ Attributes }) => Attributes.n).sort((a, b) => a - b),
    Array.from({ length: 200 }, (_, i) => i + 1));
  assert.ok(many.made() > 50, `${many.made()} connections`);
  many.client.destroy();
});

plainTest('requests that are given up harm nobody', async (client, name) => {
  const { client: own, document } = countedClient();
  const given = Array.from({ length: 50 }, (_, i) => {
    const controller = new AbortController();
    const sent = document.send(
      new PutCommand({ TableName: name, Item: sized(200000, { pk: 'given', sk: String(i) }) }),
      { abortSignal: controller.signal });
    setTimeout(() => controller.abort(), i % 10);
    return sent.then(() => 'done', (error) => error.name);
  });
  const kept = Array.from({ length: 50 }, (_, i) => document.send(
    new PutCommand({ TableName: name, Item: { pk: 'kept', sk: String(i) } })));
  const names = new Set(await Promise.all(given));
  await Promise.all(kept);
  names.delete('done');
  assert.deepEqual([...names], ['AbortError']);
  const { Count } = await document.send(new QueryCommand({
    TableName: name, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'kept' },
  }));
  assert.equal(Count, 50);
  const early = new AbortController();
  early.abort();
  await assert.rejects(document.send(new GetCommand({ TableName: name, Key: KEY }),
    { abortSignal: early.signal }), { name: 'AbortError' });
  own.destroy();
});

plainTest('a lost answer is asked for again', async (client, name) => {
  const proxy = await unreliable((n) => n === 1);
  const { client: own, document } = countedClient({ endpoint: proxy.url, maxAttempts: 3 });
  const { $metadata } = await document.send(new PutCommand({ TableName: name, Item: KEY }));
  assert.equal($metadata.attempts, 2);
  own.destroy();
  proxy.close();
});

// The SDK makes a token for each transaction and sends it with every attempt.
plainTest('a transaction whose answer is lost happens once', async (client, name) => {
  const proxy = await unreliable((n) => n <= 2);
  const { client: own, document } = countedClient({ endpoint: proxy.url, maxAttempts: 5 });
  const { $metadata } = await document.send(new TransactWriteCommand({
    TransactItems: [{
      Update: {
        TableName: name,
        Key: KEY,
        UpdateExpression: 'ADD n :one',
        ExpressionAttributeValues: { ':one': 1 },
      },
    }],
  }));
  assert.equal($metadata.attempts, 3);
  const { Item } = await document.send(new GetCommand({ TableName: name, Key: KEY }));
  assert.equal(Item.n, 1);
  own.destroy();
  proxy.close();
});

test('nobody there is told after the last attempt', async () => {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  const { client, document } = countedClient({
    endpoint: `http://127.0.0.1:${port}`, maxAttempts: 2,
  });
  await assert.rejects(document.send(new GetCommand({ TableName: 'none', Key: KEY })), (error) => {
    assert.equal(error.code, 'ECONNREFUSED');
    assert.equal(error.$metadata.attempts, 2);
    return true;
  });
  client.destroy();
});

test('waiters wait, and give up', async () => {
  const client = newClient();
  const TableName = newName();
  const soon = { client, maxWaitTime: 2, minDelay: 1, maxDelay: 1 };
  await assert.rejects(waitUntilTableExists(soon, { TableName }), { name: 'TimeoutError' });
  const comes = waitUntilTableExists({ ...soon, maxWaitTime: 20 }, { TableName });
  await makeTable(client, { TableName });
  assert.equal((await comes).state, 'SUCCESS');
  await assert.rejects(waitUntilTableNotExists(soon, { TableName }), { name: 'TimeoutError' });
  const goes = waitUntilTableNotExists({ ...soon, maxWaitTime: 20 }, { TableName });
  await client.send(new DeleteTableCommand({ TableName }));
  assert.equal((await goes).state, 'SUCCESS');
  client.destroy();
});

// "Item size" of the developer guide's quotas: 400 KB, names included.
plainTest('an item as large as can be, and one byte more', async (client, name) => {
  const document = DynamoDBDocumentClient.from(client);
  const Item = sized(ITEM_BYTES_MAX);
  await document.send(new PutCommand({ TableName: name, Item }));
  assert.deepEqual((await document.send(new GetCommand({ TableName: name, Key: KEY }))).Item, Item);
  await assert.rejects(
    document.send(new PutCommand({ TableName: name, Item: sized(ITEM_BYTES_MAX + 1) })),
    { name: 'ValidationException', message: 'Item size has exceeded the maximum allowed size' });
});

// BatchGetItem answers at most 16 MB, BatchWriteItem takes at most 16 MB, a page of Query is at
// most 1 MB: the API reference's pages of each.
plainTest('batches and pages of large items', async (client, name) => {
  const document = DynamoDBDocumentClient.from(client);
  const keys = Array.from({ length: 50 }, (_, i) => ({ pk: 'p', sk: String(i).padStart(2, '0') }));
  for (let i = 0; i < keys.length; i += 25) {
    const { UnprocessedItems } = await document.send(new BatchWriteCommand({
      RequestItems: {
        [name]: keys.slice(i, i + 25).map((key) => ({ PutRequest: { Item: sized(400000, key) } })),
      },
    }));
    assert.deepEqual(UnprocessedItems, {});
  }
  const got = [];
  let rounds = 0;
  for (let RequestItems = { [name]: { Keys: keys } }; Object.keys(RequestItems).length > 0;) {
    const { Responses, UnprocessedKeys } = await document.send(
      new BatchGetCommand({ RequestItems }));
    assert.ok(Responses[name].length * 400000 <= REQUEST_BYTES_MAX);
    got.push(...Responses[name].map(({ sk, fill }) => `${sk} ${fill.length}`));
    RequestItems = UnprocessedKeys;
    rounds += 1;
  }
  assert.equal(rounds, 2);
  assert.deepEqual(got.sort(),
    keys.map((key) => `${key.sk} ${sized(400000, key).fill.length}`));
  const page = await document.send(new QueryCommand({
    TableName: name, KeyConditionExpression: 'pk = :p', ExpressionAttributeValues: { ':p': 'p' },
  }));
  assert.equal(page.Count, Math.ceil(PAGE_BYTES_MAX / 400000));
  assert.deepEqual(page.LastEvaluatedKey, keys[page.Count - 1]);
});

plainTest('names and values of every alphabet', async (client, name) => {
  const document = DynamoDBDocumentClient.from(client);
  const names = ['größe', '名前', 'שם', '🦊🦊', 'a.b[0]', '#', ':', ' ', '\u0000', 'e\u0301', 'é',
    '__proto__x', 'constructor', '"', '\\'];
  const Item = { ...KEY, ...Object.fromEntries(names.map((each, i) => [each, `${each} ${i}`])) };
  await document.send(new PutCommand({ TableName: name, Item }));
  const aliases = Object.fromEntries(names.map((each, i) => [`#n${i}`, each]));
  const { Items } = await document.send(new ScanCommand({
    TableName: name,
    FilterExpression: names.map((_, i) => `#n${i} = :v${i}`).join(' AND '),
    ProjectionExpression: Object.keys(aliases).join(', '),
    ExpressionAttributeNames: aliases,
    ExpressionAttributeValues: Object.fromEntries(names.map((each, i) => [`:v${i}`, Item[each]])),
  }));
  const { pk, sk, ...rest } = Item;
  assert.deepEqual(Items, [rest]);
});

test('table names of every length and sign', async () => {
  const client = newClient({ region: 'local' });
  const document = DynamoDBDocumentClient.from(client);
  for (const TableName of ['a.b', '-_-', '0'.repeat(255), `T.${newName()}`]) {
    await makeTable(client, { TableName });
    await document.send(new PutCommand({ TableName, Item: { ...KEY, name: TableName } }));
    const { Item } = await document.send(new GetCommand({ TableName, Key: KEY }));
    assert.equal(Item.name, TableName);
    await client.send(new DeleteTableCommand({ TableName }));
  }
  await assert.rejects(makeTable(client, { TableName: 'größe' }), { name: 'ValidationException' });
  client.destroy();
});
