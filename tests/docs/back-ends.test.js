// The servers that the page about servers shows, as they are: they keep to the
// contract, no retry counts twice, and no grant is spent twice.
//
// Node's is tested everywhere, over a PostgreSQL inside Node. The others, and
// several instances on one database, need packages of Debian, which
// `cargo xtask test --full` installs; WX_SUBSCRIBE_BACK_ENDS names what to test.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';

import bareContext from '../js/support/bare-context.js';
import httpTransport from '../js/support/http-transport.js';
import { BACK_ENDS, startBackEnd } from './support/back-ends.js';
import { REFUSAL, REPORT, TEMPLATES, clientOf } from './support/client.js';
import { startWeChat } from './support/wechat.js';

const wanted = process.env.WX_SUBSCRIBE_BACK_ENDS?.split(',') ?? ['Node'];

/** What a storm of reports and messages is made of; PostgreSQL inside Node has one connection. */
const STORMS = {
  small: { instances: 1, users: 2, reports: 10, batches: 8, messages: 50 },
  large: { instances: 4, users: 10, reports: 200, batches: 8, messages: 1000 },
};

const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);

for (const name of wanted) {
  assert.ok(
    name in BACK_ENDS,
    `WX_SUBSCRIBE_BACK_ENDS names ${name}, which is none of ${Object.keys(BACK_ENDS)}`,
  );
  const storm = BACK_ENDS[name].database ? STORMS.large : STORMS.small;

  describe(`the back end in ${name}`, () => {
    let weChat;
    let backEnd;
    let first;
    before(async () => {
      weChat = await startWeChat();
      const { instances } = storm;
      backEnd = await startBackEnd(name, { instances, weChatUrl: weChat.url });
      [first] = backEnd.instances;
    });
    after(async () => {
      await backEnd?.stop();
      weChat?.stop();
    });
    const free = async () => (await first.grants()).filter(({ state }) => state === 'free').length;

    test('keeps to the contract, and stores each report once', async () => {
      const { ask, post, report, left } = clientOf(first);

      assert.deepEqual(await ask('加入购物车'), TEMPLATES);
      assert.deepEqual(await ask('no such scene'), []);

      assert.deepEqual([await report('key1'), await free()], [true, 2]);
      assert.deepEqual([await report('key1'), await free()], [false, 2]);
      assert.deepEqual([await report('key2'), await free()], [true, 4]);
      assert.deepEqual([await report('key3', REFUSAL), await free()], [true, 4]);

      const atOnce = await Promise.all(Array.from({ length: 20 }, () => report('key4')));
      assert.deepEqual([atOnce.filter(Boolean).length, await free()], [1, 6]);

      // A sign-in that is missing must not drop a report.
      const { status } = await post('popSubscribeResult', REPORT, {
        'Idempotency-Key': 'key5',
        Authorization: '',
      });
      assert.deepEqual([status, await free()], [401, 6]);

      assert.deepEqual(await left('user-1'), { priceDropTemplateId: 3, backInStockTemplateId: 3 });
      assert.deepEqual(await left('USER-1'), {}, 'openIds differ by case');
    });

    test('headers that are malformed keep no report from being stored', async () => {
      const { report } = clientOf(first);
      const headers = { 'Subscribe-Age': '-5', 'Subscribe-Trigger': '%E5%8A%A0%' };
      assert.equal(await report('malformed', REFUSAL, headers), true);
    });

    test('takes what the SDK sends, from a prefetch to the report', async (t) => {
      const earlier = await free();
      const app = await bareContext.start(t, {
        config: { baseUrl: first.url, header: { authorization: 'user-1' } },
        fake: { transport: httpTransport.createHttpTransport() },
      });
      assert.deepEqual(await app.prefetch(1, '商品-1'), TEMPLATES);
      assert.equal((await app.tap(1, '商品-1', { price: '129.00' })).status, 'answered');
      assert.deepEqual([(await app.flush()).pending, await free()], [0, earlier + 2]);
      assert.ok(app.eventNames().includes('reportSent'));
    });

    test('spends, gives back or voids a grant as WeChat answers', async () => {
      const { report, left } = clientOf(first);
      const user = 'user-2';
      const agreed = { ...REPORT, agreeTemplateIds: [TEMPLATES[0]] };
      for (const key of ['a', 'b', 'c', 'd'])
        await report(`outcome-${key}`, agreed, { Authorization: user });
      const send = async (id, errcode) => {
        weChat.script([errcode]);
        const counts = await first.send([[id, user, TEMPLATES[0]]]);
        weChat.script([]);
        return [Object.keys(counts), (await left(user))[TEMPLATES[0]] ?? 0];
      };
      for (const code of [43108, -1, 40001, 45009])
        assert.deepEqual(await send('m1', code), [['retry'], 4]);
      assert.deepEqual(await send('m1', 43107), [['stop'], 4]);
      for (const code of [47003, 45168, 40037, 99999])
        assert.deepEqual(await send('m1', code), [['fix'], 4]);
      assert.deepEqual(await send('m1', 0), [['sent'], 3]);
      assert.deepEqual(await send('m2', 43101), [['void'], 2]);
      assert.deepEqual(await send('m3', 'no answer'), [['error'], 1]);
      assert.deepEqual(await send('m4', 40003), [['void'], 0]);
      assert.deepEqual(await send('m5', 0), [['none'], 0]);
      // The same messages again: nothing is sent, so no code is used up.
      for (const [id, state] of [
        ['m1', 'sent'],
        ['m2', 'void'],
        ['m3', 'held'],
      ])
        assert.deepEqual(await send(id, 0), [[state], 0]);
    });

    test('the oldest answer is spent first, by the time at which it was given', async () => {
      const { report } = clientOf(first);
      const user = 'user-3';
      const agreed = { ...REPORT, agreeTemplateIds: [TEMPLATES[0]] };
      const ages = { new: '60', old: '864000', missing: '', negative: '-60', endless: '99999999' };
      for (const [key, age] of Object.entries(ages))
        await report(`age-${key}`, agreed, {
          Authorization: user,
          'Subscribe-Trigger': encodeURIComponent('加入购物车'),
          ...(age && { 'Subscribe-Age': age }),
        });
      const now = Date.now() / 1000;
      const ofUser = async () =>
        (await first.grants()).filter(({ reportId }) => reportId.startsWith('age-'));
      const seen = (await ofUser()).map(({ reportId, answeredAt, trigger }) => [
        reportId,
        Math.round((now - answeredAt) / 60) * 60,
        trigger,
      ]);
      assert.deepEqual(
        new Set(seen.map(([reportId, age]) => `${reportId} ${age}`)),
        new Set([
          'age-new 60',
          'age-old 864000',
          'age-missing 0',
          'age-negative 0',
          'age-endless 0',
        ]),
      );
      assert.ok(seen.every(([, , trigger]) => trigger === '加入购物车'));

      for (const expected of ['age-old', 'age-new']) {
        weChat.script([0]);
        assert.deepEqual(await first.send([[expected, user, TEMPLATES[0]]]), { sent: 1 });
        const sent = (await ofUser()).filter(({ state }) => state === 'sent');
        assert.ok(
          sent.some(({ reportId }) => reportId === expected),
          expected,
        );
      }
    });

    test(`${storm.batches} × ${storm.messages} messages at once over ${storm.instances} instances spend no grant twice`, async () => {
      const { users, reports, batches, messages, instances } = storm;
      // Half of them differ from the others by case only.
      const openIds = Array.from(
        { length: users },
        (_, at) => (at % 2 ? 'USER-s' : 'user-s') + (at >> 1),
      );
      const at = (number) => backEnd.instances[number % instances];
      const agreed = { ...REPORT, agreeTemplateIds: TEMPLATES };
      const clients = backEnd.instances.map(clientOf);
      await Promise.all(
        openIds.map(async (openId, user) => {
          for (const templateId of TEMPLATES) weChat.allow(openId, templateId, reports);
          for (let number = 0; number < reports; number += 1) {
            // Each report arrives twice at once, at two instances.
            const stored = await Promise.all(
              [0, 1].map((copy) =>
                clients[(user + copy) % instances].report(`storm-${openId}-${number}`, agreed, {
                  Authorization: openId,
                }),
              ),
            );
            assert.deepEqual(stored.sort(), [false, true]);
          }
        }),
      );

      // All batches ask for the same grants in the same order.
      const consents = openIds.flatMap((openId) => TEMPLATES.map((id) => [openId, id]));
      weChat.busyEach(7);
      const already = weChat.delivered.length;
      const counts = await Promise.all(
        Array.from({ length: batches }, (_, batch) => {
          // The last batch has the ids of the one before: the same messages, at the same time.
          const name = Math.min(batch, batches - 2);
          const all = Array.from({ length: messages }, (_, number) => [
            `${name}-${number}`,
            ...consents[Math.floor((number * consents.length) / messages)],
          ]);
          return at(batch).send(all);
        }),
      );
      weChat.busyEach(Number.POSITIVE_INFINITY);

      const total = (word) => sum(counts.map((count) => count[word] ?? 0));
      assert.equal(sum(counts.flatMap(Object.values)), batches * messages);
      const ofOnce = counts.slice(0, -2); // a message that is being sent is an error
      const complaints = backEnd.instances.map((instance) => instance.complaints()).join('');
      assert.equal(sum(ofOnce.map(({ error = 0 }) => error)), 0, `a message failed: ${complaints}`);
      assert.equal(total('void'), 0, 'more was sent than the users allowed');
      const delivered = weChat.delivered.slice(already);
      assert.equal(new Set(delivered).size, delivered.length, 'a message was sent twice');
      assert.ok(delivered.length > (users * reports) / 2, `only ${delivered.length} were sent`);
      // For each user and template, what was sent and what is left is what was allowed.
      for (const openId of openIds) {
        const left = await clients[0].left(openId);
        assert.deepEqual(
          TEMPLATES.map((templateId) => left[templateId] ?? 0),
          TEMPLATES.map((templateId) => weChat.left(openId, templateId)),
        );
      }
    });

    if (!BACK_ENDS[name].database) return;

    test('an instance that is killed while it sends leaves no grant to be spent twice', async () => {
      const [user, templateId, allowed] = ['user-killed', TEMPLATES[0], 200];
      const { report, left } = clientOf(first);
      const agreed = { ...REPORT, agreeTemplateIds: [templateId] };
      for (let number = 0; number < allowed; number += 1)
        await report(`killed-${number}`, agreed, { Authorization: user });
      weChat.allow(user, templateId, allowed);
      const messages = Array.from({ length: 500 }, (_, number) => [
        `killed-${number}`,
        user,
        templateId,
      ]);

      const already = weChat.delivered.length;
      const killed = backEnd.instances.at(-1);
      const sending = killed.send(messages).then(
        () => 'ended',
        () => 'killed',
      );
      while (weChat.delivered.length < already + 20) await wait(1);
      await killed.stop('SIGKILL');
      assert.equal(await sending, 'killed');

      const counts = await first.send(messages);
      assert.deepEqual([counts.void, counts.error], [undefined, undefined], JSON.stringify(counts));
      const delivered = weChat.delivered.slice(already);
      assert.equal(new Set(delivered).size, delivered.length, 'a message was sent twice');
      const held = (await first.grants()).filter(
        ({ reportId, state }) => reportId.startsWith('killed-') && state === 'held',
      ).length;
      // Held grants were perhaps spent, so they are not counted.
      const remaining = (await left(user))[templateId] ?? 0;
      assert.ok(remaining <= weChat.left(user, templateId));
      assert.ok(delivered.length >= allowed - held - remaining);
    });
  });
}
