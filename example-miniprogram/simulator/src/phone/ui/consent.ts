// The sheet of wx.requestSubscribeMessage.
import type { TemplateInfo } from '../../shared/phone';
import type { ConsentAnswer, ConsentRequest } from '../bridge';
import { h } from '../../shared/dom';
import { avatar, button, icon } from './dom';
import { openSheet } from './sheet';

const TICK = 'M5 12.5l4.5 4.5L19 7.5';
const INFO = 'M12 11v6M12 7.2v.6M12 2.8a9.2 9.2 0 1 0 0 18.4 9.2 9.2 0 0 0 0-18.4z';

/** Example values of the fields, shown by ⓘ. */
function exampleOf(key: string): string {
  const kind = key.replace(/[\d.].*$/, '').toLowerCase();
  const examples: Record<string, string> = {
    thing: '示例商品',
    amount: '¥99.00',
    number: '2',
    date: '2026年1月1日',
    time: '2026年1月1日 12:00',
    phrase: '已通过',
    character_string: 'A1234567',
    name: '张三',
  };
  return examples[kind] ?? '示例内容';
}

function example(name: string, template: TemplateInfo, back: () => void): HTMLElement {
  return h(
    'div.consent-example',
    h(
      'header',
      button('back', '返回', back, icon('', 'M15 4.5L7.5 12l7.5 7.5')),
      h('strong', '消息示例'),
    ),
    h(
      'article.message',
      h('div.message-from', avatar(name, '.small'), name),
      h('h4', template.title),
      ...template.fields.map(({ key, label }) => h('p', h('span', label), h('b', exampleOf(key)))),
      h('footer', '进入小程序查看', icon('', 'M9 5l7 7-7 7')),
    ),
  );
}

/** `done` gets the answer once; 取消 and a tap beside the sheet are the same. */
export function showConsent(
  layer: HTMLElement,
  name: string,
  { templates }: ConsentRequest,
  done: (answer: ConsentAnswer) => void,
): void {
  const ticked = new Set(templates.map(({ templateId }) => templateId));
  let keep = false;
  const answer = (allowed: boolean) => {
    sheet.close();
    done({ allowed, ticked: [...ticked], keep });
  };

  function row(template: TemplateInfo): HTMLElement {
    const id = template.templateId;
    const tick = button(
      'tick',
      template.title,
      () => {
        if (!ticked.delete(id)) ticked.add(id);
        tick.setAttribute('aria-checked', String(ticked.has(id)));
      },
      h('span.circle', icon('', TICK)),
      h('span.consent-title', template.title),
    );
    tick.setAttribute('role', 'checkbox');
    tick.setAttribute('aria-checked', 'true');
    tick.dataset.templateId = id;
    const info = button(
      'info',
      `${template.title}：消息示例`,
      () => turnTo(example(name, template, () => turnTo(main))),
      icon('', INFO),
    );
    return h('li', tick, info);
  }

  const keeper = button(
    'keeper',
    '总是保持以上选择，不再询问',
    () => {
      keep = !keep;
      keeper.setAttribute('aria-checked', String(keep));
    },
    h('span.circle', icon('', TICK)),
    '总是保持以上选择，不再询问',
  );
  keeper.setAttribute('role', 'checkbox');
  keeper.setAttribute('aria-checked', 'false');

  const once = templates.every(({ kind }) => kind === 'once');
  const main = h(
    'div.consent',
    h('header', avatar(name), h('strong', name), h('span', '申请')),
    h('h3', once ? '发送一次以下消息' : '发送以下消息'),
    h('ul', ...templates.map(row)),
    keeper,
    h(
      'div.choices',
      button('choice', '取消', () => answer(false)),
      button('choice primary', '允许', () => answer(true)),
    ),
  );
  const shown = h('div', main);
  const turnTo = (page: HTMLElement) => shown.replaceChildren(page);
  const sheet = openSheet(layer, 'bottom', '订阅消息', shown, () => answer(false));
}
