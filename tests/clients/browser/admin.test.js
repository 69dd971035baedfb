'use strict';
// dynamodb-admin in a browser: its pages show tables and items, and its forms make, alter and
// delete them. What a form did is looked up with the SDK.
const assert = require('node:assert/strict');
const { after, before, beforeEach, test } = require('node:test');
const {
  DescribeTableCommand, ListTablesCommand, UpdateTimeToLiveCommand,
} = require('@aws-sdk/client-dynamodb');
const {
  BatchWriteCommand, DynamoDBDocumentClient, GetCommand, ScanCommand,
} = require('@aws-sdk/lib-dynamodb');
const { attributes, kind, makeTable, newClient, schema } = require('../js/support');
const { startAdmin, startBrowser, takePicture } = require('./support');

// A region of its own, so that its list of tables has no others.
const REGION = 'eu-north-1';
const INDEX = {
  AttributeDefinitions: attributes({ pk: 'S', sk: 'S', location: 'S', likes: 'N' }),
  GlobalSecondaryIndexes: [{
    IndexName: 'byLocation',
    KeySchema: schema('location', 'likes'),
    Projection: { ProjectionType: 'ALL' },
  }],
};
const TEST = { timeout: 120000 };

const client = newClient({ region: REGION });
const document = DynamoDBDocumentClient.from(client);
let admin;
let browser;
let page;

before(async () => {
  admin = await startAdmin(REGION);
  browser = await startBrowser();
  page = browser.page;
}, TEST);

after(async () => {
  await browser?.close();
  admin?.stop();
  client.destroy();
});

beforeEach(() => { browser.errors.length = 0; });

const photoOf = (i) => ({
  pk: 'USER#alex', sk: `PHOTO#${String(i).padStart(2, '0')}`, location: i % 2 ? 'oslo' : 'rome',
  likes: i, caption: `Number ${i} 🦊`, tags: new Set(['a', 'b']), more: { list: [1, null, true] },
});

// A table of photos; resolves to its name.
async function photoTable(count) {
  const TableName = await makeTable(client, INDEX);
  for (let first = 0; first < count; first += 25) {
    await document.send(new BatchWriteCommand({
      RequestItems: {
        [TableName]: Array.from({ length: Math.min(25, count - first) },
          (_, i) => ({ PutRequest: { Item: photoOf(first + i) } })),
      },
    }));
  }
  return TableName;
}

// An item as the table has it, whose order of attributes the columns have.
async function anItem(TableName) {
  const { Item } = await document.send(new GetCommand({
    TableName, Key: { pk: photoOf(0).pk, sk: photoOf(0).sk },
  }));
  return Item;
}

const open = (place) => page.goto(`${admin.url}${place}`, { waitUntil: 'load' });
const texts = (selector) => page.$$eval(selector,
  (found) => found.map((element) => element.innerText.trim()));
const count = async (TableName) => (await document.send(
  new ScanCommand({ TableName, Select: 'COUNT', ConsistentRead: true }))).Count;

// Presses what the selector names and waits for the page that this leads to.
async function press(selector) {
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(selector)]);
}

// The column of sort keys, once the rows are there.
async function sortKeys() {
  await page.waitForSelector('#items-container tr');
  return texts('#items-container tr td:nth-child(3)');
}
const quoted = (numbers) => numbers.map((i) => `"PHOTO#${String(i).padStart(2, '0')}"`);
const upTo = (n) => Array.from({ length: n }, (_, i) => i);

async function saveItem(item) {
  await page.evaluate((text) => { window.eval('editor').setValue(text); }, JSON.stringify(item));
  await page.click('#saveButton');
}

