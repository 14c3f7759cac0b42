// The simulator's page as its user sees it: the phone, and the panel beside it.
import path from 'node:path';

/** Where pictures go; git ignores it. */
export const SCREENSHOTS = path.resolve(import.meta.dirname, '../../../screenshots');

/** Longer than any step here takes. */
export const PATIENCE_MS = 10_000;

const exact = (text) => ({ exact: true, name: text });

/** The phone: pages of the mini-program lie in a frame, sheets and bars in the page itself. */
function phoneOn(page) {
  const pages = page.frameLocator('iframe.web-view');
  const shown = pages.locator('wx-page:not([hidden])');
  const sheet = page.getByRole('dialog', exact('订阅消息'));

  return {
    /** The mini-program's page on top. */
    shown,
    /** Taps a button of the page, or another element with that text. */
    tap: (text) => shown.getByText(text, { exact: true }).first().click(),
    /** Goes to a tab of the mini-program. */
    tab: (text) => page.locator('.tabs').getByRole('button', exact(text)).click(),
    /** Waits until the page shows a text. */
    shows: (text) => shown.getByText(text).first().waitFor(),

    sheet: {
      root: sheet,
      opens: () => sheet.waitFor(),
      /** Changes whether a template is ticked. */
      tick: (title) => sheet.getByRole('checkbox', exact(title)).click(),
      keep: () => sheet.getByRole('checkbox', { name: '总是保持以上选择' }).click(),
      allow: () => sheet.getByRole('button', exact('允许')).click(),
      cancel: () => sheet.getByRole('button', exact('取消')).click(),
    },
    /** Presses a button of a dialog, of the settings, or of the phone itself. */
    press: (name) => page.locator('#phone').getByRole('button', exact(name)).click(),
    /** The message that slides in at the top. */
    banner: page.locator('#phone .banner'),
  };
}

/** The panel, by what its user reads. */
function panelOn(page) {
  const timeline = page.locator('[data-view=timeline]');
  const requests = page.locator('[data-view=requests] .row');
  const open = (name) => page.locator(`#tab-${name}`).click();

  return {
    result: page.locator('.send-result'),
    send: (occasion) => page.locator(`[data-occasion=${occasion}]`).click(),
    events: (name) => timeline.locator(`[data-event=${name}]`),
    /** The names of the SDK's events so far. */
    eventNames: () =>
      timeline.locator('[data-event]').evaluateAll((rows) => rows.map((row) => row.dataset.event)),
    timeline,
    requests,
    grants: page.locator('[data-records=grants] .record'),
    messages: page.locator('[data-records=messages] .record'),
    answers: page.locator('[data-records=answers] .record'),
    openTab: open,
    /** Switches a fault on or off. */
    async turn(name) {
      await open('faults');
      await page.locator(`[data-switch=${name}]`).click();
    },
    async failNextPopup(code) {
      await open('faults');
      await page.locator('#next-popup-error').selectOption(String(code));
    },
    async failNextSend(errcode) {
      await open('faults');
      await page.locator('#next-send-errcode').selectOption(String(errcode));
    },
    /** What the story strip has ticked off. */
    done: () =>
      page
        .locator('.step[data-state=done]')
        .evaluateAll((steps) => steps.map((step) => step.dataset.step)),
    step: (name) => page.locator(`.step[data-step=${name}][data-state=done]`),
    hint: page.locator('.story-hint'),
    action: (label) => page.locator('.phone-actions').getByRole('button', exact(label)).click(),
    relaunch: () => page.locator('.relaunch').getByRole('button').click(),
  };
}

/**
 * Opens the simulator in a context of its own.
 *
 * `errors` collects what the browser's console calls an error, and what no one
 * caught.
 */
export async function openSimulator(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 800 },
    locale: 'zh-CN',
    ...options,
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const tab = await openTab(context, url);
  return { context, ...tab };
}

/** Opens the simulator in another tab of the same user. */
export async function openTab(context, url) {
  const page = await context.newPage();
  const errors = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.goto(url);
  const phone = phoneOn(page);
  await phone.shown.waitFor();
  return { page, phone, panel: panelOn(page), errors };
}
