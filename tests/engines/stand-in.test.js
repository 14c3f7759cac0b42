// The stand-in for Node in the engines gives the same verdicts as Node, and no
// failure gets lost on its way out of an engine.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { inspect } = require('node:util');

const standIn = require('./stand-in/assert.js');
const { ROOT } = require('./support/bundle.js');
const { ENGINES } = require('./support/engines.js');
const { runIn } = require('./support/run.js');

const VERDICTS = path.join(__dirname, 'fixtures/verdicts.js');
const UNHANDLED = path.join(__dirname, 'fixtures/unhandled.js');

/** Those of a full run only where it has installed them. */
const HERE = ENGINES.filter(({ fullOnly, missing }) => !fullOnly || !missing);

const v8 = ENGINES.find(({ name, hasJit }) => name === 'V8' && hasJit);

class Point {
  constructor(x) {
    this.x = x;
  }
}

describe('the assertions', () => {
  /** Whether a call of an assertion passes. */
  const passes = (call) => {
    try {
      call();
      return true;
    } catch (_) {
      return false;
    }
  };

  const values = [
    ...[undefined, null, 0, -0, NaN, 1, '', '1', 'text', true, false],
    ...[
      [],
      [1],
      ['1'],
      [1, 2],
      [undefined],
      {},
      { a: 1 },
      { a: '1' },
      { a: 1, b: 2 },
      { b: 2, a: 1 },
      { a: undefined },
    ],
    ...[
      { 0: 1 },
      { a: [1, { b: null }] },
      { a: [1, { b: undefined }] },
      new Point(1),
      new Point(2),
      { x: 1 },
    ],
    ...[
      new Map([['a', 1]]),
      new Map([['a', 2]]),
      new Set([1]),
      new Set([2]),
      new Error('a'),
      new Error('b'),
    ],
    ...[new TypeError('a'), Object.create(null), Uint8Array.of(1), Uint8Array.of(2), () => {}],
  ];
  /** Equal values that are not identical. */
  const copies = [
    [1, 2],
    { a: [1, { b: null }] },
    new Point(1),
    new Map([['a', 1]]),
    new Set([1]),
    new Error('a'),
  ];

  ['equal', 'deepEqual'].forEach((name) => {
    test(`${name} takes and refuses what Node’s does`, () => {
      let taken = 0;
      values.forEach((a) => {
        [...values, ...copies].forEach((b) => {
          const wanted = passes(() => assert[name](a, b));
          assert.equal(
            passes(() => standIn[name](a, b)),
            wanted,
            `${name}(${inspect(a)}, ${inspect(b)})`,
          );
          taken += wanted ? 1 : 0;
        });
      });
      assert.ok(taken >= values.length);
    });
  });

  test('ok and match take and refuse what Node’s do', () => {
    values.forEach((value) => {
      assert.equal(
        passes(() => standIn.ok(value)),
        passes(() => assert.ok(value)),
      );
      assert.equal(
        passes(() => standIn.match(value, /ex/)),
        passes(() => assert.match(value, /ex/)),
      );
    });
  });

  test('rejects takes and refuses what Node’s does', async () => {
    const reason = Object.assign(new Error('no network'), { kind: 'network' });
    const promises = [() => Promise.reject(reason), () => Promise.resolve(1)];
    const expected = [
      undefined,
      /network/,
      /timeout/,
      { kind: 'network' },
      { kind: 'busy' },
      { message: /net/ },
    ];
    const judge = (rejects, promise, wanted) =>
      rejects(promise(), ...(wanted ? [wanted] : [])).then(
        () => true,
        () => false,
      );
    for (const promise of promises) {
      for (const wanted of expected) {
        assert.equal(
          await judge(standIn.rejects, promise, wanted),
          await judge(assert.rejects, promise, wanted),
        );
      }
    }
  });
});

describe('a run', () => {
  HERE.forEach((engine) => {
    const skip = engine.missing ? `not run, ${engine.missing}` : false;
    test(`tells every failure of ${engine.title}`, { skip }, async () => {
      const { passed, left, failures } = await runIn(engine, { suites: [VERDICTS] });
      const told = failures.map((failure) => failure.split('\n', 2));
      assert.deepEqual(told, [
        ['not ok 5 - fails › as it asserts', '# 1 is not 2'],
        ['not ok 6 - fails › as its promise is rejected', '# rejected'],
        ['not ok 7 - fails › as a timer throws', '# in a timer'],
        [
          'not ok 8 - fails › as nothing is left to wait for',
          '# it never ends: nothing is left to wait for',
        ],
        ['not ok 9 - fails › as it goes round in circles', '# not ended after 100000 steps'],
      ]);
      assert.deepEqual([passed, left], [4, {}]);
    });
  });

  HERE.filter(({ hidesRejections }) => !hidesRejections).forEach((engine) => {
    const skip = engine.missing ? `not run, ${engine.missing}` : false;
    test(`with a rejection that nobody handles fails in ${engine.title}`, { skip }, async () => {
      const { failures } = await runIn(engine, { suites: [UNHANDLED] });
      assert.ok(failures.length > 0);
      assert.match(failures.join('\n'), /left behind/);
    });
  });

  test('of an engine that is not like it should be fails', async () => {
    const { failures } = await runIn({ ...v8, hasJit: false }, { suites: [VERDICTS] });
    assert.ok(
      failures.includes('the engine is not without JIT, with WebAssembly'),
      failures.join('\n'),
    );
  });

  test('of a program that ends early fails', async () => {
    const command = (bundle) => [process.execPath, ['-e', `process.exit(3)`, bundle]];
    const { failures } = await runIn({ ...v8, command }, { suites: [VERDICTS] });
    assert.ok(failures.includes('it did not come to its end'), failures.join('\n'));
    assert.ok(
      failures.some((failure) => failure.startsWith('it ended with 3')),
      failures.join('\n'),
    );
  });

  test('of a package that does wrong fails', async () => {
    const text = fs.readFileSync(path.join(ROOT, 'js-glue/miniprogram_dist/index.js'), 'utf8');
    const spoilt = text.replace('stage:"setup"', 'stage:"set-up"');
    assert.notEqual(spoilt, text);
    const { failures } = await runIn(v8, {
      suites: ['loading.test.js'],
      replaced: { 'index.js': spoilt },
    });
    assert.ok(failures.length > 0);
    failures.forEach((failure) => assert.match(failure, /^not ok /));
  });
});
