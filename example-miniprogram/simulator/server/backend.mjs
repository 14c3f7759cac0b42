// The example's back end as a child process, which sends its messages to the
// simulated WeChat.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 10_000;

/** How long it may take to exit before it is killed. */
const END_TIMEOUT_MS = 3_000;

/**
 * Starts the program on a free port and resolves once it listens.
 *
 * @param {object} options
 * @param {string} options.program the built wx-subscribe-backend
 * @param {string} options.database its SQLite file
 * @param {string} options.wechatApi where it finds WeChat
 * @param {{ appid: string, secret: string }} options.account what it signs in to WeChat with
 */
export function startBackend({ program, database, wechatApi, account }) {
  const options = [
    '--port',
    '0',
    '--database',
    database,
    '--wechat-api',
    wechatApi,
    '--appid',
    account.appid,
    // Its pages do not sign in yet.
    '--trust-open-id',
  ];
  const child = spawn(program, options, {
    env: { ...process.env, WECHAT_SECRET: account.secret },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // A process left behind would keep its database and port.
  const orphan = () => child.kill('SIGKILL');
  process.once('exit', orphan);
  const ended = new Promise((resolve) => {
    child.once('close', resolve);
  });
  ended.then(() => process.removeListener('exit', orphan));

  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    words = (words + text).slice(-4000);
  });

  return new Promise((resolve, reject) => {
    const fail = (reason) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`the back end ${reason}\n${words}`.trim()));
    };
    const timer = setTimeout(() => fail('did not start listening in time'), START_TIMEOUT_MS);
    child.once('error', (error) => fail(`did not start: ${error.message}`));
    const early = (code) => fail(`ended with ${code} before it listened`);
    child.once('close', early);
    createInterface({ input: child.stdout }).on('line', (line) => {
      const url = /^listening on (http:\/\/127\.0\.0\.1:\d+)$/.exec(line)?.[1];
      if (!url) return;
      clearTimeout(timer);
      child.removeListener('close', early);
      resolve({
        url,
        ended,
        /** The last lines of its log. */
        words: () => words,
        async stop() {
          const late = setTimeout(orphan, END_TIMEOUT_MS);
          child.kill('SIGTERM');
          await ended;
          clearTimeout(late);
        },
      });
    });
  });
}
