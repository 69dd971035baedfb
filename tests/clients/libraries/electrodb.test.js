'use strict';
// ElectroDB's ordinary work: the entities of Quick Photos in one table, and services over them.
const assert = require('node:assert/strict');
const { PutItemCommand } = require('@aws-sdk/client-dynamodb');
const { Entity, Service, createSchema } = require('electrodb');
const { attributes, newName, schema, tableTest } = require('../js/support');

const INDEX = {
  AttributeDefinitions: attributes({ pk: 'S', sk: 'S', gsi1pk: 'S', gsi1sk: 'S' }),
  GlobalSecondaryIndexes: [{
    IndexName: 'gsi1', KeySchema: schema('gsi1pk', 'gsi1sk'), Projection: { ProjectionType: 'ALL' },
  }],
};

const USER = createSchema({
  model: { service: 'quickphotos', entity: 'user', version: '1' },
  attributes: {
    username: { type: 'string', required: true },
    name: { type: 'string' },
    email: { type: 'string', validate: /@/ },
    interests: { type: 'set', items: 'string' },
    followers: { type: 'number', default: 0 },
    address: { type: 'map', properties: { city: { type: 'string' }, zip: { type: 'number' } } },
    pinned: { type: 'list', items: { type: 'string' } },
    status: { type: ['active', 'away'], default: 'active' },
    createdAt: { type: 'number', default: () => 1700000000000, readOnly: true },
  },
  indexes: {
    primary: {
      collection: 'profile',
      pk: { field: 'pk', composite: ['username'] },
      sk: { field: 'sk', composite: [] },
    },
  },
});

const PHOTO = createSchema({
  model: { service: 'quickphotos', entity: 'photo', version: '1' },
  attributes: {
    username: { type: 'string', required: true },
    takenAt: { type: 'string', required: true },
    location: { type: 'string', required: true },
    likes: { type: 'number', default: 0 },
    tags: { type: 'set', items: 'string' },
  },
  indexes: {
    primary: {
      collection: 'profile',
      pk: { field: 'pk', composite: ['username'] },
      sk: { field: 'sk', composite: ['takenAt'] },
    },
    byLocation: {
      index: 'gsi1',
      pk: { field: 'gsi1pk', composite: ['location'] },
      sk: { field: 'gsi1sk', composite: ['takenAt', 'username'] },
    },
  },
});

// A test of the two entities in a table of their own: body({ User, Photo, service, client, name }).
function electroTest(title, body) {
  tableTest(`electrodb: ${title}`, async (client, table) => {
    const User = new Entity(USER, { client, table });
    const Photo = new Entity(PHOTO, { client, table });
    const service = new Service({ user: User, photo: Photo }, { client, table });
    await body({ User, Photo, service, client, name: table });
  }, { changes: INDEX });
}

const ALEX = {
  username: 'alex',
  name: 'Alex 🦊',
  email: 'alex@example.com',
  interests: ['film', 'birds'],
  address: { city: 'Köln', zip: 50667 },
  pinned: ['a', 'b'],
};

const day = (i) => `2024-03-${String(i).padStart(2, '0')}T10:00:00Z`;

async function putPhotos(Photo, count, more = () => ({})) {
  await Photo.put(Array.from({ length: count }, (_, i) => ({
    username: 'alex', takenAt: day(i + 1), location: i % 2 ? 'oslo' : 'rome', likes: i, ...more(i),
  }))).go();
}

electroTest('create, get, and create again', async ({ User }) => {
  const { data } = await User.create(ALEX).go();
  assert.equal(data.status, 'active');
  const found = await User.get({ username: 'alex' }).go({ consistent: true });
  assert.deepEqual({ ...found.data, interests: [...found.data.interests].sort() },
    { ...ALEX, interests: ['birds', 'film'], status: 'active', followers: 0,
      createdAt: 1700000000000 });
  await assert.rejects(User.create(ALEX).go(), (error) => {
    assert.equal(error.code, 4001);
    assert.equal(error.cause.name, 'ConditionalCheckFailedException');
    return true;
  });
  assert.equal((await User.get({ username: 'nobody' }).go()).data, null);
  const part = await User.get({ username: 'alex' }).go({ attributes: ['name', 'address'] });
  assert.deepEqual(part.data, { name: ALEX.name, address: ALEX.address });
});

electroTest('a failed condition gives the item', async ({ User }) => {
  await User.create(ALEX).go();
  const refused = await User.update({ username: 'alex' }).set({ name: 'x' })
    .where(({ followers }, { gt }) => gt(followers, 10))
    .go({ returnOnConditionCheckFailure: 'all_old' });
  assert.equal(refused.rejected, true);
  assert.equal(refused.data.name, ALEX.name);
});

