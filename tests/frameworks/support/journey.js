// The way of a user from an existing project to a subscription: what the guide
// says is done, and what comes of it works.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const { before, describe, test } = require('node:test');

const { sleep, until } = require('../../js/support/until.js');
const { holds, readGuide } = require('./guide.js');
const { launch } = require('./host.js');
const { PROJECTS, followGuide, shell } = require('./project.js');

const BUTTON = '加入购物车';
const THANKS = '降价会通知您';
const PRODUCT = 'product-1001';

const PROMISES = { native: 'native promises', polyfill: 'the promises of iOS 15 and below' };
const BUILDS = { true: 'WXWebAssembly', false: 'the fallback' };

/** Each kind of host, with its title. */
const hosts = Object.keys(PROMISES).flatMap((promise) =>
  [true, false].map((wasm) => [`with ${PROMISES[promise]} and ${BUILDS[wasm]}`, { promise, wasm }]),
);

/** Waits for what happens in timers that start each other, such as the promises of iOS 15 and below. */
async function settled() {
  for (let hop = 0; hop < 30; hop += 1) await sleep(1);
}

/**
 * @param {object} options
 * @param {string} options.project the folder of the project, and the page of the guide
 * @param {string} [options.output] where the build puts the mini-program; the project itself by default
 * @param {RegExp} options.wasmPath where the module is in the mini-program
 * @param {string} options.page the page of the guide
 * @param {string} options.mistakes the page with what does not work
 * @param {string[]} [options.mistaken] what is tapped there
 * @param {boolean} [options.hasTypes] whether the project checks its types
 * @param {(folder: string) => Promise<string>} [options.build] what the guide does by hand; gives the output's folder
 */
function journey({
  project,
  output = '.',
  wasmPath,
  page,
  mistakes,
  mistaken = ['先等登录'],
  hasTypes = false,
  build = async (folder) => path.join(folder, output),
}) {
  describe(project, () => {
    const guide = readGuide(project);
    let folder;
    let root;

    before(async () => {
      folder = await followGuide(project, guide.commands);
      root = await build(folder);
    });

    /** Launches what was built, and waits until the SDK can work. */
    async function open(t, host, name, query) {
      const app = launch(t, { root, ...host });
      const opened = app.open(name, query);
      const templates = () => app.sent('findCustomerPopTemplate').length > 0;
      await until(templates, () => `the templates of ${name}: ${app.complaints()}`);
      await settled();
      return { app, opened };
    }

    /** The report of the popup that is open, answered. */
    async function answer(app, opened) {
      const reports = app.sent('popSubscribeResult').length;
      app.fake.popup.answer({ 'tmpl-a': 'accept' });
      await until(() => app.sent('popSubscribeResult').length > reports, () => `a report: ${app.complaints()}`);
      await until(() => opened.text().includes(THANKS), () => `${THANKS} on the page: ${opened.text()}`);
      return app.sent('popSubscribeResult')[reports];
    }

    function assertDelivered({ data, header }) {
      assert.deepEqual(data, {
        busNo: PRODUCT,
        extraVariableMap: { price: '129.00' },
        openId: 'user-1',
        agreeTemplateIds: ['tmpl-a'],
        rejectTemplateIds: ['tmpl-b'],
      });
      assert.equal(header.authorization, 'token-1');
      assert.ok(header['Idempotency-Key']);
    }

    const lastPopup = (app) => app.fake.calls('requestSubscribeMessage').at(-1);

    test('the project holds all that the guide shows', () => {
      assert.ok(guide.snippets.length > 0);
      guide.snippets.forEach(({ file, lines }) => {
        const content = fs.readFileSync(path.join(PROJECTS, project, file), 'utf8');
        assert.ok(holds(content, lines), `${file} is not as the guide shows it`);
      });
    });

    if (hasTypes) {
      test("the project's own types fit those of the package", () => shell(folder, 'npm run type-check'));
    }

    test('the module is where wasmPath says', async (t) => {
      const { app } = await open(t, {}, page, { productNo: PRODUCT });
      assert.equal(app.instantiated.length, 1);
      assert.match(app.instantiated[0], wasmPath);
      assert.deepEqual(app.complaints(), []);
    });

    hosts.forEach(([title, host]) => {
      test(`${title}, the popup opens within the tap, and again without a prefetch`, async (t) => {
        const { app, opened } = await open(t, host, page, { productNo: PRODUCT });
        assert.equal(app.instantiated.length, host.wasm ? 1 : 0);

        opened.tap(BUTTON);
        assert.ok(app.fake.popup, 'the prefetched popup opens before the tap is over');
        assert.equal(lastPopup(app).heldTap, true);
        assertDelivered(await answer(app, opened));

        // The answer has used the list up: this tap asks the back end first.
        opened.tap(BUTTON);
        assert.equal(app.fake.popup, null);
        await app.fake.nextPopup();
        assert.equal(lastPopup(app).heldTap, true);
        assertDelivered(await answer(app, opened));
        assert.deepEqual(app.complaints(), []);
      });
    });

    mistaken.forEach((button) => {
      test(`no popup, and notTapped: ${button}`, async (t) => {
        const { app, opened } = await open(t, {}, mistakes);
        opened.tap(button);
        await until(() => opened.text().includes('notTapped'), () => `notTapped on the page: ${opened.text()}`);
        assert.equal(app.fake.popup, null);
        assert.equal(lastPopup(app).heldTap, false);
      });
    });
  });
}

exports.journey = journey;
