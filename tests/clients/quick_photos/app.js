'use strict';
// Quick Photos with the AWS SDK for JavaScript: one table, ten access patterns, every answer
// checked.
//
//     app.js ITEMS.jsonl [--lab]
//
// The endpoint is POCKETABLE_ENDPOINT. The application keeps a copy of the table in a map, and
// holds each answer against it. --lab says that the items are those of AWS's lab "Design a Database
// for a Mobile App with Amazon DynamoDB", some of whose answers are known. app.py is the same
// application for boto3.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const {
  ConditionalCheckFailedException, CreateTableCommand, DeleteTableCommand, DescribeTableCommand,
  DynamoDBClient, ListTablesCommand, TransactionCanceledException, UpdateTableCommand,
  waitUntilTableExists, waitUntilTableNotExists,
} = require('@aws-sdk/client-dynamodb');
const {
  BatchGetCommand, BatchWriteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand,
  TransactWriteCommand, UpdateCommand, paginateScan,
} = require('@aws-sdk/lib-dynamodb');
const { unmarshall } = require('@aws-sdk/util-dynamodb');

const TableName = 'quick-photos';
const IndexName = 'InvertedIndex';
const ProvisionedThroughput = { ReadCapacityUnits: 10, WriteCapacityUnits: 10 };
const AttributeDefinitions = [
  { AttributeName: 'PK', AttributeType: 'S' },
  { AttributeName: 'SK', AttributeType: 'S' },
];
const WAIT = { maxWaitTime: 60, minDelay: 1, maxDelay: 1 };
const INDEX_LIMIT_MS = 60000;
const NEWCOMER = 'zora.newcomer';
const NOW = '2030-01-01T12:00:00';
// The lab's answers: the user and photos, the photo and reactions, those whom the user follows.
const LAB = {
  user: ['jacksonjason', 16], photo: ['PHOTO#david25#2019-03-02T09:11:30', 6],
  follower: ['haroldwatkins', 10],
};

const keyOf = ({ PK, SK }) => ({ PK, SK });
const userKey = (name) => ({ PK: `USER#${name}`, SK: `#METADATA#${name}` });
const byBytes = (a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b));

// What the table must hold.
class Copy {
  constructor(items) {
    this.items = new Map();
    items.forEach((item) => this.put(item));
  }

  put(item) {
    this.items.set(JSON.stringify([item.PK, item.SK]), item);
  }

  get({ PK, SK }) {
    return this.items.get(JSON.stringify([PK, SK]));
  }

  // The items with one key's value and the other between two, in the order of its bytes.
  query(name, value, rangeName, first, last) {
    return [...this.items.values()]
      .filter((item) => item[name] === value && byBytes(item[rangeName], first) >= 0 &&
        byBytes(item[rangeName], last) <= 0)
      .sort((a, b) => byBytes(a[rangeName], b[rangeName]));
  }

  count(name, value, rangeName, prefix) {
    return this.query(name, value, rangeName, prefix, `${prefix}\u{10ffff}`).length;
  }

  users() {
    return [...this.items.values()].filter((item) => item.SK.startsWith('#METADATA#'))
      .map((item) => item.username).sort();
  }
}

// The item of a list for which the numbers are largest, the first number counting most.
function best(list, numbers) {
  return list.map((item) => ({ item, rank: numbers(item) })).reduce((a, b) => {
    const at = a.rank.findIndex((number, i) => number !== b.rank[i]);
    return at >= 0 && a.rank[at] < b.rank[at] ? b : a;
  }).item;
}

// The application, and the copy that its answers are held against.
class QuickPhotos {
  constructor(items, isLab) {
    this.isLab = isLab;
    this.copy = new Copy(items);
    this.client = new DynamoDBClient({ endpoint: process.env.POCKETABLE_ENDPOINT, maxAttempts: 1 });
    this.document = DynamoDBDocumentClient.from(this.client);
    this.hasTable = false;
    this.cast();
  }

  // Who takes part: the star has the most photos, the fan follows the most others.
  cast() {
    const users = this.copy.users();
    const pairs = users.flatMap((star) => users
      .filter((fan) => fan !== star &&
        !this.copy.get({ PK: `USER#${star}`, SK: `#FRIEND#${fan}` }))
      .map((fan) => [star, fan]));
    [this.star, this.fan] = best(pairs, ([star, fan]) => [
      this.copy.count('PK', `USER#${star}`, 'SK', 'PHOTO#'),
      this.copy.count('SK', `#FRIEND#${fan}`, 'PK', 'USER#'),
    ]);
    const photos = [...this.copy.items.values()].filter(
      (item) => item.PK.startsWith('USER#') && item.SK.startsWith('PHOTO#'));
    this.favourite = best(photos, (photo) => [
      this.copy.count('SK', photo.SK, 'PK', 'REACTION#'),
    ]);
  }