electroTest('the clauses of an update', async ({ User }) => {
  await User.create(ALEX).go();
  const { data } = await User.update({ username: 'alex' })
    .set({ name: 'Alexa', 'address.city': 'Bonn' })
    .add({ followers: 2, interests: ['maps'] })
    .append({ pinned: ['c'] })
    .remove(['email'])
    .where(({ status, email }, { eq, exists, size }) =>
      `${eq(status, 'active')} AND ${exists(email)} AND ${size(email)} > ${size(status)}`)
    .go({ response: 'all_new' });
  assert.deepEqual({ ...data, interests: [...data.interests].sort() }, {
    username: 'alex', name: 'Alexa', interests: ['birds', 'film', 'maps'], followers: 2,
    address: { city: 'Bonn', zip: 50667 }, pinned: ['a', 'b', 'c'], status: 'active',
    createdAt: 1700000000000,
  });
  const old = await User.update({ username: 'alex' })
    .data((user, { subtract, del, remove, ifNotExists }) => {
      subtract(user.followers, 5);
      del(user.interests, ['film', 'maps']);
      remove(user.pinned[1]);
      ifNotExists(user.email, 'new@example.com');
    })
    .go({ response: 'updated_new' });
  assert.equal(old.data.followers, -3);
  assert.equal(old.data.email, 'new@example.com');
  assert.deepEqual(old.data.interests, ['birds']);
  const { data: now } = await User.get({ username: 'alex' }).go();
  assert.deepEqual(now.pinned, ['a', 'c']);
});

electroTest('patch, upsert, remove and delete', async ({ User }) => {
  await assert.rejects(User.patch({ username: 'alex' }).set({ name: 'x' }).go(), { code: 4001 });
  await assert.rejects(User.remove({ username: 'alex' }).go(), { code: 4001 });
  const made = await User.upsert(ALEX).go({ response: 'all_new' });
  assert.equal(made.data.name, ALEX.name);
  const again = await User.upsert({ username: 'alex', followers: 7 }).go({ response: 'all_new' });
  assert.deepEqual([again.data.name, again.data.followers], [ALEX.name, 7]);
  const patched = await User.patch({ username: 'alex' }).set({ name: 'Al' })
    .go({ response: 'all_old' });
  assert.equal(patched.data.name, ALEX.name);
  const gone = await User.delete({ username: 'alex' }).go({ response: 'all_old' });
  assert.equal(gone.data.name, 'Al');
  const none = await User.delete({ username: 'alex' }).go({ response: 'all_old' });
  assert.equal(none.data, null);
});

