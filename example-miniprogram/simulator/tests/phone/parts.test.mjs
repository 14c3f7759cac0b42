// Templates, wxs, styles, components and the built-in ones, as a page has them.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { BUILT_IN_TAGS } from '../../compile/tags.mjs';
import { openPhone } from './support/browser.mjs';

async function openParts(t, options) {
  const phone = await openPhone(t, options);
  await phone.call('notify', {
    id: '打开',
    templateId: '',
    title: '打开',
    fields: [],
    page: 'pages/parts/index',
    at: 0,
  });
  await phone.banner('打开').click();
  await phone.onPage('pages/parts/index');
  return phone;
}

/** Computed styles of the first element that matches. */
const styleOf = (phone, selector, ...names) =>
  phone.app
    .locator(selector)
    .first()
    .evaluate((element, wanted) => {
      const style = getComputedStyle(element);
      return wanted.map((name) => style[name]);
    }, names);

const labelled = (phone, text) => phone.app.locator('wx-label', { hasText: text });

test('templates, wxs files and inline wxs put their text on the page', async (t) => {
  const phone = await openParts(t);
  assert.equal(
    await phone.app.locator('wx-view', { hasText: '¥129.00' }).first().textContent(),
    '¥129.00 42',
  );
  assert.deepEqual(await phone.app.locator('wx-view.item').allTextContents(), ['0:a', '1:b']);
});

test('packages are found by name and by path within', async (t) => {
  const phone = await openParts(t);
  assert.deepEqual(await phone.result('packages'), ['tiny', 'a part', 'a part']);
  assert.deepEqual(await phone.result('instance'), { route: 'pages/parts/index', array: true });
});

test('rpx follow the width of the phone, in style sheets and in the style of an element', async (t) => {
  for (const width of [320, 440]) {
    const phone = await openParts(t, { viewport: { width, height: 800 } });
    const view = await phone.page
      .locator('iframe.web-view')
      .evaluate(({ contentWindow }) => contentWindow.innerWidth);
    assert.ok(view >= 320 && view <= 397, `${view}`);
    assert.equal(await phone.result('query'), view / 2);
    const [inline] = await styleOf(phone, '[style*="height: 1px"]', 'width');
    assert.ok(Math.abs(parseFloat(inline) - view / 10) < 0.01, inline);
  }
});

test('an isolated component has its own rules only; one that applies shared ones has the app’s too', async (t) => {
  const phone = await openParts(t);
  assert.deepEqual(await styleOf(phone, 'wx-view.shared', 'color'), ['rgb(1, 2, 3)']);
  assert.deepEqual(await styleOf(phone, 'box wx-view', 'color', 'fontStyle'), [
    'rgb(0, 0, 0)',
    'italic',
  ]);
  assert.deepEqual(await styleOf(phone, 'box', 'display', 'paddingTop'), ['block', '3px']);
  assert.deepEqual(await styleOf(phone, 'loose wx-view', 'color', 'textDecorationLine'), [
    'rgb(1, 2, 3)',
    'underline',
  ]);
});

test('a page’s rules do not reach another page', async (t) => {
  const phone = await openPhone(t);
  const weight = await phone.app.locator('wx-page').evaluate((page) => {
    const { document } = page.ownerDocument.defaultView;
    const item = document.createElement('wx-view');
    item.className = 'item';
    page.append(item);
    return getComputedStyle(item).fontWeight;
  });
  assert.equal(weight, '400');
});

test('components live, observe, and tell their page', async (t) => {
  const phone = await openParts(t);
  assert.equal(await phone.result('box attached'), 'T');
  assert.equal(await phone.result('box ready'), true);
  assert.equal(await phone.result('box show'), true);
  await phone.tap('盒子 T1');
  assert.deepEqual(await phone.result('box'), { detail: { to: 'U' }, id: 'box' });
  assert.equal(await phone.result('box data'), 'U');
  assert.equal(await phone.app.locator('box wx-text').textContent(), '插槽');
  await phone.call('notify', {
    id: '离开',
    templateId: '',
    title: '离开',
    fields: [],
    page: 'pages/index/index',
    at: 0,
  });
  await phone.banner('离开').click();
  assert.equal(await phone.result('box detached'), true);
});

test('a tap bubbles as plain data with the dataset in camel case, unless it is caught or the button disabled', async (t) => {
  const phone = await openParts(t);
  await phone.tap('里层');
  const { type, target, currentTarget, detail, touches } = await phone.result('inner');
  assert.equal(type, 'tap');
  assert.deepEqual(
    [target.id, target.dataset, currentTarget.id],
    ['inner', { innerName: 'i' }, 'inner'],
  );
  assert.deepEqual([typeof detail.x, touches.length], ['number', 1]);
  assert.deepEqual(await phone.result('outer'), { target: 'inner', dataset: { outerName: 'o' } });

  const outers = async () =>
    (await phone.entries('console')).filter(({ text }) => text.startsWith('RESULT outer')).length;
  await phone.tap('截住');
  await phone.result('caught');
  await phone.app.getByText('禁用').click({ force: true });
  await phone.tap('里层');
  assert.equal(await outers(), 2);
  assert.equal(
    (await phone.entries('console')).some(({ text }) => text.startsWith('RESULT disabled')),
    false,
  );
});

test('controls tell their values, and a form gathers them', async (t) => {
  const phone = await openParts(t);
  const field = phone.app.getByPlaceholder('城市');
  await field.fill('杭州');
  assert.deepEqual(await phone.result('input 杭州'), { value: '杭州', cursor: 2 });
  await field.press('Enter');
  assert.deepEqual(await phone.result('confirm'), { value: '杭州' });
  await phone.app.getByRole('switch').click();
  assert.deepEqual(await phone.result('switch'), { value: true });
  await labelled(phone, '苹果').click();
  assert.deepEqual(await phone.result('fruits'), { value: ['apple', 'pear'] });
  await phone.app.getByRole('radio').first().click();
  assert.deepEqual(await phone.result('size'), { value: 's' });
  await phone.app.getByText('提交', { exact: true }).click();
  assert.deepEqual(await phone.result('submit'), {
    value: { city: '杭州', agree: true, fruits: ['apple', 'pear'], size: 's' },
  });
});

test('model: binds a field to data both ways', async (t) => {
  const phone = await openParts(t);
  await phone.app.getByPlaceholder('双向').fill('茶');
  await phone.app.getByText('模型 茶', { exact: true }).waitFor({ timeout: 5000 });
});

test('a scroll view tells its end, and an image of the package its size', async (t) => {
  const phone = await openParts(t);
  await phone.app.locator('wx-scroll-view').evaluate((element) => element.scrollTo(0, 1000));
  assert.equal(await phone.result('lower'), true);
  assert.deepEqual(await phone.result('image'), { width: 8, height: 8 });
});

test('every tag that the compiler lets through is drawn by the phone', async (t) => {
  const phone = await openParts(t);
  const { width } = await phone.app.locator('wx-progress').boundingBox();
  assert.ok(width > 100);
  const drawn = await phone.app.locator('wx-page').evaluate((page) => {
    const { document } = page.ownerDocument.defaultView;
    return [...document.querySelectorAll('*')].map(({ localName }) => localName);
  });
  // <navigator> is on the fixture's first page.
  const wanted = [...BUILT_IN_TAGS].filter((tag) => tag !== 'navigator').map((tag) => `wx-${tag}`);
  assert.deepEqual(
    wanted.filter((tag) => !drawn.includes(tag)),
    [],
  );
  const errors = await phone.entries('error');
  assert.deepEqual(errors, []);
});