  async get(key) {
    const { Item } = await this.document.send(
      new GetCommand({ TableName, Key: key, ConsistentRead: true }));
    return Item;
  }

  async query(condition, values, more = {}) {
    const { Items, LastEvaluatedKey } = await this.document.send(new QueryCommand({
      TableName,
      KeyConditionExpression: condition,
      ExpressionAttributeValues: values,
      ...more,
    }));
    assert.equal(LastEvaluatedKey, undefined);
    return Items;
  }

  // ---- the table ----

  async createTable() {
    await this.client.send(new CreateTableCommand({
      TableName,
      ProvisionedThroughput,
      AttributeDefinitions,
      KeySchema: [
        { AttributeName: 'PK', KeyType: 'HASH' }, { AttributeName: 'SK', KeyType: 'RANGE' },
      ],
    }));
    this.hasTable = true;
    await waitUntilTableExists({ client: this.client, ...WAIT }, { TableName });
    return 0;
  }

  async load() {
    const items = [...this.copy.items.values()];
    for (let i = 0; i < items.length; i += 25) {
      let requests = {
        [TableName]: items.slice(i, i + 25).map((Item) => ({ PutRequest: { Item } })),
      };
      for (let tries = 0; Object.keys(requests).length > 0; tries += 1) {
        assert.ok(tries < 10, 'a batch is processed in ten requests');
        const answer = await this.document.send(new BatchWriteCommand({ RequestItems: requests }));
        requests = answer.UnprocessedItems;
      }
    }
    return items.length;
  }

