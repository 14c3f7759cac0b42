// Strings pass through unchanged: the module leaves them in JavaScript. It
// passes its own strings as bytes; phones have no TextDecoder, so the package
// has its own.
'use strict';

const assert = require('node:assert/strict');
const { describe, test } = require('node:test');

const { start } = require('./support/bare-context.js');

/** How many UTF-16 units the codec decodes at once. */
const CHUNK = 4096;

const WHOLE = {
  Chinese: '订单-2026·退货退款',
  'an emoji': '👍',
  'emoji that are joined': '👨‍👩‍👧‍👦',
  'the borders between one byte and four': '\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}',
  'what stands beside the surrogates': '\ud7ff\ue000',
  'a NUL inside': 'a\u0000b',
  'a byte order mark in front': '\ufeffa',
  'line ends of all kinds': 'a\r\n\u2028\u2029',
  'quotes and a backslash': '"\\\'',
  'accents that are not composed': 'e\u0301',
  'as much ASCII as is decoded at once': 'a'.repeat(CHUNK),
  'a character across the end of what is decoded at once': `${'a'.repeat(CHUNK - 1)}👍中`,
  'much that takes four bytes': '👍'.repeat(3 * CHUNK),
};

/** Half a pair, as `slice` leaves it, and what every parser takes in its place. */
const HALVES = {
  'the first half of a pair': ['退货\ud83d', '退货\ufffd'],
  'the second half of a pair': ['\udc4d', '\ufffd'],
  'two first halves before a second one': ['\ud83d\ud83d\udc4d', '\ufffd👍'],
  'halves in the wrong order': ['\udc4d\ud83d', '\ufffd\ufffd'],
};

/** Subscribes with a text in every input, and returns the outputs. */
async function passThrough(t, text) {
  const answers = { findCustomerPopTemplate: { json: { data: [text] } } };
  const app = await start(t, { answers, config: { triggers: { 10: text } } });
  const outcome = await app.tap(10, text, { [text]: text });
  await app.flush();
  const [report] = app.reports();
  return {
    outcome,
    question: app.sent('findCustomerPopTemplate')[0].data,
    asked: app.optionsOf('requestSubscribeMessage')[0].tmplIds,
    report: report.data,
    events: app.events.filter(({ busNo }) => busNo !== undefined).map(({ busNo }) => busNo),
  };
}

describe('a text comes through whole:', () => {
  Object.entries(WHOLE).forEach(([name, text]) => {
    test(name, async (t) => {
      const { outcome, question, asked, report, events } = await passThrough(t, text);
      assert.deepEqual(question, { triggerAct: text, busNo: text });
      assert.deepEqual(
        [asked, outcome.accepted, outcome.raw],
        [[text], [text], { [text]: 'accept' }],
      );
      assert.deepEqual([report.busNo, report.extraVariableMap], [text, { [text]: text }]);
      assert.deepEqual(report.agreeTemplateIds, [text]);
      assert.deepEqual(events, [text, text, text]);
    });
  });
});

describe('what is copied has U+FFFD in place of half a surrogate pair:', () => {
  Object.entries(HALVES).forEach(([name, [text, copy]]) => {
    test(name, async (t) => {
      const { outcome, question, asked, report, events } = await passThrough(t, text);
      assert.deepEqual(question, { triggerAct: copy, busNo: copy });
      assert.deepEqual(
        [asked, outcome.accepted, outcome.raw],
        [[text], [text], { [text]: 'accept' }],
        'ids are the host’s',
      );
      assert.deepEqual([report.busNo, report.extraVariableMap], [copy, { [copy]: copy }]);
      assert.deepEqual(report.agreeTemplateIds, [copy]);
      assert.deepEqual(events, [copy, copy, copy]);
    });
  });
});