electroTest('queries by sort key and by filter', async ({ Photo }) => {
  await putPhotos(Photo, 20);
  const days = async (query) => (await query.go()).data.map(({ takenAt }) => Number(
    takenAt.slice(8, 10)));
  const photos = () => Photo.query.primary({ username: 'alex' });
  const from = (text) => ({ takenAt: text });
  assert.deepEqual(await days(photos().begins(from('2024-03-1'))),
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(await days(photos().between(from(day(3)), from(day(6)))), [3, 4, 5, 6]);
  assert.deepEqual(await days(photos().gt(from(day(18)))), [19, 20]);
  assert.deepEqual(await days(photos().gte(from(day(19)))), [19, 20]);
  assert.deepEqual(await days(photos().lt(from(day(3)))), [1, 2]);
  assert.deepEqual(await days(photos().lte(from(day(2)))), [1, 2]);
  assert.deepEqual(await days(photos().where(({ likes }, { between }) => between(likes, 4, 6))),
    [5, 6, 7]);
  const { data } = await Photo.query.byLocation({ location: 'oslo' })
    .begins({ takenAt: '2024-03-0' }).go({ order: 'desc', attributes: ['takenAt'] });
  assert.deepEqual(data.map(({ takenAt }) => takenAt), [8, 6, 4, 2].map(day));
  const { data: found } = await Photo.find({ location: 'rome', takenAt: day(1) }).go();
  assert.deepEqual(found.map(({ likes }) => likes), [0]);
  const { data: matched } = await Photo.match({ location: 'rome', likes: 4 }).go();
  assert.deepEqual(matched.map(({ takenAt }) => takenAt), [day(5)]);
});

electroTest('pages, cursors, limits and counts', async ({ Photo }) => {
  await putPhotos(Photo, 25, (i) => ({ tags: i % 5 ? ['x'] : ['x', 'y'] }));
  const seen = [];
  let cursor = null;
  do {
    const page = await Photo.query.byLocation({ location: 'rome' }).go({ cursor, limit: 4 });
    assert.ok(page.data.length <= 4);
    seen.push(...page.data.map(({ takenAt }) => takenAt));
    cursor = page.cursor;
  } while (cursor !== null);
  assert.deepEqual(seen, Array.from({ length: 13 }, (_, i) => day(2 * i + 1)));
  const all = await Photo.query.primary({ username: 'alex' })
    .where(({ tags }, { contains }) => contains(tags, 'y'))
    .go({ pages: 'all', params: { Limit: 3 } });
  assert.deepEqual(all.data.map(({ likes }) => likes), [0, 5, 10, 15, 20]);
  const counted = await Photo.query.primary({ username: 'alex' }).go({ count: 2 });
  assert.equal(counted.data.length, 2);
});

electroTest('batches of more than one request', async ({ Photo, name, client }) => {
  await putPhotos(Photo, 60, (i) => ({ takenAt: `2024-${i}` }));
  const keys = Array.from({ length: 130 }, (_, i) => ({ username: 'alex', takenAt: `2024-${i}` }));
  const { data, unprocessed } = await Photo.get(keys)
    .go({ concurrency: 2, preserveBatchOrder: true });
  assert.deepEqual(unprocessed, []);
  assert.deepEqual(data.map((photo) => photo && photo.likes),
    keys.map((_, i) => (i < 60 ? i : null)));
  assert.deepEqual((await Photo.delete(keys.slice(10)).go()).unprocessed, []);
  const scanned = await Photo.scan.go({ pages: 'all' });
  assert.equal(scanned.data.length, 10);
  // What is not an entity of ElectroDB is not seen by it.
  await client.send(new PutItemCommand({
    TableName: name, Item: { pk: { S: 'other' }, sk: { S: 'other' } },
  }));
  const segments = await Promise.all([0, 1, 2, 3].map((Segment) =>
    Photo.scan.go({ pages: 'all', params: { Segment, TotalSegments: 4 } })));
  assert.deepEqual(segments.flatMap((page) => page.data.map(({ likes }) => likes))
    .sort((a, b) => a - b), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

electroTest('a collection has a user and its photos', async ({ User, Photo, service }) => {
  await User.create(ALEX).go();
  await putPhotos(Photo, 5);
  await User.create({ username: 'bo', email: 'b@o' }).go();
  const { data } = await service.collections.profile({ username: 'alex' }).go();
  assert.deepEqual(data.user.map(({ username }) => username), ['alex']);
  assert.deepEqual(data.photo.map(({ takenAt }) => takenAt), [1, 2, 3, 4, 5].map(day));
  const { data: liked } = await service.collections.profile({ username: 'alex' })
    .where(({ likes }, { gt }) => gt(likes, 2)).go();
  assert.deepEqual([liked.user.length, liked.photo.length], [0, 2]);
});

electroTest('transactions', async ({ User, Photo, service }) => {
  await User.create(ALEX).go();
  const like = (username, token) => service.transaction.write(({ user, photo }) => [
    photo.create({ username, takenAt: day(1), location: 'oslo' }).commit(),
    user.patch({ username }).add({ followers: 1 }).commit({ response: 'all_old' }),
    user.check({ username: 'alex' }).where(({ status }, { eq }) => eq(status, 'active')).commit(),
  ].slice(0, username === 'alex' ? 2 : 3)).go({ token });
  const token = newName();
  assert.equal((await like('alex', token)).canceled, false);
  // The same token again changes nothing.
  assert.equal((await like('alex', token)).canceled, false);
  const refused = await like('alex', newName());
  assert.equal(refused.canceled, true);
  assert.deepEqual(refused.data.map(({ rejected, code }) => [rejected, code]),
    [[true, 'ConditionalCheckFailed'], [false, 'None']]);
  const nobody = await like('nobody', newName());
  assert.deepEqual(nobody.data.map(({ code }) => code), ['None', 'ConditionalCheckFailed', 'None']);
  const read = await service.transaction.get(({ user, photo }) => [
    user.get({ username: 'alex' }).commit(),
    photo.get({ username: 'nobody', takenAt: day(1) }).commit(),
    photo.get({ username: 'alex', takenAt: day(1) }).commit(),
  ]).go();
  assert.equal(read.data[0].item.followers, 1);
  assert.equal(read.data[1].item, null);
  assert.equal(read.data[2].item.location, 'oslo');
});
