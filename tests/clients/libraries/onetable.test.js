'use strict';
// DynamoDB OneTable's ordinary work: the models of Quick Photos in one table that it makes.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { DescribeTimeToLiveCommand } = require('@aws-sdk/client-dynamodb');
const { DynamoDBStreams } = require('@aws-sdk/client-dynamodb-streams');
const { Table } = require('dynamodb-onetable');
const { Dynamo } = require('dynamodb-onetable/Dynamo');
const { CLIENT, newClient, newName } = require('../js/support');

const SCHEMA = {
  format: 'onetable:1.1.0',
  version: '0.0.1',
  indexes: {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk', project: ['username', 'takenAt', 'likes'] },
    ls1: { type: 'local', sort: 'likes', project: 'all' },
  },
  models: {
    User: {
      pk: { type: String, value: 'USER#${username}' },
      sk: { type: String, value: 'META#' },
      username: { type: String, required: true },
      email: { type: String, unique: true, validate: /@/ },
      followers: { type: Number, default: 0 },
      interests: { type: Set },
      address: { type: Object, schema: { city: { type: String }, zip: { type: Number } } },
      pinned: { type: Array },
      joined: { type: Date },
      avatar: { type: Buffer },
      status: { type: String, enum: ['active', 'away'], default: 'active' },
    },
    Photo: {
      pk: { type: String, value: 'USER#${username}' },
      sk: { type: String, value: 'PHOTO#${takenAt}' },
      gs1pk: { type: String, value: 'AT#${location}' },
      gs1sk: { type: String, value: '${takenAt}' },
      username: { type: String, required: true },
      takenAt: { type: String, required: true },
      location: { type: String },
      likes: { type: Number, default: 0 },
      caption: { type: String },
    },
  },
  params: { isoDates: false, timestamps: true },
};

// A test of the models in a table of their own: body({ client, table, User, Photo }).
function oneTableTest(title, body, { make = {}, schema = SCHEMA } = {}) {
  test(`onetable: ${title}`, async () => {
    const client = newClient();
    const table = new Table({ client: new Dynamo({ client }), name: newName(), schema,
      partial: true });
    await table.createTable(make);
    try {
      await body({
        client, table, User: table.getModel('User'), Photo: table.getModel('Photo'),
      });
    } finally {
      await table.deleteTable('DeleteTableForever');
      client.destroy();
    }
  });
}

const ALEX = {
  username: 'alex',
  email: 'alex@example.com',
  interests: new Set(['film', 'birds']),
  address: { city: 'Köln', zip: 50667 },
  pinned: ['a', 1, { deep: [null] }],
  joined: new Date('2024-01-02T03:04:05Z'),
  avatar: Buffer.from([0, 255, 1]),
};

const takenAt = (i) => `2024-03-${String(i).padStart(2, '0')}`;

async function makePhotos(Photo, table, count) {
  for (let first = 1; first <= count; first += 25) {
    const batch = {};
    for (let i = first; i < first + 25 && i <= count; i += 1) {
      await Photo.create({ username: 'alex', takenAt: takenAt(i), likes: 100 - i,
        location: i % 2 ? 'oslo' : 'rome' }, { batch });
    }
    await table.batchWrite(batch);
  }
}

