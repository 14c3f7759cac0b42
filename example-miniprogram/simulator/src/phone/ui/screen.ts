// The phone's screen: bars, the web view between them, and the layers above.
import type { ServiceNotification, TabBarConfig } from '../../shared/phone';
import type {
  ActionSheetRequest,
  Chrome,
  ConsentAnswer,
  ConsentRequest,
  ModalAnswer,
  ModalRequest,
  ToastRequest,
} from '../bridge';
import { createChats, notificationBanner } from './chats';
import { showConsent } from './consent';
import { showActionSheet, showCashier, showModal } from './dialogs';
import { h } from '../../shared/dom';
import { button, icon } from './dom';
import { type SettingsSource, showSettings } from './settings';
import { SCREEN_STYLE } from './style';
import { createToast } from './toast';

const BANNER_MS = 5000;
const CLOCK_MS = 10_000;

export interface ScreenOptions {
  name: string;
  tabBar: TabBarConfig | null;
  assetUrl(path: string): string;
  onBack(): void;
  onTab(index: number): void;
  /** The circle of the capsule: leaves the mini-program. */
  onClose(): void;
  /** Enters the mini-program: at a page, or where it was (''). */
  onOpen(page: string): void;
  onEnter(): void;
  onRelaunch(): void;
  settings: SettingsSource;
  notifications(): ServiceNotification[];
}

function createTabs({ tabBar, assetUrl, onTab }: ScreenOptions) {
  const root = h('nav.tabs', { hidden: true });
  if (!tabBar) return { root, show: (_index: number | null) => {} };
  root.style.background = tabBar.backgroundColor;
  root.style.borderTopColor = tabBar.borderStyle === 'white' ? 'transparent' : 'rgb(0 0 0 / 10%)';
  const hasIcons = tabBar.list.some(({ iconPath }) => iconPath);
  const tabs = tabBar.list.map(({ text, iconPath, selectedIconPath }, index) => {
    const picture = hasIcons ? (h('img', { alt: '' }) as HTMLImageElement) : null;
    const made = button('tab', text, () => onTab(index), picture, h('span', text));
    const select = (on: boolean) => {
      made.style.color = on ? tabBar.selectedColor : tabBar.color;
      made.setAttribute('aria-current', on ? 'page' : 'false');
      const path = on ? (selectedIconPath ?? iconPath) : iconPath;
      if (picture && path) picture.src = assetUrl(path);
    };
    return { made, select };
  });
  root.classList.toggle('text-only', !hasIcons);
  root.append(...tabs.map(({ made }) => made));
  return {
    root,
    show(selected: number | null) {
      root.hidden = selected === null;
      tabs.forEach(({ select }, index) => select(index === selected));
    },
  };
}

function createStatusBar(): { root: HTMLElement; stop(): void } {
  const time = h('time');
  const tick = () => {
    time.textContent = new Date().toLocaleTimeString('zh-CN', {
      hour: 'numeric',
      minute: '2-digit',
      hour12: false,
    });
  };
  tick();
  const timer = setInterval(tick, CLOCK_MS);
  const signal = icon('signal', 'M3 19v-3M8.300 19v-6.500M13.600 19V9M19 19V5');
  const battery = h('span.battery', h('span'));
  const root = h(
    'div.status',
    { 'aria-hidden': 'true' },
    time,
    h('span.island'),
    h('span.status-icons', signal, h('b', '5G'), battery),
  );
  return { root, stop: () => clearInterval(timer) };
}

export function createScreen(host: HTMLElement, options: ScreenOptions) {
  const shadow = host.shadowRoot ?? host.attachShadow({ mode: 'open' });
  const status = createStatusBar();
  const tabs = createTabs(options);
  const pages = h('div.pages');
  const layer = h('div.layer');
  const toast = createToast(layer);

  const title = h('h2');
  const spinner = h('span.spinner', { hidden: true });
  const back = button('back', '返回', options.onBack, icon('', 'M15 4.5L7.5 12l7.5 7.5'));
  const menu = () =>
    showActionSheet(
      layer,
      { alertText: options.name, itemList: ['设置', '重新进入小程序'], itemColor: '#000' },
      (index) => {
        if (index === 0) showSettings(layer, options.settings, () => {});
        if (index === 1) options.onRelaunch();
      },
    );
  const capsule = h(
    'div.capsule',
    button('dots', '更多', menu, h('span'), h('span'), h('span')),
    button('circle', '关闭小程序', options.onClose, h('span')),
  );
  const nav = h('div.nav', back, h('div.nav-title', spinner, title));
  const app = h('div.app', nav, pages, tabs.root);
  const chats = createChats({
    name: options.name,
    notifications: options.notifications,
    enter: options.onEnter,
    openPage: options.onOpen,
  });
  const glass = h(
    'div.screen',
    app,
    capsule,
    chats.root,
    status.root,
    layer,
    h('div.home', { 'aria-hidden': 'true' }),
  );
  const phone = h('div.phone', glass);
  const style = document.createElement('style');
  style.textContent = SCREEN_STYLE;
  shadow.replaceChildren(style, phone);

  let banner: HTMLElement | null = null;
  let bannerTimer = 0;
  function hideBanner(): void {
    clearTimeout(bannerTimer);
    banner?.remove();
    banner = null;
  }

  return {
    /** A place for invisible frames. */
    root: phone,
    pages,

    setChrome(chrome: Chrome) {
      title.textContent = chrome.title;
      spinner.hidden = !chrome.loading;
      back.hidden = !chrome.canGoBack;
      app.style.setProperty('--bar', chrome.custom ? 'transparent' : chrome.background);
      glass.style.setProperty('--bar-text', chrome.textStyle === 'white' ? '#fff' : '#000');
      glass.classList.toggle('dark-bar', chrome.textStyle === 'white');
      app.classList.toggle('custom-bar', chrome.custom);
      tabs.show(chrome.tab);
    },
    showConsent: (request: ConsentRequest, done: (answer: ConsentAnswer) => void) =>
      showConsent(layer, options.name, request, done),
    showModal: (request: ModalRequest, done: (answer: ModalAnswer) => void) =>
      showModal(layer, request, done),
    showActionSheet: (request: ActionSheetRequest, done: (index: number) => void) =>
      showActionSheet(layer, request, done),
    showCashier: (done: (paid: boolean) => void) => showCashier(layer, options.name, done),
    showSettings: (done: () => void) => showSettings(layer, options.settings, done),
    showToast: (request: ToastRequest) => toast.show(request),
    hideToast: () => toast.hide(),

    showApp() {
      chats.hide();
      app.hidden = false;
      capsule.hidden = false;
      layer.hidden = false;
    },
    showChats() {
      app.hidden = true;
      capsule.hidden = true;
      // A sheet of the mini-program waits until it is back.
      layer.hidden = true;
      glass.classList.remove('dark-bar');
      glass.style.setProperty('--bar-text', '#000');
      chats.show();
    },
    notify(notification: ServiceNotification) {
      hideBanner();
      chats.refresh();
      banner = notificationBanner(notification, () => {
        hideBanner();
        options.onOpen(notification.page);
      });
      glass.append(banner);
      bannerTimer = window.setTimeout(hideBanner, BANNER_MS);
    },
    /** Removes everything of the mini-program from the screen. */
    clear() {
      toast.hide();
      layer.replaceChildren();
      title.textContent = options.name;
      back.hidden = true;
      tabs.show(null);
    },
    destroy() {
      status.stop();
      hideBanner();
      shadow.replaceChildren();
    },
  };
}

export type Screen = ReturnType<typeof createScreen>;
