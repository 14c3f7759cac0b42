// WeChat outside the mini-program: the list of chats, and 服务通知 in it.
import type { ServiceNotification } from '../../shared/phone';
import { h } from '../../shared/dom';
import { avatar, button, icon } from './dom';

const BELL =
  'M12 3.5a5.5 5.5 0 0 0-5.5 5.5v4L5 16.5h14L17.500 13V9A5.500 5.500 0 0 0 12 3.500zM10 19.500a2 2 0 0 0 4 0';

const clock = (at: number) =>
  new Date(at).toLocaleTimeString('zh-CN', { hour: '2-digit', minute: '2-digit', hour12: false });

const bell = () => h('span.avatar.service', { 'aria-hidden': 'true' }, icon('', BELL));

export function notificationCard(
  name: string,
  given: ServiceNotification,
  open: () => void,
): HTMLElement {
  return button(
    'message',
    given.title,
    open,
    h('div.message-from', avatar(name, '.small'), name),
    h('h4', given.title),
    ...given.fields.map(({ label, value }) => h('p', h('span', label), h('b', value))),
    h('footer', '进入小程序查看', icon('', 'M9 5l7 7-7 7')),
  );
}

/** Slides in at the top of the screen, and out again by itself. */
export function notificationBanner(given: ServiceNotification, open: () => void): HTMLElement {
  const detail = given.fields.map(({ label, value }) => `${label}：${value}`).join('　');
  return button(
    'banner',
    '',
    open,
    bell(),
    h(
      'span.banner-text',
      h('strong', '服务通知', h('time', '现在')),
      h('span', given.title),
      h('span', detail),
    ),
  );
}

export interface ChatsSource {
  name: string;
  notifications(): ServiceNotification[];
  /** Back into the mini-program. */
  enter(): void;
  openPage(page: string): void;
}

export function createChats(source: ChatsSource) {
  const root = h('div.chats', { hidden: true });

  function row(
    picture: HTMLElement,
    title: string,
    line: string,
    at: string,
    open: () => void,
  ): HTMLElement {
    const text = h('span.chat-text', h('strong', title, h('time', at)), h('span', line));
    return button('chat', title, open, picture, text);
  }
  function drawList(): void {
    const all = source.notifications();
    const last = all.at(-1);
    root.replaceChildren(
      h('header', h('strong', '微信')),
      h(
        'div.chat-list',
        row(
          bell(),
          '服务通知',
          last ? `[${all.length}条] ${last.title}` : '没有消息',
          last ? clock(last.at) : '',
          drawNotifications,
        ),
        row(avatar(source.name), source.name, '小程序', '', source.enter),
      ),
    );
  }
  function drawNotifications(): void {
    const all = source.notifications();
    const cards = all.flatMap((given) => [
      h('time.message-time', clock(given.at)),
      notificationCard(source.name, given, () => source.openPage(given.page)),
    ]);
    const list = h(
      'div.messages',
      ...(cards.length > 0 ? cards : [h('p.nothing', '还没有服务通知')]),
    );
    root.replaceChildren(
      h(
        'header',
        button('back', '返回', drawList, icon('', 'M15 4.5L7.5 12l7.5 7.5')),
        h('strong', '服务通知'),
      ),
      list,
    );
    list.scrollTop = list.scrollHeight;
  }

  return {
    root,
    show() {
      root.hidden = false;
      drawList();
    },
    hide() {
      root.hidden = true;
    },
    /** A notification came in. */
    refresh() {
      if (!root.hidden) drawList();
    },
  };
}
