// The story of the simulator's page, from the tap to the message, in any
// browser that can run a function in the page and press at a point.
import { startSimulator } from '../../server/simulator.mjs';
import { assertStoryTold, recordsOf } from '../browser/support/records.mjs';
import { backendProgram, until } from '../browser/support/shop.mjs';

/** Pages of the mini-program lie in a frame, everything else in the page itself. */
const MINIPROGRAM = 'iframe.web-view';
const PAGE = 'wx-page:not([hidden])';

/**
 * In the browser: where to press an element so that it is hit, and its text.
 * Null until it rests and can be hit. The phone lies in a shadow root.
 */
function look({ frame, selector, text }) {
  const within = (root) =>
    [root, ...Array.from(root.querySelectorAll('*'), ({ shadowRoot }) => shadowRoot)].filter(
      Boolean,
    );
  const find = (root, wanted, fits) =>
    within(root)
      .flatMap((part) => Array.from(part.querySelectorAll(wanted)))
      .find(fits);
  const isMoving = (element) => {
    const running = element
      .getRootNode()
      .getAnimations()
      .filter(({ playState }) => playState === 'running');
    return running.some(({ effect }) => effect.target.contains(element));
  };
  const isHit = (element, { x, y }) =>
    element.contains(element.getRootNode().elementFromPoint(x, y));
  const middleOf = (element, shift) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return { x: Math.round(shift.x + left + width / 2), y: Math.round(shift.y + top + height / 2) };
  };

  const outer = frame && find(document, frame, () => true);
  if (frame && !outer) return null;
  const element = find(outer ? outer.contentDocument : document, selector, ({ textContent }) =>
    text ? textContent.trim() === text : true,
  );
  if (!element || isMoving(element)) return null;
  element.scrollIntoView({ block: 'nearest' });
  const inner = middleOf(element, { x: 0, y: 0 });
  if (!isHit(element, inner)) return null;
  const point = outer ? middleOf(element, outer.getBoundingClientRect()) : inner;
  if (outer && !isHit(outer, point)) return null;
  return { point, text: element.textContent };
}

/**
 * @param {import('node:test').TestContext} t
 * @param {(url: string) => Promise<Browser>} open
 *
 * @typedef {object} Browser
 * @property {(work: Function, argument: object) => Promise<unknown>} evaluate runs a function in the page
 * @property {(point: { x: number, y: number }) => Promise<void>} press
 * @property {() => Promise<void>} close
 */
export async function tellStory(t, open) {
  const simulator = await startSimulator({ backend: backendProgram() });
  let browser = null;
  t.after(async () => {
    await browser?.close();
    await simulator.close();
  });
  browser = await open(simulator.url);

  const seen = (what) => browser.evaluate(look, what);
  const isThere = (selector) => until(() => seen({ selector }), selector);
  const press = async (what) => {
    const { point } = await until(() => seen(what), JSON.stringify(what));
    await browser.press(point);
  };

  await isThere('[data-view=timeline] [data-event=templatesFound]');
  const { text: openId } = await isThere('.open-id');

  await press({ frame: MINIPROGRAM, selector: `${PAGE} wx-button`, text: '加入购物车' });
  await press({ selector: '[role=dialog] [role=checkbox]', text: '到货提醒' });
  await press({ selector: '[role=dialog] button', text: '允许' });
  await until(
    async () => (await seen({ frame: MINIPROGRAM, selector: PAGE }))?.text.includes('已订阅'),
    '已订阅',
  );
  await isThere('.step[data-step=stored][data-state=done]');

  await press({ selector: '[data-occasion=priceDrop]' });
  await isThere('.banner');
  await isThere('.step[data-step=arrived][data-state=done]');
  assertStoryTold(await recordsOf(simulator.backend.url, openId));
}
