// Two calls of `setup` at once: each comes to its own result, over one module.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');

const { GLUE_ROOT } = require('./support/bare-context.js');
const { macrotask, offering, rejection, startWasm } = require('./support/steps.js');

const RIGHT = '/miniprogram_npm/wx-subscribe/wx_subscribe.wasm';
const WRONG = '/nowhere/wx_subscribe.wasm';
const HUNG = '/hung/wx_subscribe.wasm';
const SLOW = '/slow/wx_subscribe.wasm';

/** Packages at several paths: one that never loads, one that takes longer, and the right one. */
function readFile(packagePath) {
  if (packagePath.startsWith('nowhere')) throw new Error(`file not found: ${packagePath}`);
  if (packagePath.startsWith('hung')) return new Promise(() => {});
  const bytes = fs.readFileSync(path.join(GLUE_ROOT, 'miniprogram_dist/wx_subscribe.wasm'));
  return packagePath.startsWith('slow')
    ? new Promise((resolve) => setTimeout(() => resolve(bytes), 40))
    : bytes;
}

const launch = (t, options) => startWasm(t, { ready: false, wasm: { readFile }, ...options });
const works = async (app) => assert.equal((await app.tap()).status, 'answered');

describe('two setups at once', () => {
  test('the second, with the right path, is no victim of the first one’s wrong one', async (t) => {
    const app = await launch(t);
    const first = rejection(app.setup({ wasmPath: WRONG }));
    await app.setup();
    const { kind, message } = await first;
    assert.equal(kind, 'wasmUnavailable');
    assert.ok(message.includes(WRONG), message);
    await works(app);
    assert.deepEqual(app.instantiated, [WRONG, RIGHT]);
  });

  test('the second does not wait for a first that never loads', async (t) => {
    const app = await launch(t);
    const first = app.setup({ wasmPath: HUNG });
    await app.setup();
    await works(app);
    await first;
  });

  test('the second, with a fallback, takes it where the first fails', async (t) => {
    const app = await launch(t);
    const fallback = app.require('fallback.js');
    const first = rejection(app.setup({ wasmPath: WRONG }));
    await app.setup({ wasmPath: WRONG, fallback });
    assert.equal((await first).kind, 'wasmUnavailable');
    await works(app);
    assert.deepEqual(app.instantiated, [WRONG], 'one load for one path');
  });

  test('the second, without a fallback, fails where the first takes its own', async (t) => {
    const app = await launch(t);
    const first = app.setup({ wasmPath: WRONG, fallback: app.require('fallback.js') });
    assert.equal((await rejection(app.setup({ wasmPath: WRONG }))).kind, 'wasmUnavailable');
    await first;
    await works(app);
  });

  test('the second, with a wrong path, fails by itself while the first is loading', async (t) => {
    const app = await launch(t);
    const first = app.setup({ wasmPath: SLOW });
    const { kind, message } = await rejection(app.setup({ wasmPath: WRONG }));
    assert.equal(kind, 'wasmUnavailable');
    assert.ok(message.includes(WRONG), message);
    await first;
    await works(app);
  });

  test('both with one wrong path fail after one load', async (t) => {
    const app = await launch(t);
    const both = [app.setup({ wasmPath: WRONG }), app.setup({ wasmPath: WRONG })].map(rejection);
    (await Promise.all(both)).forEach(({ kind }) => assert.equal(kind, 'wasmUnavailable'));
    assert.deepEqual(app.instantiated, [WRONG]);
    await app.setup();
    await works(app);
  });

  test('each has its own time limit, over one load', async (t) => {
    const app = await launch(t);
    const first = rejection(app.setup({ wasmPath: SLOW, loadTimeoutMs: 5 }));
    const second = app.setup({ wasmPath: SLOW });
    assert.match((await first).message, /not loaded within 5 ms/);
    await second;
    await works(app);
    assert.deepEqual(app.instantiated, [SLOW]);
  });

  test('a load that hung is not what the next setup waits for', async (t) => {
    let calls = 0;
    const hangsOnce = (packagePath) => {
      calls += 1;
      return calls === 1 ? new Promise(() => {}) : readFile(packagePath);
    };
    const app = await launch(t, { wasm: { readFile: hangsOnce } });
    await rejection(app.setup({ loadTimeoutMs: 10 }));
    await app.setup();
    await works(app);
  });

  const wrongConfig = { maxTemplates: 0 };
  test('a first with a wrong configuration does not harm the second', async (t) => {
    const app = await launch(t);
    const first = rejection(app.setup(wrongConfig));
    await app.setup();
    assert.match((await first).message, /maxTemplates/);
    await works(app);
    assert.deepEqual(app.instantiated, [RIGHT]);
  });

  test('a second with a wrong configuration leaves the first at work', async (t) => {
    const app = await launch(t);
    const first = app.setup();
    assert.match((await rejection(app.setup(wrongConfig))).message, /maxTemplates/);
    await first;
    await works(app);
  });

  const wrongArguments = { wasmPath: [42], loadTimeoutMs: [-1, 'soon'], fallback: ['fallback.js'] };
  Object.entries(wrongArguments).forEach(([key, values]) => {
    test(`a wrong ${key} rejects its own setup, also when the module is there already`, async (t) => {
      const app = await launch(t);
      const first = app.setup();
      for (const value of values) {
        assert.match((await rejection(app.setup({ [key]: value }))).message, new RegExp(key));
      }
      await first;
      for (const value of values) {
        assert.match((await rejection(app.setup({ [key]: value }))).message, new RegExp(key));
      }
      await works(app);
    });
  });

  test('the newest configuration counts, though an older one’s module comes later', async (t) => {
    const app = await launch(t, { answers: offering('a', 'b') });
    const older = app.setup({ wasmPath: SLOW, maxTemplates: 2 });
    await app.setup({ maxTemplates: 1 });
    await older;
    await new Promise((resolve) => setTimeout(resolve, 80));
    assert.deepEqual((await app.tap()).accepted, ['a']);
  });

  test('a call meanwhile waits for the one that succeeds, whichever that is', async (t) => {
    const older = await launch(t);
    const first = older.setup({ wasmPath: SLOW });
    const second = rejection(older.setup({ wasmPath: WRONG }));
    assert.deepEqual(await older.prefetch(), ['tmpl-a', 'tmpl-b']);
    await Promise.all([first, second]);

    const newer = await launch(t);
    const failing = rejection(newer.setup({ wasmPath: WRONG }));
    const right = newer.setup({ wasmPath: SLOW });
    assert.deepEqual(await newer.prefetch(), ['tmpl-a', 'tmpl-b']);
    await Promise.all([failing, right]);
  });

  test('a call meanwhile says why, if both fail', async (t) => {
    const app = await launch(t);
    const both = [app.setup({ wasmPath: WRONG }), app.setup(wrongConfig)].map(rejection);
    const { status, stage } = await app.tap();
    assert.deepEqual([status, stage], ['failed', 'setup']);
    await Promise.all(both);
  });

  test('a hundred load once, and all succeed', async (t) => {
    const app = await launch(t);
    await Promise.all(Array.from({ length: 100 }, () => app.setup()));
    assert.deepEqual(app.instantiated, [RIGHT]);
    await works(app);
    await macrotask();
  });
});
