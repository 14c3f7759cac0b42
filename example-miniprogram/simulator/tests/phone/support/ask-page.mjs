// A phone on the page that asks for subscriptions.
import { openPhone } from './browser.mjs';

const template = (templateId, title, more = {}) => ({
  templateId,
  title,
  fields: [{ key: 'thing1', label: '商品名称' }],
  kind: 'once',
  ...more,
});
const TEMPLATES = [
  template('a', '降价通知'),
  template('b', '到货提醒'),
  template('c', '发货通知'),
  template('d', '退款通知'),
  template('like a', '降价通知'),
  template('long', '年度账单', { kind: 'longTerm' }),
  template('banned', '封禁', { banned: true }),
];
export const OK = { errMsg: 'requestSubscribeMessage:ok' };
export const refused = (text, errCode) => ({
  ...(errCode ? { errCode } : {}),
  errMsg: `requestSubscribeMessage:fail ${text}`,
});

/** The page of the fixture that asks in many ways. */
export async function openAskPage(t, faults) {
  const phone = await openPhone(t, { templates: TEMPLATES, ...(faults ? { faults } : {}) });
  await phone.call('notify', {
    id: '打开',
    templateId: '',
    title: '打开',
    fields: [],
    page: 'pages/ask/index',
    at: 0,
  });
  await phone.banner('打开').click();
  await phone.onPage('pages/ask/index');
  let calls = 0;
  return {
    ...phone,
    sheet: phone.page.getByRole('dialog', { name: '订阅消息' }),
    tick: (title) => phone.page.getByRole('checkbox', { name: title, exact: true }),
    keep: () => phone.page.getByRole('checkbox', { name: '总是保持以上选择，不再询问' }),
    /** Taps a button that asks, then buttons of the sheet; `result(phase)` is the result. */
    async ask(label, ...buttons) {
      await phone.tap(label);
      calls += 1;
      const name = `${calls} ${label}`;
      for (const button of buttons) await phone.button(button).click();
      return (phase) => phone.result(`${name} ${phase}`);
    },
  };
}
