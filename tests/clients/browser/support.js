'use strict';
// What the tests in a browser share: dynamodb-admin as its own process, and headless Chromium.
// POCKETABLE_CHROMIUM names the program. POCKETABLE_SCREENSHOTS may name a folder, which then gets
// a picture of each page that a test asks for.
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const puppeteer = require('puppeteer-core');
const { endpoint } = require('../js/support');

const START_LIMIT_MS = 30000;
const FLAGS = [
  '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
  '--no-proxy-server',
];

// Starts dynamodb-admin for the endpoint in a region; resolves to { url, stop() }.
function startAdmin(region) {
  const program = path.join(path.dirname(require.resolve('dynamodb-admin')), 'dynamodb-admin.js');
  const child = spawn(process.execPath,
    [program, '--host', '127.0.0.1', '--port', '0', '--dynamo-endpoint', endpoint],
    { env: { ...process.env, AWS_REGION: region }, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => { child.kill(); };
  process.once('exit', stop);
  return new Promise((resolve, reject) => {
    let said = '';
    const fail = (why) => { reject(new Error(`dynamodb-admin ${why}: ${said}`)); };
    const timer = setTimeout(fail, START_LIMIT_MS, 'did not start');
    const read = (text) => {
      said += text;
      const place = /listening on (http:\/\/127\.0\.0\.1:[0-9]+)/.exec(said);
      if (place !== null) {
        clearTimeout(timer);
        resolve({ url: place[1], stop });
      }
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended');
    });
  });
}

// Starts Chromium with an empty profile; resolves to { page, errors, close() }. errors collects
// what goes wrong in the page.
async function startBrowser() {
  const userDataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'pocketable-browser-'));
  // It ends when the pipe to it does, even if this process is killed.
  const browser = await puppeteer.launch({
    executablePath: process.env.POCKETABLE_CHROMIUM, args: FLAGS, pipe: true, userDataDir,
    defaultViewport: { width: 1280, height: 800 },
  });
  const page = await browser.newPage();
  page.setDefaultTimeout(START_LIMIT_MS);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('response', (response) => {
    if (response.status() >= 400 && !response.url().endsWith('/favicon.ico')) {
      errors.push(`${response.status()} of ${response.url()}`);
    }
  });
  page.on('dialog', (dialog) => dialog.accept());
  const close = async () => {
    await browser.close();
    fs.rmSync(userDataDir, { recursive: true, force: true });
  };
  return { page, errors, close };
}

async function takePicture(page, name) {
  const folder = process.env.POCKETABLE_SCREENSHOTS;
  if (folder !== undefined) {
    fs.mkdirSync(folder, { recursive: true });
    await page.screenshot({ path: path.join(folder, `${name}.png`) });
  }
}

module.exports = { startAdmin, startBrowser, takePicture };