// Every record of a stream, shard after shard, in DynamoDB's JSON as a Lambda function gets it.
async function recordsOf(StreamArn) {
  const streams = new DynamoDBStreams(CLIENT);
  const records = [];
  const { StreamDescription } = await streams.describeStream({ StreamArn });
  for (const { ShardId } of StreamDescription.Shards) {
    const { ShardIterator } = await streams.getShardIterator(
      { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' });
    let iterator = ShardIterator;
    for (let calls = 0; iterator !== undefined && calls < 10; calls += 1) {
      const page = await streams.getRecords({ ShardIterator: iterator });
      records.push(...page.Records);
      iterator = page.NextShardIterator;
    }
  }
  streams.destroy();
  return records;
}

const days = (photos) => photos.map((photo) => Number(photo.takenAt.slice(8)));

oneTableTest('it makes and describes the table', async ({ table, client }) => {
  assert.equal(await table.exists(), true);
  const { Table: made } = await table.describeTable();
  assert.equal(made.TableStatus, 'ACTIVE');
  assert.deepEqual(made.GlobalSecondaryIndexes[0].Projection.NonKeyAttributes.sort(),
    ['likes', 'takenAt', 'username']);
  assert.equal(made.LocalSecondaryIndexes[0].IndexName, 'ls1');
  assert.ok((await table.listTables()).includes(table.name));
  // Without a schema the keys are read from the table's description.
  const keys = await new Table({ client: new Dynamo({ client }), name: table.name }).getKeys();
  assert.deepEqual(keys,
    { primary: { hash: 'pk', sort: 'sk' }, gs1: { hash: 'gs1pk', sort: 'gs1sk' } });
}, { make: { wait: 30 } });

oneTableTest('an index is added and removed, and billing changed', async ({ table }) => {
  const status = async () => (await table.describeTable()).Table;
  const settled = async () => {
    for (;;) {
      const now = await status();
      if (now.TableStatus === 'ACTIVE' &&
          (now.GlobalSecondaryIndexes || []).every((index) => index.IndexStatus === 'ACTIVE')) {
        return now;
      }
      await new Promise((resolve) => { setTimeout(resolve, 20); });
    }
  };
  await table.updateTable({ create: { name: 'gs2', hash: 'gs2pk', project: 'keys' } });
  const added = (await settled()).GlobalSecondaryIndexes.map((index) => index.IndexName);
  assert.deepEqual(added.sort(), ['gs1', 'gs2']);
  await table.updateTable({ remove: { name: 'gs2' } });
  assert.equal((await settled()).GlobalSecondaryIndexes.length, 1);
});

oneTableTest('create, get, and create again', async ({ User }) => {
  const { created, updated, ...made } = await User.create(ALEX);
  assert.ok(created instanceof Date && updated instanceof Date);
  assert.deepEqual(made, { ...ALEX, followers: 0, status: 'active' });
  const { created: at, updated: then, ...found } = await User.get({ username: 'alex' },
    { consistent: true });
  assert.ok(at <= then);
  assert.deepEqual({ ...found, avatar: Buffer.from(found.avatar) },
    { ...ALEX, followers: 0, status: 'active' });
  await assert.rejects(User.create(ALEX), { code: 'UniqueError' });
  // Another user may not have the same address, for which OneTable keeps an item of its own.
  await assert.rejects(User.create({ ...ALEX, username: 'bo' }), { code: 'UniqueError' });
  assert.equal(await User.get({ username: 'bo' }), undefined);
  await User.remove({ username: 'alex' });
  assert.equal(await User.get({ username: 'alex' }), undefined);
  await User.create({ ...ALEX, username: 'bo' });
});

oneTableTest('updates, upserts and their conditions', async ({ Photo }) => {
  const key = { username: 'alex', takenAt: takenAt(1) };
  await assert.rejects(Photo.update({ ...key, likes: 1 }),
    { code: 'ConditionalCheckFailedException' });
  const made = await Photo.upsert({ ...key, location: 'oslo', likes: 0 });
  assert.equal(made.location, 'oslo');
  const more = await Photo.update(key, { add: { likes: 5 }, set: { caption: 'first 🦊' } });
  assert.deepEqual([more.likes, more.caption], [5, 'first 🦊']);
  await assert.rejects(Photo.update({ ...key, location: 'rome' }, { where: '${likes} > {5}' }),
    { code: 'ConditionalCheckFailedException' });
  const moved = await Photo.update({ ...key, location: 'rome' },
    { where: '(${likes} >= {5}) and (attribute_exists(${caption}))' });
  assert.equal(moved.location, 'rome');
  assert.equal((await Photo.find({ location: 'rome' }, { index: 'gs1' })).length, 1);
  assert.equal((await Photo.find({ location: 'oslo' }, { index: 'gs1' })).length, 0);
  const without = await Photo.update({ ...key, caption: null });
  assert.equal(without.caption, undefined);
  const counted = await Photo.update(key, { set: { likes: '${likes} + {7}' } });
  assert.equal(counted.likes, 12);
});

oneTableTest('nested attributes, lists and sets', async ({ User }) => {
  await User.create(ALEX);
  const key = { username: 'alex' };
  const nested = await User.update({ ...key, address: { city: 'Bonn' } });
  assert.deepEqual(nested.address, { city: 'Bonn', zip: 50667 });
  const pushed = await User.update(key, { push: { pinned: ['z'] } });
  assert.deepEqual(pushed.pinned, ['a', 1, { deep: [null] }, 'z']);
  const added = await User.update(key, { add: { interests: new Set(['maps']) } });
  assert.deepEqual([...added.interests].sort(), ['birds', 'film', 'maps']);
  const fewer = await User.update(key, { delete: { interests: new Set(['film', 'maps']) } });
  assert.deepEqual([...fewer.interests], ['birds']);
  const removed = await User.update(key, { remove: ['pinned[0]', 'address.zip'] });
  assert.deepEqual([removed.pinned, removed.address], [[1, { deep: [null] }, 'z'],
    { city: 'Bonn' }]);
});

oneTableTest('queries of the table and of its indexes', async ({ Photo, table }) => {
  await makePhotos(Photo, table, 20);
  const find = async (takenAtIs, params) => days(await Photo.find(
    { username: 'alex', ...(takenAtIs ? { sk: takenAtIs } : {}) }, params));
  const sk = (i) => `PHOTO#${takenAt(i)}`;
  assert.deepEqual(await find({ begins: 'PHOTO#2024-03-1' }),
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(await find({ between: [sk(3), sk(6)] }), [3, 4, 5, 6]);
  assert.deepEqual(await find({ '>': sk(18) }), [19, 20]);
  assert.deepEqual(await find({ '<=': sk(2) }, { reverse: true }), [2, 1]);
  assert.deepEqual(await find(null, { where: '${likes} > {96} and contains(${location}, {o})' }),
    [1, 2, 3]);
  const rome = await Photo.find({ location: 'rome' }, { index: 'gs1', limit: 3, reverse: true });
  assert.deepEqual(days(rome), [20, 18, 16]);
  assert.equal(rome[0].location, undefined); // gs1 does not project it.
  const liked = await Photo.find({ pk: 'USER#alex', likes: { '<': 83 } }, { index: 'ls1' });
  assert.deepEqual(days(liked), [20, 19, 18]);
  assert.equal((await Photo.find({ username: 'alex' }, { count: true })).count, 20);
});

oneTableTest('pages forwards and backwards', async ({ Photo, table }) => {
  await makePhotos(Photo, table, 20);
  const pages = [];
  let next;
  do {
    const page = await Photo.find({ location: 'oslo' }, { index: 'gs1', limit: 4, next });
    pages.push(days(page));
    next = page.next;
    if (pages.length === 2) {
      const back = await Photo.find({ location: 'oslo' },
        { index: 'gs1', limit: 4, prev: page.prev });
      assert.deepEqual(days(back), pages[0]);
    }
  } while (next !== undefined);
  assert.deepEqual(pages.flat(), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
  const all = await Photo.find({ username: 'alex' }, { limit: 20, maxPages: 100 });
  assert.equal(all.length, 20);
});

oneTableTest('scans, batches and groups', async ({ User, Photo, table }) => {
  await User.create(ALEX);
  await makePhotos(Photo, table, 40);
  assert.equal((await Photo.scan({}, { limit: 1000 })).length, 40);
  const parts = await Promise.all([0, 1, 2, 3].map((segment) => Photo.scan({},
    { segments: 4, segment })));
  assert.equal(new Set(parts.flatMap(days)).size, 40);
  const groups = await table.fetch(['User', 'Photo'], { pk: 'USER#alex' });
  assert.deepEqual([groups.User.length, groups.Photo.length], [1, 40]);
  const batch = {};
  await User.get({ username: 'alex' }, { batch });
  for (let i = 39; i <= 41; i += 1) {
    await Photo.get({ username: 'alex', takenAt: takenAt(i) }, { batch });
  }
  const found = await table.batchGet(batch, { parse: true, consistent: true });
  assert.deepEqual(days(found.filter((item) => item.takenAt)).sort(), [39, 40]);
  assert.equal(found.length, 3);
  const gone = {};
  for (let i = 1; i <= 10; i += 1) {
    await Photo.remove({ username: 'alex', takenAt: takenAt(i) }, { batch: gone });
  }
  await table.batchWrite(gone);
  assert.equal((await Photo.find({ username: 'alex' }, { count: true })).count, 30);
  await Photo.remove({ username: 'alex' }, { many: true });
  assert.equal((await Photo.find({ username: 'alex' }, { count: true })).count, 0);
  assert.equal((await User.scan()).length, 1);
});

oneTableTest('transactions', async ({ User, Photo, table }) => {
  const transaction = {};
  await User.create(ALEX, { transaction });
  await Photo.create({ username: 'alex', takenAt: takenAt(1), location: 'oslo' }, { transaction });
  await table.transact('write', transaction, { parse: true });
  const second = {};
  await User.update({ username: 'alex' }, { add: { followers: 1 }, transaction: second });
  await Photo.update({ username: 'alex', takenAt: takenAt(1), location: 'rome' },
    { where: '${likes} > {1}', transaction: second });
  await assert.rejects(table.transact('write', second), (error) => {
    assert.equal(error.code, 'TransactionCanceledException');
    assert.deepEqual(error.context.err.CancellationReasons.map(({ Code }) => Code),
      ['None', 'ConditionalCheckFailed']);
    return true;
  });
  const third = {};
  await User.update({ username: 'alex' }, { add: { followers: 2 }, transaction: third });
  await Photo.remove({ username: 'alex', takenAt: takenAt(1) }, { transaction: third });
  await table.transact('write', third);
  const reads = {};
  await User.get({ username: 'alex' }, { transaction: reads });
  await Photo.get({ username: 'alex', takenAt: takenAt(1) }, { transaction: reads });
  const items = await table.transact('get', reads, { parse: true });
  assert.deepEqual(items.map((item) => item && item.followers), [2]);
});

oneTableTest('a table with a time to live and a stream', async ({ client, table, User, Photo }) => {
  const { TimeToLiveDescription: description } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: table.name }));
  assert.deepEqual(description, { AttributeName: 'expires', TimeToLiveStatus: 'ENABLED' });
  await User.create(ALEX);
  await Photo.create({ username: 'alex', takenAt: takenAt(1), location: 'oslo' });
  await Photo.update({ username: 'alex', takenAt: takenAt(1), likes: 5 });
  await Photo.remove({ username: 'alex', takenAt: takenAt(1) });
  const { Table: made } = await table.describeTable();
  const groups = table.stream(await recordsOf(made.LatestStreamArn));
  assert.deepEqual(groups.User.map(({ type }) => type), ['INSERT']);
  assert.deepEqual({ ...groups.User[0].new.interests }, { ...ALEX.interests });
  assert.deepEqual(groups.Photo.map(({ type, old, new: now }) => [type, old?.likes, now?.likes]),
    [['INSERT', undefined, 0], ['MODIFY', 0, 5], ['REMOVE', 5, undefined]]);
}, {
  make: {
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
  },
});
