'use strict';
// Time to live, tags and resource policies through the AWS SDK for JavaScript.
const assert = require('node:assert/strict');
const {
  DeleteResourcePolicyCommand, DescribeTableCommand, DescribeTimeToLiveCommand,
  GetResourcePolicyCommand, ListTagsOfResourceCommand, PolicyNotFoundException,
  PutResourcePolicyCommand, TagResourceCommand, UntagResourceCommand, UpdateTimeToLiveCommand,
} = require('@aws-sdk/client-dynamodb');
const { kind, tableTest } = require('./support');

// DynamoDB Local has neither tags nor policies.
const ourTest = kind === 'dynamodb-local' ? () => {} : tableTest;

async function arnOf(client, name) {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: name }));
  return Table.TableArn;
}

tableTest('time to live is turned on', async (client, TableName) => {
  const TimeToLiveSpecification = { Enabled: true, AttributeName: 'expires' };
  const update = new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification });
  const updated = await client.send(update);
  assert.deepEqual(updated.TimeToLiveSpecification, TimeToLiveSpecification);
  const { TimeToLiveDescription } = await client.send(new DescribeTimeToLiveCommand({ TableName }));
  assert.deepEqual(TimeToLiveDescription,
    { TimeToLiveStatus: 'ENABLED', AttributeName: 'expires' });
  await assert.rejects(client.send(update),
    { name: 'ValidationException', message: 'TimeToLive is already enabled' });
});

ourTest('tags are put and removed', async (client, name) => {
  const ResourceArn = await arnOf(client, name);
  const Tags = [{ Key: 'owner', Value: 'ä b' }, { Key: 'empty', Value: '' }];
  await client.send(new TagResourceCommand({ ResourceArn, Tags }));
  await client.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['empty', 'unknown'] }));
  const listed = await client.send(new ListTagsOfResourceCommand({ ResourceArn }));
  assert.deepEqual(listed.Tags, [{ Key: 'owner', Value: 'ä b' }]);
  assert.equal(listed.NextToken, undefined);
});

ourTest('policies have revisions', async (client, name) => {
  const ResourceArn = await arnOf(client, name);
  const get = new GetResourcePolicyCommand({ ResourceArn });
  const isMissing = (error) => error instanceof PolicyNotFoundException;
  const policy = {
    Version: '2012-10-17',
    Statement: [{
      Sid: 'one',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::123456789012:root' },
      Action: 'dynamodb:GetItem',
      Resource: ResourceArn,
    }],
  };
  const put = new PutResourcePolicyCommand({
    ResourceArn, Policy: JSON.stringify(policy, null, 2), ExpectedRevisionId: 'NO_POLICY',
  });
  await assert.rejects(client.send(get), isMissing);
  const { RevisionId } = await client.send(put);
  const shown = await client.send(get);
  assert.equal(shown.RevisionId, RevisionId);
  assert.equal(shown.Policy, JSON.stringify(policy));
  await assert.rejects(client.send(put), isMissing);
  const gone = new DeleteResourcePolicyCommand({ ResourceArn, ExpectedRevisionId: RevisionId });
  assert.equal((await client.send(gone)).RevisionId, RevisionId);
  await assert.rejects(client.send(get), isMissing);
});
