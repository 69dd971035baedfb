'use strict';
// DynamoDB-Toolbox's ordinary work: the entities of Quick Photos in one table, with its commands.
const assert = require('node:assert/strict');
const { DynamoDBDocumentClient } = require('@aws-sdk/lib-dynamodb');
const {
  $add, $append, $delete, $get, $prepend, $remove, $set, $subtract, $sum, BatchDeleteRequest,
  BatchGetCommand, BatchGetRequest, BatchPutRequest, BatchWriteCommand, ConditionCheck,
  DeleteItemCommand, DeletePartitionCommand, DeleteTransaction, Entity, GetItemCommand,
  GetTransaction, PutItemCommand, PutTransaction, QueryCommand, ScanCommand, Table,
  UpdateAttributesCommand, UpdateItemCommand, UpdateTransaction, any, anyOf, binary, boolean,
  executeBatchGet, executeBatchWrite, executeTransactGet, executeTransactWrite,
  isConditionCheckFailed, isTransactionCancelled, item, list, map, number, prefix, record, set,
  string,
} = require('dynamodb-toolbox');
const { attributes, newName, schema, tableTest } = require('../js/support');

const INDEXES = {
  AttributeDefinitions: attributes({ pk: 'S', sk: 'S', location: 'S', takenAt: 'S', likes: 'N' }),
  GlobalSecondaryIndexes: [{
    IndexName: 'byLocation',
    KeySchema: schema('location', 'takenAt'),
    Projection: { ProjectionType: 'ALL' },
  }],
  LocalSecondaryIndexes: [{
    IndexName: 'byLikes', KeySchema: schema('pk', 'likes'), Projection: { ProjectionType: 'ALL' },
  }],
};

function entities(table) {
  const User = new Entity({
    name: 'User',
    table,
    entityAttribute: { hidden: false },
    schema: item({
      username: string().key().transform(prefix('USER')).savedAs('pk'),
      sk: string().key().const('META').default('META').hidden(),
      name: string(),
      email: string().optional(),
      followers: number().default(0),
      interests: set(string()).optional(),
      address: map({ city: string(), zip: number().optional() }).optional(),
      pinned: list(string()).optional(),
      settings: record(string(), anyOf(boolean(), number())).optional(),
      avatar: binary().optional(),
      more: any().optional(),
    }),
  });
  const Photo = new Entity({
    name: 'Photo',
    table,
    timestamps: false, // With them no two transactions would be the same.
    schema: item({
      username: string().key().transform(prefix('USER')).savedAs('pk'),
      id: string().key().transform(prefix('PHOTO')).savedAs('sk'),
      location: string(),
      takenAt: string(),
      likes: number().default(0),
    }),
  });
  return { User, Photo };
}

// A test with a table of its own: body({ table, User, Photo }).
function toolboxTest(title, body) {
  tableTest(`toolbox: ${title}`, async (client, name) => {
    const table = new Table({
      name,
      documentClient: DynamoDBDocumentClient.from(client,
        { marshallOptions: { removeUndefinedValues: true } }),
      partitionKey: { name: 'pk', type: 'string' },
      sortKey: { name: 'sk', type: 'string' },
      indexes: {
        byLocation: {
          type: 'global',
          partitionKey: { name: 'location', type: 'string' },
          sortKey: { name: 'takenAt', type: 'string' },
        },
        byLikes: { type: 'local', sortKey: { name: 'likes', type: 'number' } },
      },
    });
    await body({ table, ...entities(table) });
  }, { changes: INDEXES });
}

const KEY = { username: 'alex' };
const ALEX = {
  ...KEY,
  name: 'Alex 🦊',
  email: 'alex@example.com',
  interests: new Set(['film', 'birds']),
  address: { city: 'Köln', zip: 50667 },
  pinned: ['a', 'b'],
  settings: { dark: true, size: 12 },
  avatar: new Uint8Array([0, 255, 1]),
  more: { deep: [null, { n: 1.5 }] },
};

const photoOf = (i) => ({
  username: 'alex',
  id: String(i).padStart(2, '0'),
  takenAt: `2024-03-${String(i).padStart(2, '0')}`,
  location: i % 2 ? 'oslo' : 'rome',
  likes: 100 - i,
});
const photos = (count) => Array.from({ length: count }, (_, i) => photoOf(i));
const numbers = (found) => found.map(({ id }) => Number(id));
const inOrder = (list) => [...list].sort((a, b) => a - b);

async function putPhotos(Photo, count) {
  for (let i = 0; i < count; i += 25) {
    await executeBatchWrite(Photo.table.build(BatchWriteCommand).requests(
      ...photos(count).slice(i, i + 25).map((photo) => Photo.build(BatchPutRequest).item(photo))));
  }
}

