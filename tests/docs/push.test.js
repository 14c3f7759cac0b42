// The endpoint for WeChat's message push that its page shows, as it is: with every
// fixture, and as a server.
import assert from 'node:assert/strict';
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';

import { ROOT } from './support/pages.js';
import { codeOfPage, copyHarness, folder, startProgram } from './support/program.js';

const PAGE = 'docs/zh/push.md';
const FIXTURES = path.join(ROOT, 'tests/fixtures/wechat-push/cases');
const CLOCK = 1796000000;

const where = folder('push', {
  'push.js': codeOfPage(PAGE, 'js', '// push.js'),
  'push-server.js': codeOfPage(PAGE, 'js', '// push-server.js'),
  'schema.sql': codeOfPage('docs/zh/servers.md', 'sql') + codeOfPage(PAGE, 'sql'),
});
copyHarness('push', where, 'db.js');
const { read, receive } = createRequire(`${where}/`)('./push.js');

const cases = readdirSync(FIXTURES).map((name) =>
  JSON.parse(readFileSync(path.join(FIXTURES, name), 'utf8')),
);

describe('the function', () => {
  test('there are all fixtures', () => assert.equal(cases.length, 44));

  for (const { name, why, config, request, expect } of cases) {
    test(`${name}: ${why}`, () => {
      const { query, body } = request;
      const now = /^0[1-4]-/.test(name) ? Number(query.timestamp) : CLOCK;
      const call = () => receive(query, body ?? undefined, config, now);
      if (expect.accepted) assert.deepEqual(call(), { reply: expect.reply, event: expect.event });
      else assert.throws(call, Error);
      if (expect.plaintext) assert.deepEqual(read(expect.plaintext), expect.event);
    });
  }

  test('a DTD is refused, also one without entities', () => {
    const { config, request } = cases.find(({ name }) => name.startsWith('10-'));
    const body = `<!DOCTYPE xml>${request.body}`;
    assert.throws(() => receive(request.query, body, config, CLOCK), /DTD/);
  });

  test('five minutes are the limit, to both sides', () => {
    const { config, request } = cases.find(({ name }) => name.startsWith('10-'));
    const at = (now) => () => receive(request.query, request.body, config, now);
    [-300, 300].forEach((seconds) => assert.equal(at(CLOCK + seconds)().reply, 'success'));
    [-301, 301].forEach((seconds) => assert.throws(at(CLOCK + seconds), /too old/));
  });
});

