// `docs/openapi.json` is valid OpenAPI, and what the SDK sends and the pages show keeps to it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';

import { Validator } from '@seriousme/openapi-schema-validator';

import bareContext from '../js/support/bare-context.js';
import { contract, faultsOf, requestFaults } from './support/contract.js';
import { ROOT, page } from './support/pages.js';

const { start } = bareContext;
const { paths } = contract;

test('it is valid OpenAPI 3.1, and of the version of the package', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(contract));
  assert.deepEqual([valid, errors, validator.version], [true, undefined, '3.1']);
  const { version } = JSON.parse(readFileSync(path.join(ROOT, 'js-glue/package.json'), 'utf8'));
  assert.equal(contract.info.version, version);
});

test('its examples keep to its schemas', () => {
  const operations = Object.values(paths).map(({ post }) => post);
  const contents = operations
    .flatMap(({ requestBody, responses }) => [requestBody, ...Object.values(responses)])
    .flatMap(({ content }) => Object.values(content ?? {}))
    .filter(({ example }) => example !== undefined);
  assert.equal(contents.length, 3);
  contents.forEach(({ schema, example }) => assert.deepEqual(faultsOf(schema, example), []));
});

describe('the pages', () => {
  for (const name of ['docs/zh/backend.md', 'docs/en/backend.md']) {
    test(`${name} shows requests and responses that keep to it`, () => {
      const { code } = page(name);
      const [query, templates] = code
        .filter(({ language }) => language === 'json')
        .map((block) => JSON.parse(block.code));
      assert.deepEqual(
        requestFaults({ url: '/findCustomerPopTemplate', data: query, header: {} }),
        [],
      );
      assert.deepEqual(faultsOf({ $ref: '#/components/schemas/Templates' }, templates), []);
      const [head, body] = code.find(({ language }) => language === 'http').code.split('\n\n');
      const [first, ...headers] = head.split('\n');
      const header = Object.fromEntries(headers.map((line) => line.split(': ')));
      assert.match(first, /^POST \S+ HTTP\/1\.1$/);
      assert.deepEqual(
        requestFaults({ url: first.split(' ')[1], data: JSON.parse(body), header }),
        [],
      );
    });
  }
});

describe('the SDK', () => {
  const CASES = {
    'one accepted, one refused': {
      autoAnswer: ([id, ...others]) => ({
        [id]: 'acceptWithAudio',
        ...Object.fromEntries(others.map((other) => [other, 'reject'])),
      }),
    },
    'all accepted': {},
    'all refused': { autoAnswer: (ids) => Object.fromEntries(ids.map((id) => [id, 'reject'])) },
  };
  for (const [name, fake] of Object.entries(CASES)) {
    for (const openId of [undefined, false]) {
      test(`${name}${openId === false ? ', without an openId' : ''}: both requests keep to it`, async (t) => {
        const app = await start(t, { fake, config: { openId } });
        await app.prefetch(1, '商品-1');
        await app.tap(1, '商品-1', { price: '129.00', tags: ['👍', null] });
        await app.flush();
        const sent = app.optionsOf('request');
        assert.deepEqual(
          sent.map(({ url }) => url.split('/').at(-1)),
          ['findCustomerPopTemplate', 'popSubscribeResult'],
        );
        sent.forEach((request) => {
          assert.equal(request.method, 'POST');
          assert.deepEqual(requestFaults(request), []);
        });
        assert.equal('openId' in sent[1].data, openId !== false);
      });
    }
  }

  test('a request that does not keep to it is found', () => {
    const report = {
      url: 'https://shop.example.com/api/popSubscribeResult',
      header: { 'Idempotency-Key': 'abc' },
      data: { busNo: 'a', extraVariableMap: {}, agreeTemplateIds: ['t'], rejectTemplateIds: [] },
    };
    assert.deepEqual(requestFaults(report), []);
    const dated = { 'Subscribe-Age': '0', 'Subscribe-Trigger': encodeURIComponent('退款（仅）') };
    assert.deepEqual(requestFaults({ ...report, header: { ...report.header, ...dated } }), []);
    const wrong = [
      { header: {} },
      { header: { 'Idempotency-Key': 'a b' } },
      ...['', '-1', '1.5', 'soon'].map((age) => ({
        header: { ...report.header, 'Subscribe-Age': age },
      })),
      ...['', '订单详情', '100%'].map((trigger) => ({
        header: { ...report.header, 'subscribe-trigger': trigger },
      })),
      { data: { ...report.data, agreeTemplateIds: [] } },
      { data: { ...report.data, rejectTemplateIds: ['t', 't'] } },
      { data: { ...report.data, busNo: 1 } },
      { data: { ...report.data, extraVariableMap: [] } },
    ];
    wrong.forEach((changed) =>
      assert.notDeepEqual(requestFaults({ ...report, ...changed }), [], JSON.stringify(changed)),
    );
  });
});