toolboxTest('put, get, and put again', async ({ User }) => {
  await User.build(PutItemCommand).item(ALEX).send();
  const { Item } = await User.build(GetItemCommand).key(KEY).options({ consistent: true }).send();
  const { created, modified, ...found } = Item;
  assert.ok(created <= modified);
  assert.deepEqual({ ...found, avatar: Uint8Array.from(found.avatar) },
    { ...ALEX, entity: 'User', followers: 0 });
  const condition = { attr: 'username', exists: false };
  const again = User.build(PutItemCommand).item(ALEX)
    .options({ condition, returnValuesOnConditionFalse: 'ALL_OLD' });
  await assert.rejects(again.send(), (error) => {
    assert.ok(isConditionCheckFailed(error));
    assert.equal(error.Item.name.S, ALEX.name); // as the document client leaves it
    return true;
  });
  const part = await User.build(GetItemCommand).key(KEY)
    .options({ attributes: ['name', 'address.city', 'pinned[1]'], capacity: 'TOTAL' }).send();
  assert.deepEqual(part.Item, { name: ALEX.name, address: { city: 'Köln' }, pinned: ['b'] });
  assert.equal(part.ConsumedCapacity.CapacityUnits, 0.5);
  const none = await User.build(GetItemCommand).key({ username: 'nobody' }).send();
  assert.equal(none.Item, undefined);
});

toolboxTest('updates with its extensions', async ({ User }) => {
  await User.build(PutItemCommand).item(ALEX).send();
  const { Attributes } = await User.build(UpdateItemCommand).item({
    ...KEY,
    name: 'Alexa',
    followers: $add(3),
    interests: $add(new Set(['maps'])),
    email: $remove(),
    pinned: $append(['c']),
    settings: { dark: $remove(), size: $sum($get('settings.size'), 2) },
    address: $set({ city: 'Bonn' }),
  }).options({ returnValues: 'ALL_NEW' }).send();
  assert.deepEqual([Attributes.name, Attributes.followers, Attributes.email, Attributes.pinned,
    Attributes.settings, Attributes.address, [...Attributes.interests].sort()],
  ['Alexa', 3, undefined, ['a', 'b', 'c'], { size: 14 }, { city: 'Bonn' },
    ['birds', 'film', 'maps']]);
  const more = await User.build(UpdateAttributesCommand).item({
    ...KEY,
    followers: $subtract($get('followers'), 5),
    interests: $delete(new Set(['film', 'maps'])),
    pinned: $prepend(['_']),
    email: $get('email', 'none@example.com'),
    settings: { wide: false },
  }).options({
    returnValues: 'UPDATED_NEW',
    condition: {
      and: [
        { attr: 'followers', between: [1, 3] },
        { or: [{ attr: 'name', beginsWith: 'Z' }, { attr: 'interests', contains: 'maps' }] },
        { not: { attr: 'email', exists: true } },
        { size: 'pinned', gte: 3 },
        { attr: 'name', in: ['Alexa', 'Zoe'] },
      ],
    },
  }).send();
  assert.deepEqual([more.Attributes.followers, more.Attributes.pinned, more.Attributes.email,
    [...more.Attributes.interests]], [-2, ['_', 'a', 'b', 'c'], 'none@example.com', ['birds']]);
  await assert.rejects(User.build(UpdateItemCommand).item({ ...KEY, followers: 1 })
    .options({ condition: { attr: 'followers', gt: 0 } }).send(), isConditionCheckFailed);
  // An update makes an item that is not there.
  await User.build(UpdateItemCommand)
    .item({ username: 'bo', name: 'Bo', followers: $add(2) }).send();
  const { Item } = await User.build(GetItemCommand).key({ username: 'bo' }).send();
  assert.deepEqual([Item.name, Item.followers], ['Bo', 2]);
});

toolboxTest('deletes', async ({ User }) => {
  await User.build(PutItemCommand).item(ALEX).send();
  await assert.rejects(User.build(DeleteItemCommand).key(KEY)
    .options({ condition: { attr: 'name', eq: 'Zoe' } }).send(), isConditionCheckFailed);
  const { Attributes } = await User.build(DeleteItemCommand).key(KEY)
    .options({ returnValues: 'ALL_OLD' }).send();
  assert.equal(Attributes.name, ALEX.name);
  const again = await User.build(DeleteItemCommand).key(KEY)
    .options({ returnValues: 'ALL_OLD' }).send();
  assert.equal(again.Attributes, undefined);
});