  async addIndex() {
    await this.client.send(new UpdateTableCommand({
      TableName,
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{
        Create: {
          IndexName,
          ProvisionedThroughput,
          KeySchema: [
            { AttributeName: 'SK', KeyType: 'HASH' }, { AttributeName: 'PK', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      }],
    }));
    const giveUpAt = Date.now() + INDEX_LIMIT_MS;
    for (;;) {
      const { Table } = await this.client.send(new DescribeTableCommand({ TableName }));
      if (Table.TableStatus === 'ACTIVE' &&
        Table.GlobalSecondaryIndexes[0].IndexStatus === 'ACTIVE') {
        break;
      }
      assert.ok(Date.now() < giveUpAt, `${IndexName} is ACTIVE in ${INDEX_LIMIT_MS} ms`);
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
    return this.scan({ IndexName });
  }

  // Reads everything, and finds exactly what must be there.
  async scan(more = {}) {
    const found = [];
    for await (const page of paginateScan({ client: this.document }, { TableName, ...more })) {
      found.push(...page.Items);
    }
    assert.equal(found.length, this.copy.items.size);
    found.forEach((item) => assert.deepEqual(item, this.copy.get(item)));
    return found.length;
  }

  // The three counts that the lab tells.
  async labAnswers() {
    const found = [
      await this.userAndPhotos(LAB.user[0]), await this.photoAndReactions(LAB.photo[0]),
      await this.followed(LAB.follower[0]),
    ].map((items) => items.length);
    assert.deepEqual(found, [LAB.user[1], LAB.photo[1], LAB.follower[1]]);
    return found.reduce((a, b) => a + b);
  }

  async deleteTable() {
    await this.client.send(new DeleteTableCommand({ TableName }));
    this.hasTable = false;
    await waitUntilTableNotExists({ client: this.client, ...WAIT }, { TableName });
    const { TableNames } = await this.client.send(new ListTablesCommand({}));
    assert.ok(!TableNames.includes(TableName));
    return 0;
  }

  // ---- the patterns ----

  async createProfile() {
    const Item = {
      ...userKey(NEWCOMER), username: NEWCOMER, name: 'Zora Newcomer', email: 'zora@example.com',
      birthdate: '1999-12-31', address: '1 New Street', status: 'I can see my house from here',
      interests: ['cameras'], followers: 0, following: 0,
    };
    const create = new PutCommand({
      TableName, Item, ConditionExpression: 'attribute_not_exists(PK)',
    });
    await this.document.send(create);
    await assert.rejects(this.document.send(create), ConditionalCheckFailedException);
    this.copy.put(Item);
    return 1;
  }

  async updateProfile() {
    const { Attributes } = await this.document.send(new UpdateCommand({
      TableName,
      Key: userKey(NEWCOMER),
      UpdateExpression: 'SET #s = :s, interests = list_append(interests, :i)',
      ConditionExpression: 'attribute_exists(PK)',
      ExpressionAttributeNames: { '#s': 'status' },
      ExpressionAttributeValues: { ':s': 'Hello 🌍', ':i': ['tripods'] },
      ReturnValues: 'ALL_NEW',
    }));
    const item = this.copy.get(userKey(NEWCOMER));
    Object.assign(item, { status: 'Hello 🌍', interests: ['cameras', 'tripods'] });
    assert.deepEqual(Attributes, item);
    return 1;
  }

  async getProfile() {
    for (const name of [NEWCOMER, this.star]) {
      assert.deepEqual(await this.get(userKey(name)), this.copy.get(userKey(name)));
    }
    assert.equal(await this.get(userKey('nobody')), undefined);
    return 1;
  }

  async uploadPhoto() {
    const Item = {
      PK: `USER#${this.star}`, SK: `PHOTO#${this.star}#${NOW}`, username: this.star,
      timestamp: NOW, location: 'São Vento',
      reactions: { '+1': 0, smiley: 0, sunglasses: 0, heart: 0 },
    };
    await this.document.send(new PutCommand({ TableName, Item }));
    this.copy.put(Item);
    return 1;
  }

  async userAndPhotos(name) {
    const found = await this.query('PK = :pk AND SK BETWEEN :metadata AND :photos', {
      ':pk': `USER#${name}`, ':metadata': `#METADATA#${name}`, ':photos': 'PHOTO$',
    });
    assert.deepEqual(found,
      this.copy.query('PK', `USER#${name}`, 'SK', `#METADATA#${name}`, 'PHOTO$'));
    return found;
  }

  async viewRecentPhotos() {
    const found = await this.userAndPhotos(this.star);
    assert.equal(found[0].SK, `#METADATA#${this.star}`, 'the user comes first');
    assert.equal(found[found.length - 1].timestamp, NOW, 'the newest photo comes last');
    return found.length;
  }

  // The transaction, and again: then it is cancelled with the item that is there, and nothing
  // changes.
  async transact(actions) {
    await this.document.send(new TransactWriteCommand({ TransactItems: actions }));
    const touched = () => Promise.all(actions.map(
      ({ Put, Update }) => this.get(Put ? keyOf(Put.Item) : Update.Key)));
    const before = await touched();
    const again = this.document.send(new TransactWriteCommand({ TransactItems: actions }));
    await assert.rejects(again, (error) => {
      assert.ok(error instanceof TransactionCanceledException);
      assert.deepEqual(error.CancellationReasons.map((reason) => reason.Code),
        ['ConditionalCheckFailed', ...actions.slice(1).map(() => 'None')]);
      assert.deepEqual(unmarshall(error.CancellationReasons[0].Item), actions[0].Put.Item);
      return true;
    });
    assert.deepEqual(await touched(), before);
    this.copy.put(actions[0].Put.Item);
    return actions.length;
  }

  // The Put of a relation that is not there yet.
  static putOnce(Item) {
    return {
      Put: {
        TableName,
        Item,
        ConditionExpression: 'attribute_not_exists(SK)',
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  // The Update of a counter.
  static countUp(Key, path, names) {
    return {
      Update: {
        TableName,
        Key,
        UpdateExpression: `SET ${path} = ${path} + :i`,
        ExpressionAttributeNames: names,
        ExpressionAttributeValues: { ':i': 1 },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      },
    };
  }

  async reactToPhoto() {
    const photo = this.favourite;
    const reaction = {
      PK: `REACTION#${NEWCOMER}#sunglasses`, SK: photo.SK, reactingUser: NEWCOMER, photo: photo.SK,
      reactionType: 'sunglasses', timestamp: NOW,
    };
    const count = await this.transact([
      QuickPhotos.putOnce(reaction),
      QuickPhotos.countUp(keyOf(photo), 'reactions.#t', { '#t': 'sunglasses' }),
    ]);
    photo.reactions.sunglasses += 1;
    assert.deepEqual(await this.get(keyOf(photo)), photo, 'one reaction is counted, once');
    return count;
  }

  async photoAndReactions(photoKey) {
    const found = await this.query('SK = :sk AND PK BETWEEN :reactions AND :user', {
      ':sk': photoKey, ':reactions': 'REACTION#', ':user': 'USER$',
    }, { IndexName });
    assert.deepEqual(found, this.copy.query('SK', photoKey, 'PK', 'REACTION#', 'USER$'));
    return found;
  }

  async viewPhotoAndReactions() {
    const found = await this.photoAndReactions(this.favourite.SK);
    assert.deepEqual(found[found.length - 1], this.favourite, 'the photo comes last');
    assert.ok(found.some((item) => item.reactingUser === NEWCOMER));
    return found.length;
  }

  async followUser() {
    const [star, fan] = [userKey(this.star), userKey(this.fan)];
    const count = await this.transact([
      QuickPhotos.putOnce({
        PK: star.PK, SK: `#FRIEND#${this.fan}`, followedUser: this.star, followingUser: this.fan,
        timestamp: NOW,
      }),
      QuickPhotos.countUp(star, 'followers'),
      QuickPhotos.countUp(fan, 'following'),
    ]);
    this.copy.get(star).followers += 1;
    this.copy.get(fan).following += 1;
    for (const key of [star, fan]) {
      assert.deepEqual(await this.get(key), this.copy.get(key), 'it is counted once');
    }
    return count;
  }

  async viewFollowers() {
    const found = await this.query('PK = :pk AND begins_with(SK, :friend)',
      { ':pk': `USER#${this.star}`, ':friend': '#FRIEND#' });
    assert.deepEqual(found,
      this.copy.query('PK', `USER#${this.star}`, 'SK', '#FRIEND#', '#FRIEND$'));
    assert.ok(found.some((item) => item.followingUser === this.fan));
    return found.length;
  }

  // The friendships, and from a batch the users whom they name.
  async followed(name) {
    const found = await this.query('SK = :sk', { ':sk': `#FRIEND#${name}` }, { IndexName });
    assert.deepEqual(found, this.copy.query('SK', `#FRIEND#${name}`, 'PK', 'USER#', 'USER$'));
    const keys = found.map((item) => userKey(item.followedUser));
    const { Responses, UnprocessedKeys } = await this.document.send(
      new BatchGetCommand({ RequestItems: { [TableName]: { Keys: keys } } }));
    assert.deepEqual(UnprocessedKeys, {});
    const byName = (a, b) => byBytes(a.username, b.username);
    assert.deepEqual(Responses[TableName].sort(byName),
      keys.map((key) => this.copy.get(key)).sort(byName));
    return found;
  }

  async viewFollowed() {
    const found = await this.followed(this.fan);
    assert.ok(found.some((item) => item.followedUser === this.star));
    return found.length;
  }

  // Number, what is done, how, and the step; numbers are those of the ten patterns. A step returns
  // how many items it read or wrote.
  steps() {
    const lab = ['', "the lab's known answers", 'Query, Query, Query', () => this.labAnswers()];
    return [
      ['', 'create the table', 'CreateTable', () => this.createTable()],
      ['', 'load the data', 'BatchWriteItem', () => this.load()],
      ['', 'add the index', 'UpdateTable', () => this.addIndex()],
      ...(this.isLab ? [lab] : []),
      [1, 'create user profile', 'PutItem', () => this.createProfile()],
      [2, 'update user profile', 'UpdateItem', () => this.updateProfile()],
      [3, 'get user profile', 'GetItem', () => this.getProfile()],
      [4, 'upload photo for user', 'PutItem', () => this.uploadPhoto()],
      [5, 'view recent photos for user', 'Query', () => this.viewRecentPhotos()],
      [6, 'react to a photo', 'TransactWriteItems', () => this.reactToPhoto()],
      [7, 'view photo and reactions', `Query ${IndexName}`, () => this.viewPhotoAndReactions()],
      [8, 'follow user', 'TransactWriteItems', () => this.followUser()],
      [9, 'view followers for user', 'Query', () => this.viewFollowers()],
      [10, 'view followed for user', `Query ${IndexName}, BatchGetItem`, () => this.viewFollowed()],
      ['', 'read it all', 'Scan', () => this.scan()],
      ['', 'delete the table', 'DeleteTable', () => this.deleteTable()],
    ];
  }
}

function printRow(number, title, request, items, time) {
  console.log([String(number).padStart(2), title.padEnd(28), request.padEnd(34),
    String(items).padStart(5), time.padStart(7)].join('  '));
}

async function main(path, ...flags) {
  const lines = fs.readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
  const app = new QuickPhotos(lines.map((line) => JSON.parse(line)), flags.includes('--lab'));
  printRow('', 'access pattern', 'request', 'items', 'ms');
  try {
    for (const [number, title, request, step] of app.steps()) {
      const startedAt = performance.now();
      const count = await step();
      printRow(number, title, request, count, (performance.now() - startedAt).toFixed(1));
    }
  } catch (error) {
    // A table that was there before is not this application's to delete.
    if (app.hasTable) {
      await app.client.send(new DeleteTableCommand({ TableName })).catch(() => {});
    }
    throw error;
  }
  app.client.destroy();
}

main(...process.argv.slice(2)).catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
