'use strict';
// Dynamoose's ordinary work: it makes and alters the table of Quick Photos itself, and its models
// write and read there.
const assert = require('node:assert/strict');
const { test } = require('node:test');
const {
  DeleteTableCommand, DescribeTableCommand, DescribeTimeToLiveCommand, DynamoDB,
  ListTagsOfResourceCommand,
} = require('@aws-sdk/client-dynamodb');
const dynamoose = require('dynamoose');
const { CLIENT, kind, newClient, newName } = require('../js/support');

dynamoose.aws.ddb.set(new DynamoDB(CLIENT));

const EXPIRY = { expires: { ttl: 3600000, attribute: 'expiresAt' } };
const OPTIONS = {
  create: true, throughput: 'ON_DEMAND', initialize: false,
  waitForActive: { enabled: true, check: { timeout: 30000, frequency: 20 } },
};

function models() {
  const user = new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    name: { type: String, required: true },
    followers: { type: Number, default: 0 },
    interests: { type: Set, schema: [String] },
    address: { type: Object, schema: { city: String, zip: Number } },
    pinned: { type: Array, schema: [String] },
    joined: { type: Date, storage: 'seconds' },
    verified: Boolean,
    avatar: Buffer,
  }, { timestamps: true });
  const photo = new dynamoose.Schema({
    pk: { type: String, hashKey: true },
    sk: { type: String, rangeKey: true },
    location: {
      type: String,
      index: { name: 'byLocation', type: 'global', rangeKey: 'sk', project: true },
    },
    likes: { type: Number, index: { name: 'byLikes', type: 'local', project: ['location'] } },
    tags: { type: Set, schema: [String] },
  });
  const suffix = newName();
  return {
    User: dynamoose.model(`User-${suffix}`, user),
    Photo: dynamoose.model(`Photo-${suffix}`, photo),
  };
}

async function describe(client, TableName) {
  return (await client.send(new DescribeTableCommand({ TableName }))).Table;
}

// A test with a table of its own that Dynamoose makes: body({ User, Photo, table, client, name }).
function dynamooseTest(title, body, more = {}, options = {}) {
  test(`dynamoose: ${title}`, options, async () => {
    const client = newClient();
    const name = newName();
    const { User, Photo } = models();
    const table = new dynamoose.Table(name, [User, Photo], { ...OPTIONS, ...more });
    await table.initialize();
    try {
      await body({ User, Photo, table, client, name });
    } finally {
      await client.send(new DeleteTableCommand({ TableName: name }));
      client.destroy();
    }
  });
}

const KEY = { pk: 'USER#alex', sk: '#METADATA' };
const ALEX = {
  ...KEY,
  name: 'Alex 🦊',
  interests: new Set(['film', 'birds']),
  address: { city: 'Köln', zip: 50667 },
  pinned: ['a', 'b'],
  joined: new Date('2024-01-02T03:04:05Z'),
  verified: true,
  avatar: Buffer.from([0, 255, 1]),
};

const photoOf = (i) => ({
  pk: 'USER#alex', sk: `PHOTO#${String(i).padStart(2, '0')}`, likes: 100 - i,
  location: i % 2 ? 'oslo' : 'rome', tags: new Set(i % 5 ? ['x'] : ['x', 'y']),
});
const photos = (count) => Array.from({ length: count }, (_, i) => photoOf(i));
const numbers = (found) => found.map(({ sk }) => Number(sk.slice(6)));

dynamooseTest('it makes the table with its indexes', async ({ client, name, table }) => {
  const made = await describe(client, name);
  assert.equal(made.TableStatus, 'ACTIVE');
  assert.equal(made.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.deepEqual(made.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName), ['byLocation']);
  assert.deepEqual(made.LocalSecondaryIndexes[0].Projection,
    { ProjectionType: 'INCLUDE', NonKeyAttributes: ['location'] });
  // A table that is there is left as it is.
  await table.initialize();
});

dynamooseTest('create, get, and create again', async ({ User }) => {
  await User.create(ALEX);
  const found = await User.get(KEY, { consistent: true });
  const { createdAt, updatedAt, ...rest } = { ...found };
  assert.ok([createdAt, updatedAt].every((time) => Math.abs(new Date(time) - Date.now()) < 60000));
  assert.deepEqual({ ...rest, avatar: Buffer.from(rest.avatar) }, { ...ALEX, followers: 0 });
  await assert.rejects(User.create(ALEX), { name: 'ConditionalCheckFailedException' });
  await User.create({ ...KEY, name: 'again' }, { overwrite: true });
  assert.equal((await User.get(KEY)).name, 'again');
  const part = await User.get(KEY, { attributes: ['name'] });
  assert.deepEqual({ ...part }, { name: 'again' });
  assert.equal(await User.get({ pk: 'nobody', sk: 'x' }), undefined);
});