// Fills the form for a table with two indexes, as a hand would.
async function fillTableForm() {
  const names = { TableName: 'quick-photos', HashAttributeName: 'pk', RangeAttributeName: 'sk' };
  for (const [name, text] of Object.entries(names)) {
    await page.type(`input[name=${name}]`, text);
  }
  await page.select('select[name=RangeAttributeType]', 'S');
  const indexes = [
    ['byLocation', 'global', 'location', 'likes'], ['byLikes', 'local', 'pk', 'likes'],
  ];
  for (const [i, [name, type, hash, range]] of indexes.entries()) {
    const field = (what) => `[name=secondary-index-${i + 1}-${what}]`;
    await page.click('#new-index');
    await page.type(field('IndexName'), name);
    await page.select(field('IndexType'), type);
    await page.type(field('HashAttributeName'), hash);
    await page.select(field('HashAttributeType'), 'S');
    await page.type(field('RangeAttributeName'), range);
    await page.select(field('RangeAttributeType'), 'N');
  }
}

// This version of dynamodb-admin hands the form's capacity on as texts. DynamoDB Local takes them;
// DynamoDB does not: dynalite's suite, which was run against it, has the words.
test('the form for a table tells what is refused', {
  ...TEST, skip: kind !== 'pocketable' && 'DynamoDB Local takes texts for numbers',
}, async () => {
  await open('/create-table');
  await fillTableForm();
  await page.click('#saveButton');
  await page.waitForSelector('#error-wrapper .alert');
  assert.deepEqual(await texts('#error-wrapper'), ['STRING_VALUE cannot be converted to Long']);
});

test('the form makes a table with its indexes, and the list shows it', TEST, async () => {
  // What the form sends, with numbers for its capacity.
  await open('/create-table');
  await page.evaluate(() => {
    const { fetch } = window;
    window.fetch = (place, options) => fetch(place, {
      ...options, body: options.body.replace(/("(?:Read|Write)CapacityUnits":)"(\d+)"/g, '$1$2'),
    });
  });
  await fillTableForm();
  await press('#saveButton');
  assert.deepEqual(await texts('#table-list li > a:first-child'), ['quick-photos']);
  await takePicture(page, 'tables');
  const { Table } = await client.send(new DescribeTableCommand({ TableName: 'quick-photos' }));
  assert.deepEqual(Table.KeySchema, schema('pk', 'sk'));
  assert.deepEqual(Table.GlobalSecondaryIndexes[0].KeySchema, schema('location', 'likes'));
  assert.deepEqual(Table.LocalSecondaryIndexes[0].KeySchema, schema('pk', 'likes'));
  assert.equal(Table.ProvisionedThroughput.ReadCapacityUnits, 3);
  await page.type('#filter-input', 'nothing has this name');
  assert.equal(await page.$eval('#table-list li', (element) => element.offsetHeight), 0);
  assert.deepEqual(browser.errors, []);
  await open('/tables/quick-photos/meta');
  await press('#deleteTable');
  assert.deepEqual(await texts('#table-list li'), []);
  assert.deepEqual((await client.send(new ListTablesCommand({}))).TableNames, []);
});

test('rows show the items, page after page', TEST, async () => {
  const TableName = await photoTable(60);
  await open('/');
  await press('#table-list li a');
  assert.deepEqual(await sortKeys(), quoted(upTo(25)));
  const columns = Object.keys(await anItem(TableName)).filter((name) => !/^[ps]k$/.test(name));
  assert.deepEqual(await texts('#actions-row th'), ['Actions', 'pk', 'sk', ...columns]);
  assert.match((await texts('#items-container tr'))[7], /"Number 7 🦊"/);
  await takePicture(page, 'items');
  await press('.page-link-next');
  assert.deepEqual(await sortKeys(), quoted(upTo(50).slice(25)));
  await press('.page-link-next');
  assert.deepEqual(await sortKeys(), quoted(upTo(60).slice(50)));
  assert.deepEqual(browser.errors, []);
});