toolboxTest('queries of the table and of its indexes', async ({ table, User, Photo }) => {
  await User.build(PutItemCommand).item(ALEX).send();
  await putPhotos(Photo, 20);
  const query = (range, options = {}) => table.build(QueryCommand)
    .query({ partition: 'USER#alex', ...(range ? { range } : {}) })
    .entities(User, Photo).options(options).send();
  const { Items, Count } = await query();
  assert.equal(Count, 21);
  assert.deepEqual([Items[0].entity, Items[0].username, Items[20].id], ['User', 'alex', '19']);
  assert.deepEqual(numbers((await query({ beginsWith: 'PHOTO#1' })).Items),
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(numbers((await query({ between: ['PHOTO#03', 'PHOTO#05'] })).Items), [3, 4, 5]);
  assert.deepEqual(numbers((await query({ gte: 'PHOTO#18' })).Items), [18, 19]);
  const filtered = await query({ beginsWith: 'PHOTO#' }, {
    filters: { Photo: { attr: 'likes', gt: 98 } }, reverse: true,
  });
  assert.deepEqual(filtered.Items.map(({ likes }) => likes), [99, 100]);
  const rome = await table.build(QueryCommand)
    .query({ index: 'byLocation', partition: 'rome', range: { lt: '2024-03-06' } })
    .entities(Photo).options({ reverse: true }).send();
  assert.deepEqual(numbers(rome.Items), [4, 2, 0]);
  const liked = await table.build(QueryCommand)
    .query({ index: 'byLikes', partition: 'USER#alex', range: { gte: 98 } })
    .entities(Photo).options({ consistent: true }).send();
  assert.deepEqual(numbers(liked.Items), [2, 1, 0]);
  assert.equal((await query(undefined, { select: 'COUNT' })).Count, 21);
});

toolboxTest('pages, scans and segments', async ({ table, User, Photo }) => {
  await User.build(PutItemCommand).item(ALEX).send();
  await putPhotos(Photo, 60);
  const seen = [];
  let exclusiveStartKey;
  do {
    const page = await table.build(QueryCommand).query({ index: 'byLocation', partition: 'oslo' })
      .entities(Photo).options({ limit: 7, exclusiveStartKey }).send();
    seen.push(...numbers(page.Items));
    exclusiveStartKey = page.LastEvaluatedKey;
  } while (exclusiveStartKey !== undefined);
  assert.deepEqual(seen, Array.from({ length: 30 }, (_, i) => 2 * i + 1));
  const all = await table.build(QueryCommand).query({ partition: 'USER#alex' })
    .entities(User, Photo).options({ limit: 9, maxPages: Infinity }).send();
  assert.equal(all.Count, 61);
  const segments = await Promise.all([0, 1, 2].map((segment) => table.build(ScanCommand)
    .entities(Photo).options({ segment, totalSegments: 3, maxPages: Infinity }).send()));
  assert.deepEqual(inOrder(segments.flatMap(({ Items }) => numbers(Items))),
    Array.from({ length: 60 }, (_, i) => i));
  const index = await table.build(ScanCommand).entities(Photo)
    .options({ index: 'byLocation', filters: { Photo: { attr: 'likes', lte: 50 } } }).send();
  assert.deepEqual(inOrder(numbers(index.Items)), [50, 51, 52, 53, 54, 55, 56, 57, 58, 59]);
  await table.build(DeletePartitionCommand).query({ partition: 'USER#alex' }).entities(Photo)
    .send();
  const left = await table.build(ScanCommand).entities(User, Photo).send();
  assert.deepEqual(left.Items.map(({ entity }) => entity), ['User']);
});

toolboxTest('batches', async ({ table, User, Photo }) => {
  await executeBatchWrite(table.build(BatchWriteCommand).requests(
    User.build(BatchPutRequest).item(ALEX),
    ...photos(10).map((photo) => Photo.build(BatchPutRequest).item(photo))));
  await executeBatchWrite({ capacity: 'TOTAL' }, table.build(BatchWriteCommand).requests(
    Photo.build(BatchDeleteRequest).key(photoOf(3)),
    Photo.build(BatchPutRequest).item(photoOf(10))));
  const { Responses } = await executeBatchGet({ capacity: 'TOTAL' }, table.build(BatchGetCommand)
    .requests(User.build(BatchGetRequest).key(KEY),
      ...[3, 4, 10].map((i) => Photo.build(BatchGetRequest).key(photoOf(i)))));
  assert.deepEqual(Responses[0].map((found) => found && (found.id || found.name)),
    [ALEX.name, undefined, '04', '10']);
});

toolboxTest('transactions', async ({ User, Photo }) => {
  const like = (token) => executeTransactWrite({ clientRequestToken: token },
    User.build(ConditionCheck).key(KEY).condition({ attr: 'username', exists: true }),
    Photo.build(UpdateTransaction).item({ ...photoOf(1), likes: $add(1) }),
    Photo.build(PutTransaction).item(photoOf(2)));
  await assert.rejects(like(newName()), (error) => {
    assert.ok(isTransactionCancelled(error));
    assert.deepEqual(error.CancellationReasons.map(({ Code }) => Code),
      ['ConditionalCheckFailed', 'None', 'None']);
    return true;
  });
  await User.build(PutItemCommand).item(ALEX).send();
  const token = newName();
  await like(token);
  await like(token); // The same token again changes nothing.
  const { Responses } = await executeTransactGet(User.build(GetTransaction).key(KEY),
    Photo.build(GetTransaction).key(photoOf(1)).options({ attributes: ['likes'] }),
    Photo.build(GetTransaction).key(photoOf(3)));
  assert.equal(Responses[0].Item.name, ALEX.name);
  assert.deepEqual(Responses[1].Item, { likes: 1 });
  assert.equal(Responses[2].Item, undefined);
  await executeTransactWrite(
    Photo.build(DeleteTransaction).key(photoOf(1)),
    User.build(ConditionCheck).key(KEY)
      .condition({ attr: 'followers', eq: 0 }));
  assert.equal((await Photo.build(GetItemCommand).key(photoOf(1)).send()).Item, undefined);
});