dynamooseTest('updates, and their conditions', async ({ User }) => {
  await User.create(ALEX);
  const updated = await User.update(KEY, {
    $SET: { name: 'Alexa' },
    $ADD: { followers: 2, pinned: 'c' },
    $DELETE: { interests: new Set(['film']) },
    $REMOVE: ['avatar', 'verified'],
  });
  assert.deepEqual([updated.name, updated.followers, updated.pinned, [...updated.interests]],
    ['Alexa', 2, ['a', 'b', 'c'], ['birds']]);
  assert.equal(updated.avatar, undefined);
  const condition = new dynamoose.Condition().where('followers').gt(2).or()
    .where('name').beginsWith('Z');
  await assert.rejects(User.update(KEY, { name: 'x' }, { condition }),
    { name: 'ConditionalCheckFailedException' });
  const met = new dynamoose.Condition().where('followers').between(1, 2).and()
    .where('verified').not().exists();
  const old = await User.update(KEY, { name: 'y' }, { condition: met, returnValues: 'ALL_OLD' });
  assert.equal(old.name, 'Alexa');
  // An instance is saved and deleted.
  const item = await User.get(KEY);
  item.address = { city: 'Bonn' };
  await item.save();
  assert.deepEqual((await User.get(KEY)).address, { city: 'Bonn' });
  await assert.rejects(
    User.delete(KEY, { condition: new dynamoose.Condition().where('name').eq('z') }),
    { name: 'ConditionalCheckFailedException' });
  await item.delete();
  assert.equal(await User.get(KEY), undefined);
});

