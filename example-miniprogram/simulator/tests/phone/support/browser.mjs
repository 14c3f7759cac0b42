// One browser a test file, and a phone in it.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { after } from 'node:test';

import { launchBrowser } from '../../support/chromium.mjs';
import { servePhone } from './serve.mjs';

export const FIXTURE = fileURLToPath(new URL('../fixture', import.meta.url));
/** Prefix of the console lines of the fixture that a test waits for. */
const MARK = 'RESULT';

let started = null;
function browser() {
  started ??= launchBrowser();
  return started;
}
after(async () => {
  if (started) await (await started).close();
});

/** A folder that is gone after the test. */
export async function temporaryFolder(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'wx-phone-'));
  t.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * A phone with the mini-program launched.
 *
 * @param {import('node:test').TestContext} t
 * @param {object} [options] for `servePhone`, and:
 * @param {string} [options.folder] of the mini-program
 * @param {object} [options.faults]
 * @param {{ width: number, height: number }} [options.viewport]
 * @param {boolean} [options.launch]
 */
export async function openPhone(
  t,
  { folder = FIXTURE, faults = {}, viewport, launch = true, ...served } = {},
) {
  const server = await servePhone(folder, served);
  const context = await (await browser()).newContext({
    viewport: viewport ?? { width: 440, height: 880 },
  });
  t.after(async () => {
    await context.close();
    await server.close();
  });
  const page = await context.newPage();
  await page.goto(server.url);
  await page.waitForFunction(() => window.entries !== undefined);

  const phone = {
    page,
    /** The pages of the mini-program. */
    app: page.frameLocator('iframe.web-view'),
    /** Calls a method of the phone. */
    call: (name, ...given) =>
      page.evaluate(([method, all]) => window.phone[method](...all), [name, given]),
    entries: (kind) =>
      page.evaluate(
        (wanted) => window.entries.filter((entry) => !wanted || entry.kind === wanted),
        kind,
      ),
    /** Taps the element with this text on the page of the mini-program. */
    tap: (text) =>
      phone.app.locator('wx-page:not([hidden])').getByText(text, { exact: true }).click(),
    /** Waits for the line that the mini-program prints with this label. */
    async result(label) {
      const prefix = `${MARK} ${label} = `;
      const handle = await page.waitForFunction(
        (start) =>
          window.entries.find(({ kind, text }) => kind === 'console' && text.startsWith(start))
            ?.text,
        prefix,
        { timeout: 5000 },
      );
      return JSON.parse((await handle.jsonValue()).slice(prefix.length));
    },
    route: () => page.evaluate(() => window.phone.route),
    /** Waits until the page on top is this one. */
    onPage: (route) =>
      page.waitForFunction((wanted) => window.phone.route === wanted, route, { timeout: 5000 }),
    /** The notification that slides in, by its title. */
    banner: (title) => page.locator('.banner').filter({ hasText: title }),
    button: (name) => page.getByRole('button', { name, exact: true }),
  };
  await page.evaluate((given) => window.phone.setFaults(given), faults);
  if (launch) await phone.call('launch');
  return phone;
}
