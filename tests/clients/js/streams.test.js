'use strict';
// Streams through the AWS SDK's own client for them.
const assert = require('node:assert/strict');
const {
  DeleteItemCommand, DescribeTableCommand, PutItemCommand, UpdateTableCommand,
} = require('@aws-sdk/client-dynamodb');
const {
  DescribeStreamCommand, DynamoDBStreamsClient, GetRecordsCommand, GetShardIteratorCommand,
  ListStreamsCommand, ResourceNotFoundException,
} = require('@aws-sdk/client-dynamodb-streams');
const { endpoint, tableTest } = require('./support');

const on = (StreamViewType) => ({
  changes: { StreamSpecification: { StreamEnabled: true, StreamViewType } },
});
const key = (pk) => ({ pk: { S: pk }, sk: { S: 's' } });

function newStreamsClient() {
  return new DynamoDBStreamsClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'AKIDPOCKETABLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
  });
}

// A test of a table with a stream: body(streams, client, table name, ARN).
function streamTest(title, viewType, body) {
  tableTest(title, async (client, TableName) => {
    const streams = newStreamsClient();
    const { Table } = await client.send(new DescribeTableCommand({ TableName }));
    try {
      await body(streams, client, TableName, Table.LatestStreamArn);
    } finally {
      streams.destroy();
    }
  }, on(viewType));
}

async function readAll(streams, StreamArn) {
  const records = [];
  const { StreamDescription } = await streams.send(new DescribeStreamCommand({ StreamArn }));
  for (const { ShardId } of StreamDescription.Shards) {
    let { ShardIterator } = await streams.send(new GetShardIteratorCommand({
      StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON',
    }));
    for (let count = 1; count > 0 && ShardIterator !== undefined;) {
      const page = await streams.send(new GetRecordsCommand({ ShardIterator, Limit: 2 }));
      records.push(...page.Records);
      count = page.Records.length;
      ShardIterator = page.NextShardIterator;
    }
  }
  return records.sort(
    (a, b) => (a.dynamodb.SequenceNumber < b.dynamodb.SequenceNumber ? -1 : 1));
}

streamTest('records are what was done', 'NEW_AND_OLD_IMAGES',
  async (streams, client, TableName, arn) => {
    await client.send(new PutItemCommand({ TableName, Item: { ...key('a'), n: { N: '1' } } }));
    await client.send(new PutItemCommand({ TableName, Item: { ...key('a'), n: { N: '2' } } }));
    await client.send(new DeleteItemCommand({ TableName, Key: key('a') }));
    const records = await readAll(streams, arn);
    assert.deepEqual(records.map((record) => record.eventName), ['INSERT', 'MODIFY', 'REMOVE']);
    const [, { dynamodb, eventVersion, eventSource }] = records;
    assert.equal(eventVersion, '1.1');
    assert.equal(eventSource, 'aws:dynamodb');
    assert.deepEqual(dynamodb.Keys, key('a'));
    assert.deepEqual(dynamodb.OldImage, { ...key('a'), n: { N: '1' } });
    assert.deepEqual(dynamodb.NewImage, { ...key('a'), n: { N: '2' } });
    // The SDK makes a Date of the seconds; a minute is what an older service rounded to.
    const age = Date.now() - dynamodb.ApproximateCreationDateTime.getTime();
    assert.ok(Math.abs(age) < 90000);
  });

streamTest('streams are listed, and stay when they are turned off', 'KEYS_ONLY',
  async (streams, client, TableName, arn) => {
    await client.send(new PutItemCommand({ TableName, Item: key('a') }));
    await client.send(new UpdateTableCommand({
      TableName, StreamSpecification: { StreamEnabled: false },
    }));
    const { Streams } = await streams.send(new ListStreamsCommand({ TableName }));
    assert.deepEqual(Streams.map((stream) => stream.StreamArn), [arn]);
    const { StreamDescription } = await streams.send(
      new DescribeStreamCommand({ StreamArn: arn }));
    assert.equal(StreamDescription.StreamStatus, 'DISABLED');
    const [record] = await readAll(streams, arn);
    assert.equal(record.dynamodb.NewImage, undefined);
    assert.deepEqual(record.dynamodb.Keys, key('a'));
  });

streamTest('an unknown stream is refused', 'KEYS_ONLY', async (streams, client, name, arn) => {
  const StreamArn = `${arn.slice(0, -23)}2015-05-20T20:51:10.252`;
  await assert.rejects(streams.send(new DescribeStreamCommand({ StreamArn })), (error) => {
    assert.ok(error instanceof ResourceNotFoundException);
    assert.equal(error.$metadata.httpStatusCode, 400);
    return true;
  });
});