dynamooseTest('queries of the table and of its indexes', async ({ Photo }) => {
  await Photo.batchPut(photos(20));
  const query = () => Photo.query('pk').eq('USER#alex');
  assert.deepEqual(numbers(await query().where('sk').beginsWith('PHOTO#1').exec()),
    [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);
  assert.deepEqual(numbers(await query().where('sk').between('PHOTO#03', 'PHOTO#05').exec()),
    [3, 4, 5]);
  assert.deepEqual(numbers(await query().where('sk').ge('PHOTO#18').exec()), [18, 19]);
  const rome = await Photo.query('location').eq('rome').using('byLocation')
    .where('sk').lt('PHOTO#06').sort('descending').exec();
  assert.deepEqual(numbers(rome), [4, 2, 0]);
  const liked = await query().where('likes').gt(97).using('byLikes').exec();
  assert.deepEqual(numbers(liked), [2, 1, 0]);
  const tagged = await query().filter('tags').contains('y').and()
    .filter('location').in(['rome', 'paris']).attributes(['sk']).exec();
  assert.deepEqual(numbers(tagged), [0, 10]);
  assert.deepEqual(await query().where('sk').lt('PHOTO#03').count().exec(),
    { count: 3, queriedCount: undefined });
});

dynamooseTest('pages', async ({ Photo }) => {
  await Photo.batchPut(photos(20));
  const seen = [];
  let page;
  do {
    const query = Photo.query('pk').eq('USER#alex').limit(6);
    page = await (page === undefined ? query : query.startAt(page.lastKey)).exec();
    seen.push(numbers(page));
  } while (page.lastKey !== undefined);
  assert.deepEqual(seen.map((numbersOfPage) => numbersOfPage.length), [6, 6, 6, 2]);
  assert.deepEqual(seen.flat(), Array.from({ length: 20 }, (_, i) => i));
  const all = await Photo.query('location').eq('oslo').using('byLocation').limit(3).all().exec();
  assert.deepEqual(numbers(all), [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]);
});

dynamooseTest('scans and batches', async ({ User, Photo }) => {
  assert.deepEqual(await Photo.batchPut(photos(25)), { unprocessedItems: [] });
  const scanned = await Photo.scan().where('likes').le(80).exec();
  assert.deepEqual(numbers(scanned).sort((a, b) => a - b), [20, 21, 22, 23, 24]);
  const parallel = await Photo.scan().parallel(4).all().exec();
  assert.equal(parallel.length, 25);
  assert.equal((await Photo.scan().count().exec()).count, 25);
  const keys = photos(30).map(({ pk, sk }) => ({ pk, sk }));
  const found = await Photo.batchGet(keys);
  assert.equal(found.length, 25);
  assert.equal(found.unprocessedKeys.length, 0);
  // Dynamoose asks for some attributes with the parameter AttributesToGet.
  const some = await Photo.batchGet(keys.slice(0, 2), { attributes: ['pk', 'sk', 'likes'] });
  assert.deepEqual(numbers(some).sort(), [0, 1]);
  assert.deepEqual(Object.keys(some[0]).sort(), ['likes', 'pk', 'sk']);
  await Photo.batchDelete(keys.slice(5));
  assert.deepEqual(numbers(await Photo.scan().exec()).sort(), [0, 1, 2, 3, 4]);
  assert.equal((await User.query('pk').eq('none').exec()).count, 0);
});

dynamooseTest('transactions', async ({ User, Photo }) => {
  await dynamoose.transaction([
    User.transaction.create(ALEX),
    Photo.transaction.create(photoOf(1)),
  ]);
  await dynamoose.transaction([
    User.transaction.update(KEY, { $ADD: { followers: 1 } }),
    Photo.transaction.delete({ pk: photoOf(1).pk, sk: photoOf(1).sk }),
    Photo.transaction.condition({ pk: 'none', sk: 'none' },
      new dynamoose.Condition().where('pk').not().exists()),
  ]);
  await assert.rejects(dynamoose.transaction([
    User.transaction.create(ALEX), Photo.transaction.create(photoOf(2)),
  ]), (error) => {
    assert.equal(error.name, 'TransactionCanceledException');
    assert.deepEqual(error.CancellationReasons.map(({ Code }) => Code),
      ['ConditionalCheckFailed', 'None']);
    return true;
  });
  await Photo.create(photoOf(3));
  const [user, photo] = await dynamoose.transaction([
    User.transaction.get(KEY), Photo.transaction.get({ pk: photoOf(3).pk, sk: photoOf(3).sk }),
  ]);
  assert.equal(user.followers, 1);
  assert.equal(photo.likes, 97);
  assert.equal(await Photo.get({ pk: photoOf(2).pk, sk: photoOf(2).sk }), undefined);
});

dynamooseTest('it alters a table that is there', async ({ User, client, name }) => {
  await User.create(ALEX);
  const alter = async (more) => {
    const Place = dynamoose.model(`Place-${newName()}`, new dynamoose.Schema({
      pk: { type: String, hashKey: true },
      sk: { type: String, rangeKey: true },
      place: { type: String, index: { name: 'byPlace', type: 'global', rangeKey: 'pk' } },
    }));
    await new dynamoose.Table(name, [Place], { ...OPTIONS, ...more }).initialize();
    return { Place, now: await describe(client, name) };
  };
  const { Place, now } = await alter({
    throughput: { read: 5, write: 6 },
    tableClass: 'infrequentAccess',
    streamOptions: { enabled: true, type: 'NEW_AND_OLD_IMAGES' },
    // DynamoDB Local has no table classes.
    update: ['throughput', 'indexes', 'streams', ...(kind === 'pocketable' ? ['tableClass'] : [])],
  });
  assert.equal(now.ProvisionedThroughput.WriteCapacityUnits, 6);
  assert.deepEqual(now.GlobalSecondaryIndexes.map(({ IndexName }) => IndexName), ['byPlace']);
  if (kind === 'pocketable') {
    assert.equal(now.TableClassSummary.TableClass, 'STANDARD_INFREQUENT_ACCESS');
  }
  assert.deepEqual(now.StreamSpecification,
    { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' });
  await Place.create({ pk: 'p', sk: 's', place: 'here' });
  assert.equal((await Place.query('place').eq('here').using('byPlace').exec()).length, 1);
  const { now: onDemand } = await alter({ update: ['throughput', 'streams'] });
  assert.equal(onDemand.BillingModeSummary.BillingMode, 'PAY_PER_REQUEST');
  assert.equal(onDemand.StreamSpecification, undefined);
}, { throughput: { read: 1, write: 1 } });

dynamooseTest('items that expire, and tags', async ({ User, table, client, name }) => {
  const { TimeToLiveDescription: description } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: name }));
  assert.deepEqual(description, { AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  const tags = async () => {
    const { TableArn } = await describe(client, name);
    const { Tags } = await client.send(new ListTagsOfResourceCommand({ ResourceArn: TableArn }));
    return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
  };
  assert.deepEqual(await tags(), { team: 'photos', 'größe': 'Fünf + 1' });
  await User.create(ALEX);
  const { expiresAt } = await User.get(KEY);
  assert.ok(Math.abs(expiresAt - Date.now() - 3600000) < 60000);
  // One that has expired already is gone within a second or two.
  await User.create({ ...KEY, sk: 'gone', name: 'x', expiresAt: new Date(Date.now() - 5000) });
  for (let polls = 0; await User.get({ ...KEY, sk: 'gone' }) !== undefined; polls += 1) {
    assert.ok(polls < 100, 'it is gone after 10 s');
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
  assert.equal((await User.get(KEY)).name, ALEX.name);
  // The same again changes nothing; other tags are exchanged.
  const { User: other } = models();
  await new dynamoose.Table(name, [other], {
    ...OPTIONS, ...EXPIRY, update: ['ttl', 'tags'], tags: { team: 'other', more: '' },
  }).initialize();
  assert.deepEqual(await tags(), { team: 'other', more: '' });
  assert.equal(table.name, name);
}, {
  ...EXPIRY, tags: { team: 'photos', 'größe': 'Fünf + 1' },
}, { skip: kind !== 'pocketable' && 'DynamoDB Local has no tags' });
