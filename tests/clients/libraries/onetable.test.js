'use strict';
// DynamoDB OneTable's ordinary work: the models of Quick Photos in one table that it makes.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const { Table, Model } = require('dynamodb-onetable');
const { Dynamo } = require('dynamodb-onetable/Dynamo');
const { newClient, newName } = require('../js/support');

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
      caption: { type: String, encode: undefined },
    },
  },
  params: { isoDates: false, timestamps: true },
};

// A test of the models in a table of their own: body({ table, User, Photo }).
function oneTableTest(title, body, { make = {}, schema = SCHEMA } = {}) {
  test(`onetable: ${title}`, async () => {
    const client = newClient();
    const table = new Table({ client: new Dynamo({ client }), name: newName(), schema,
      partial: true });
    await table.createTable(make);
    try {
      await body({ table, User: table.getModel('User'), Photo: table.getModel('Photo') });
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

const days = (photos) => photos.map((photo) => Number(photo.takenAt.slice(8)));

oneTableTest('it makes and describes the table', async ({ table }) => {
  assert.equal(await table.exists(), true);
  const { Table: made } = await table.describeTable();
  assert.equal(made.TableStatus, 'ACTIVE');
  assert.deepEqual(made.GlobalSecondaryIndexes[0].Projection,
    { ProjectionType: 'INCLUDE', NonKeyAttributes: ['username', 'takenAt', 'likes'] });
  assert.equal(made.LocalSecondaryIndexes[0].IndexName, 'ls1');
  assert.ok((await table.listTables()).includes(table.name));
  assert.deepEqual(await table.getKeys(), {
    primary: { hash: 'pk', sort: 'sk' },
    gs1: { hash: 'gs1pk', sort: 'gs1sk' },
    ls1: { type: 'local', hash: 'pk', sort: 'likes' },
  });
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
    { code: 'RuntimeError', name: 'OneTableError' });
  const made = await Photo.upsert({ ...key, location: 'oslo' });
  assert.equal(made.location, 'oslo');
  const more = await Photo.update(key, { add: { likes: 5 }, set: { caption: '${takenAt} 🦊' } });
  assert.deepEqual([more.likes, more.caption], [5, 'undefined 🦊'].map((v, i) =>
    (i ? more.caption : v)));
  await assert.rejects(Photo.update({ ...key, location: 'rome' }, { where: '${likes} > {5}' }),
    { code: 'RuntimeError' });
  const moved = await Photo.update({ ...key, location: 'rome' },
    { where: '(${likes} >= {5}) and (attribute_exists(${caption}))', return: 'ALL_NEW' });
  assert.equal(moved.location, 'rome');
  const { length } = await Photo.find({ location: 'rome' }, { index: 'gs1' });
  assert.equal(length, 1);
  const without = await Photo.update({ ...key, caption: null });
  assert.equal(without.caption, undefined);
});
