// A simulator of its own for each test: new database, new user, new phone.
import assert from 'node:assert/strict';
import { after } from 'node:test';

import { startSimulator } from '../../../server/simulator.mjs';
import { launchBrowser } from '../../support/chromium.mjs';
import { openSimulator, PATIENCE_MS } from './simulator-page.mjs';

const VARIABLE = 'WX_SUBSCRIBE_BACKEND';

let browser = null;
after(async () => (await browser)?.close());

/** The built back end. */
export function backendProgram() {
  const program = process.env[VARIABLE];
  if (!program)
    throw new Error(
      `${VARIABLE} must name the built wx-subscribe-backend: \`cargo xtask test\` sets it`,
    );
  return program;
}

/** Waits until `condition` returns a truthy value, and returns it. */
export async function until(condition, what) {
  const start = Date.now();
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() - start > PATIENCE_MS) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
  }
}

/**
 * Opens the shop, and waits until its page has its templates. At the end, the
 * test fails if the browser's console has an error that `expected` does not
 * match.
 *
 * @param {import('node:test').TestContext} t
 * @param {{ expected?: RegExp, state?: string } & import('playwright-core').BrowserContextOptions} options
 */
export async function openShop(t, { expected, state, ...options } = {}) {
  browser ??= launchBrowser();
  const simulator = await startSimulator({ backend: backendProgram(), state });
  let context = null;
  let errors = [];
  t.after(async () => {
    // The page first: it has a stream of the server open.
    await context?.close();
    await simulator.close();
    assert.deepEqual(
      errors.filter((text) => !expected?.test(text)),
      [],
    );
  });
  const opened = await openSimulator(await browser, simulator.url, options);
  const { page, phone } = opened;
  ({ context, errors } = opened);

  const openId = await until(
    () =>
      page
        .locator('.open-id')
        .textContent()
        .then((text) => text !== '—' && text),
    'an openId',
  );
  const list = async (name) => {
    const response = await fetch(
      `${simulator.url}/backend/${name}?openId=${encodeURIComponent(openId)}`,
    );
    return (await response.json()).data;
  };
  const found = opened.panel.events('templatesFound');
  /** Until then, a tap would find the SDK still loading, or would need the network before the sheet. */
  const prefetched = (launch = 1) => found.nth(launch - 1).waitFor({ state: 'attached' });
  await prefetched();
  return {
    ...opened,
    simulator,
    openId,
    rows: () => list('subscriptions'),
    grants: () => list('grants'),
    messages: () => list('messages'),
    /** Relaunches the mini-program, and waits until it has the templates of its page. */
    async relaunch() {
      const before = await found.count();
      await opened.panel.action('重新启动');
      await prefetched(before + 1);
    },
    /** Adds to the cart and allows both messages. */
    async subscribe() {
      await phone.tap('加入购物车');
      await phone.sheet.allow();
      await opened.panel.step('stored').waitFor();
    },
  };
}
