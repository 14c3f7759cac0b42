// The example's back end as a child process, on a free port of 127.0.0.1.
'use strict';

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const readline = require('node:readline');

const BINARY_VARIABLE = 'WX_SUBSCRIBE_BACKEND';
const START_TIMEOUT_MS = 10000;

function binary() {
  const file = process.env[BINARY_VARIABLE];
  if (!file) {
    throw new Error(
      `${BINARY_VARIABLE} must name the built wx-subscribe-backend: run \`cargo xtask test\`, or build it ` +
        'with `cargo build --target host-tuple -p wx-subscribe-backend` and set the variable to its path',
    );
  }
  if (!fs.existsSync(file))
    throw new Error(`${BINARY_VARIABLE} names ${file}, which is not there: build it first`);
  return file;
}

/** Starts a process and resolves with it and its address once it listens. */
function listening(database, port) {
  const options = ['--port', String(port), '--database', database, '--trust-open-id'];
  const child = spawn(binary(), options, {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  child.once('close', () => process.removeListener('exit', orphan));
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    complaints += text;
  });

  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`the back end ${reason}\n${complaints}`));
    };
    const timer = setTimeout(() => fail('did not start listening in time'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    child.once('exit', (code) => fail(`ended with ${code} before it listened`));
    readline.createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /^listening on (http:\/\/127\.0\.0\.1:(\d+))$/.exec(line);
      if (!found) return;
      clearTimeout(timer);
      child.removeAllListeners('exit');
      resolve({ child, url: found[1], port: Number(found[2]) });
    });
  });
}

/** The data of a user at the back end at `url`. */
async function subscriptions(url, openId) {
  const response = await fetch(`${url}/subscriptions?openId=${encodeURIComponent(openId)}`);
  if (!response.ok)
    throw new Error(`GET /subscriptions answered ${response.status}: ${await response.text()}`);
  return (await response.json()).data;
}

/**
 * Starts a back end on a database of its own.
 *
 * `stop` ends the process and keeps the database, so that `start` continues
 * with it at the same address; `stop('SIGKILL')` kills it at once. `remove`
 * deletes everything.
 */
async function startBackend() {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'wx-subscribe-backend-'));
  const database = path.join(folder, 'subscriptions.sqlite3');
  let running = await listening(database, 0);
  const { url, port } = running;

  async function stop(signal = 'SIGTERM') {
    if (!running) return;
    const { child } = running;
    running = null;
    const ended = new Promise((resolve) => {
      child.once('exit', resolve);
    });
    child.kill(signal);
    await ended;
  }

  return {
    url,
    stop,
    async start() {
      if (!running) running = await listening(database, port);
    },
    async remove() {
      await stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
    subscriptions: (openId) => subscriptions(url, openId),
  };
}

exports.startBackend = startBackend;
