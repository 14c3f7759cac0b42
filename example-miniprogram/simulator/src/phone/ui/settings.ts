// The settings page of the mini-program: 订阅消息.
import { h } from '../../shared/dom';
import { button, icon } from './dom';
import { openSheet } from './sheet';

export interface SettingsSource {
  mainSwitch(): boolean;
  setMainSwitch(on: boolean): void;
  /** Template id → kept choice. */
  kept(): Record<string, 'accept' | 'reject'>;
  setKept(id: string, choice: 'accept' | 'reject'): void;
  titleOf(id: string): string;
}

function toggle(label: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const made = button(
    'toggle',
    label,
    () => {
      const now = made.getAttribute('aria-checked') !== 'true';
      made.setAttribute('aria-checked', String(now));
      change(now);
    },
    h('span'),
  );
  made.setAttribute('role', 'switch');
  made.setAttribute('aria-checked', String(on));
  return made;
}

export function showSettings(layer: HTMLElement, source: SettingsSource, done: () => void): void {
  const items = h('div.setting-items');
  const drawItems = () => {
    const kept = source.mainSwitch() ? Object.entries(source.kept()) : [];
    items.replaceChildren(
      ...kept.map(([id, choice]) => {
        const title = source.titleOf(id);
        const change = (on: boolean) => source.setKept(id, on ? 'accept' : 'reject');
        return h('div.setting', h('span', title), toggle(title, choice === 'accept', change));
      }),
      h(
        'p.setting-note',
        kept.length > 0 ? '以上消息已选择“总是保持”，可在这里更改' : '没有选择过“总是保持”的消息',
      ),
    );
  };
  drawItems();
  const close = () => {
    sheet.close();
    done();
  };
  const content = h(
    'div.settings',
    h(
      'header',
      button('back', '返回', close, icon('', 'M15 4.5L7.5 12l7.5 7.5')),
      h('strong', '设置'),
    ),
    h(
      'div.setting',
      h('span', '接收订阅消息'),
      toggle('接收订阅消息', source.mainSwitch(), (on) => {
        source.setMainSwitch(on);
        drawItems();
      }),
    ),
    items,
  );
  const sheet = openSheet(layer, 'full', '设置', content, close);
}