describe('the server', () => {
  const config = {
    PUSH_TOKEN: 'wxSubscribeToken2026',
    PUSH_AES_KEY: 'abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG',
    APPID: 'wx0123456789abcdef',
  };
  let program;
  before(async () => {
    program = await startProgram({ where, command: [process.execPath, 'push-server.js'] }, config);
  });
  after(() => program?.stop());
  beforeEach(() => database('works'));

  const database = (state) => fetch(`${program.controlUrl}/${state}`);
  const sql = async (text) => {
    const response = await fetch(program.controlUrl, { method: 'POST', body: text });
    return response.json();
  };

  const sign = (...parts) =>
    createHash('sha1')
      .update([config.PUSH_TOKEN, ...parts].sort().join(''))
      .digest('hex');

  function encrypt(message) {
    const key = Buffer.from(`${config.PUSH_AES_KEY}=`, 'base64');
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(message));
    const text = Buffer.concat([randomBytes(16), length, Buffer.from(message + config.APPID)]);
    const padding = 32 - (text.length % 32);
    const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16)).setAutoPadding(false);
    const padded = Buffer.concat([text, Buffer.alloc(padding, padding)]);
    return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
  }

  /** What WeChat requests for an event: a new time stamp and nonce at each try. */
  function push(event) {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const nonce = randomBytes(4).toString('hex');
    const Encrypt = encrypt(JSON.stringify(event));
    const query = new URLSearchParams({
      timestamp,
      nonce,
      signature: sign(timestamp, nonce),
      encrypt_type: 'aes',
      msg_signature: sign(timestamp, nonce, Encrypt),
    });
    return fetch(`${program.url}/wechat/push?${query}`, {
      method: 'POST',
      body: JSON.stringify({ ToUserName: 'gh_1', Encrypt }),
    });
  }

  const changed = (openId, CreateTime, ...templateIds) => ({
    ToUserName: 'gh_1',
    FromUserName: openId,
    CreateTime,
    MsgType: 'event',
    Event: 'subscribe_msg_change_event',
    List: templateIds.map((TemplateId) => ({ TemplateId, SubscribeStatusString: 'reject' })),
  });

  const replyOf = async (response) => [response.status, await response.text()];
  const eventsOf = (openId) =>
    sql(`SELECT event, items FROM subscribe_event WHERE open_id = '${openId}'`);

  test('answers the check of the address', async () => {
    const timestamp = String(Math.floor(Date.now() / 1000));
    const query = { timestamp, nonce: '1', echostr: '4375120948345356249' };
    const check = async (signature) => {
      const text = new URLSearchParams({ ...query, signature });
      return replyOf(await fetch(`${program.url}/wechat/push?${text}`));
    };
    assert.deepEqual(await check(sign(timestamp, '1')), [200, query.echostr]);
    assert.deepEqual(await check('wrong'), [403, '']);
  });

  test('stores an event once, however often it is pushed', async () => {
    const event = changed('once', 1000, 'a');
    const replies = await Promise.all(Array.from({ length: 10 }, () => push(event)));
    for (const reply of replies) assert.deepEqual(await replyOf(reply), [200, 'success']);
    assert.equal((await eventsOf('once')).length, 1);
    // WeChat's own key, user and time, is the same for another event of that second.
    await push(changed('once', 1000, 'b'));
    assert.equal((await eventsOf('once')).length, 2);
  });

  test('a consent that is taken back voids the grants of its answers until then', async () => {
    await sql(`INSERT INTO subscribe_grant (report_id, template_id, open_id, answered_at, state)
      VALUES ('1', 'a', 'back', 999, 'free'), ('2', 'a', 'back', 1001, 'free'),
        ('3', 'b', 'back', 999, 'free'), ('4', 'a', 'else', 999, 'free'), ('5', 'a', 'back', 999, 'held')`);
    await push(changed('back', 1000, 'a'));
    const accepted = changed('back', 2000, 'a', 'b');
    accepted.List.forEach((item) => {
      item.SubscribeStatusString = 'accept';
    });
    await push(accepted);
    const rows = await sql('SELECT report_id, state FROM subscribe_grant ORDER BY report_id');
    assert.deepEqual(
      rows.map(({ report_id, state }) => report_id + state),
      ['1void', '2free', '3free', '4free', '5held'],
    );
  });

  test('an event of another kind is answered, and not stored', async () => {
    const reply = await push({ ...changed('other', 1000), Event: 'user_enter_tempsession' });
    assert.deepEqual([await replyOf(reply), await eventsOf('other')], [[200, 'success'], []]);
  });

  test('answers within a second while the database hangs, and does not claim success', async () => {
    for (const state of ['hangs', 'fails']) {
      await database(state);
      const start = performance.now();
      assert.deepEqual(await replyOf(await push(changed('late', 1000, 'a'))), [503, '']);
      assert.ok(performance.now() - start < 1000, state);
    }
    await database('works');
    assert.deepEqual(await replyOf(await push(changed('late', 1000, 'a'))), [200, 'success']);
    assert.equal((await eventsOf('late')).length, 1);
  });

  test('refuses what is not from WeChat, and goes on', async () => {
    const post = async (path, body) =>
      (await fetch(program.url + path, { method: 'POST', body })).status;
    assert.equal(await post('/wechat/push', '{}'), 403);
    const large = { ...changed('large', 1000, 'a'), more: 'x'.repeat(64 * 1024) };
    assert.equal((await push(large)).status, 403);
    assert.equal(await post('/wechat/push', '<xml>'.repeat(10_000)), 403);
    assert.equal(await post('/elsewhere', '{}'), 404);
    assert.equal(await post('//', '{}'), 400);
    assert.deepEqual(await replyOf(await push(changed('on', 1000, 'a'))), [200, 'success']);
  });
});