test('an index is queried, and a scan filtered', TEST, async () => {
  const TableName = await photoTable(20);
  await open(`/tables/${TableName}`);
  assert.deepEqual((await texts('select[name=queryableSelection] option')).map(
    (text) => text.replace(/\s+/g, ' ')), [`[Table] ${TableName}`,
    '[Index] byLocation: location, likes']);
  await page.select('select[name=queryableSelection]', 'byLocation');
  await page.select('select[name=operationType]', 'query');
  const row = (name) => page.evaluateHandle((key) => [...document.querySelectorAll(
    '#filters-table tr')].find((tr) => tr.querySelector('.filter-row-key').value === key), name);
  await (await (await row('location')).$('.filter-row-value')).type('oslo');
  const likes = await row('likes');
  await (await likes.$('.filter-row-type')).select('N');
  await (await likes.$('.filter-row-operator')).select('>=');
  await (await likes.$('.filter-row-value')).type('12');
  await press('form button[type=submit]');
  assert.deepEqual(await sortKeys(), quoted([13, 15, 17, 19]));
  await takePicture(page, 'index');
  await open(`/tables/${TableName}`);
  await page.type('.filter-row-key', 'sk');
  await page.select('.filter-row-operator', 'begins_with');
  await page.type('.filter-row-value', 'PHOTO#0');
  await press('form button[type=submit]');
  assert.deepEqual(await sortKeys(), quoted(upTo(10)));
  assert.deepEqual(browser.errors, []);
});

test('an item is made, altered and deleted', TEST, async () => {
  const TableName = await photoTable(0);
  const key = { pk: 'USER#bo', sk: 'Größe 🦊' };
  const stored = async () => (await document.send(
    new GetCommand({ TableName, Key: key, ConsistentRead: true }))).Item;
  await open(`/tables/${TableName}/add-item`);
  const item = { ...key, likes: 1.5, location: 'rome', more: { deep: [1, 'x', null] } };
  await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), saveItem(item)]);
  assert.deepEqual(await stored(), item);
  const shown = await page.evaluate(() => window.eval('editor').getValue());
  assert.deepEqual(JSON.parse(shown), item);
  await takePicture(page, 'item');
  await saveItem({ ...item, likes: 2, extra: true });
  await page.waitForSelector('#saveButton.btn-success');
  assert.deepEqual(await stored(), { ...item, likes: 2, extra: true });
  assert.deepEqual(browser.errors, []);
  // What is refused is told in the words of the answer.
  await saveItem({ ...item, location: 7 });
  await page.waitForSelector('#error-wrapper .alert');
  assert.match((await texts('#error-wrapper'))[0], /Type mismatch for Index Key/);
  browser.errors.length = 0;
  await press('button.btn-danger');
  assert.equal(await stored(), undefined);
  assert.deepEqual(browser.errors, []);
});

test('an item is found by its key, and the description shown', TEST, async () => {
  const TableName = await photoTable(3);
  await open(`/tables/${TableName}/get`);
  await page.type('input[name=hash]', photoOf(2).pk);
  await page.type('input[name=range]', photoOf(2).sk);
  await press('button[type=submit]');
  const shown = JSON.parse(await page.evaluate(() => window.eval('editor').getValue()));
  assert.equal(shown.caption, photoOf(2).caption);
  await open(`/tables/${TableName}/meta`);
  const table = JSON.parse(await page.evaluate(() => window.eval('editor').getValue()));
  assert.deepEqual([table.TableName, table.TableStatus, table.GlobalSecondaryIndexes[0].IndexName],
    [TableName, 'ACTIVE', 'byLocation']);
  await takePicture(page, 'description');
  assert.deepEqual(browser.errors, []);
});

test('the time to live is shown', TEST, async () => {
  const TableName = await photoTable(0);
  await open(`/tables/${TableName}/ttl`);
  assert.deepEqual(await texts('main td'), ['DISABLED', '—']);
  await client.send(new UpdateTimeToLiveCommand({
    TableName, TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
  }));
  await open(`/tables/${TableName}/ttl`);
  assert.deepEqual(await texts('main td'), ['ENABLED', 'expiresAt']);
  assert.deepEqual(browser.errors, []);
});

test('a table is emptied and deleted', TEST, async () => {
  const TableName = await photoTable(60);
  await open(`/tables/${TableName}/meta`);
  await press('#purgeTable');
  await page.waitForSelector('.no-results:not(.d-none)');
  assert.equal(await count(TableName), 0);
  await open('/');
  const names = () => texts('#table-list li > a:first-child');
  assert.ok((await names()).includes(TableName));
  await press(`#table-list li[data-table-name="${TableName}"] .badge-danger`);
  assert.ok(!(await names()).includes(TableName));
  assert.deepEqual(browser.errors, []);
});
