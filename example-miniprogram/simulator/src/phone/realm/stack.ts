// The stack of pages: push, replace and pop.
import type { WindowConfig } from '../../shared/phone';
import type { Chrome } from '../bridge';
import type { Core } from './core';
import type { Engine, PageInstance, Root } from './engine';
import type { Modules } from './modules';
import { soon } from './natives';
import { type Query, parseUrl } from './path';
import { report } from './report';

/** Distance from the end of a page at which `onReachBottom` is called. */
const REACH_BOTTOM_PX = 50;

/** Beyond this depth WeChat refuses `navigateTo`. */
const MOST_PAGES = 10;

export interface Open {
  path: string;
  query: Query;
  root: Root;
  chrome: WindowConfig & { loading: boolean };
  ready: boolean;
}

export type LeaveMode = 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch';

/** Calls a method of the mini-program, in its own macrotask. */
export type Call = (
  target: Record<string, unknown>,
  label: string,
  name: string,
  given?: unknown[],
) => void;

export function createCall({ host, tap }: Core): Call {
  return (target, label, name, given = []) => {
    host.log({ kind: 'lifecycle', text: `${label}.${name}` });
    const method = target[name];
    if (typeof method !== 'function') return;
    try {
      tap.run(null, () => (method as (...all: unknown[]) => unknown).apply(target, given));
    } catch (error) {
      report(host, error);
    }
  };
}

/** @param modules the mini-program's files, once they can be run */
export function createStack(core: Core, engine: Engine, call: Call, modules: () => Modules) {
  const { host, tap, miniprogram } = core;
  const { app } = miniprogram;
  const tabs = app.tabBar?.list.map(({ pagePath }) => pagePath) ?? [];
  let stack: Open[] = [];
  /** Pages of tabs stay as they are while another tab is on top. */
  const keptTabs = new Map<string, Open>();

  const top = () => stack[stack.length - 1];

  // -------------------------------------------------------------------------
  // The bar at the top and the tabs

  function showChrome(): void {
    const open = top();
    if (!open) return;
    const { chrome, path } = open;
    const tab = tabs.indexOf(path);
    const shown: Chrome = {
      title: chrome.navigationBarTitleText ?? '',
      background: chrome.navigationBarBackgroundColor ?? '#ffffff',
      textStyle: chrome.navigationBarTextStyle ?? 'black',
      custom: chrome.navigationStyle === 'custom',
      canGoBack: stack.length > 1,
      loading: chrome.loading,
      tab: tab < 0 ? null : tab,
      route: path,
    };
    host.setChrome(JSON.stringify(shown));
  }

  // -------------------------------------------------------------------------
  // Pages, one by one

  function load(path: string, seen: string[] = []): void {
    if (engine.isRegistered(path) || seen.includes(path)) return;
    const config = miniprogram.components[path];
    if (!config) throw new Error(`there is no page or component at ${path}`);
    Object.values(config.usingComponents).forEach((used) => load(used, [...seen, path]));
    tap.run(null, () => engine.register(path, () => modules().load(`${path}.js`)));
  }

  function open(path: string, query: Query): Open {
    load(path);
    const root = tap.run(null, () => engine.createRoot(path));
    const { page } = root;
    page.route = path;
    page.options = query;
    tellOfScrolling(path, root);
    const opened: Open = {
      path,
      query,
      root,
      chrome: { ...app.window, ...miniprogram.components[path], loading: false },
      ready: false,
    };
    return opened;
  }

  /** `onPageScroll`, and `onReachBottom` each time the page gets near its end again. */
  function tellOfScrolling(path: string, { page, element }: Root): void {
    let nearEnd = false;
    element.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      if (typeof page.onPageScroll === 'function')
        call(page, path, 'onPageScroll', [{ scrollTop }]);
      const wasNear = nearEnd;
      nearEnd = scrollHeight - clientHeight - scrollTop <= REACH_BOTTOM_PX;
      if (nearEnd && !wasNear && typeof page.onReachBottom === 'function')
        call(page, path, 'onReachBottom');
    });
  }

  function enter(opened: Open, isNew: boolean): void {
    const { page, element } = opened.root;
    if (isNew) {
      tap.run(null, () => opened.root.attach());
      call(page, opened.path, 'onLoad', [opened.query]);
    }
    element.hidden = false;
    showChrome();
    call(page, opened.path, 'onShow');
    tap.run(null, () => opened.root.lifetime('show'));
    if (!isNew) return;
    soon(() => {
      if (opened.ready || !element.isConnected) return;
      opened.ready = true;
      call(page, opened.path, 'onReady');
    });
  }

  function leave(left: Open | undefined): void {
    if (!left || left.root.element.hidden) return;
    left.root.element.hidden = true;
    call(left.root.page, left.path, 'onHide');
    tap.run(null, () => left.root.lifetime('hide'));
  }

  function close(closed: Open): void {
    keptTabs.delete(closed.path);
    call(closed.root.page, closed.path, 'onUnload');
    tap.run(null, () => closed.root.release());
  }

  const isTab = (path: string) => tabs.includes(path);

  function showTab(path: string, query: Query): void {
    const before = top();
    if (before?.path === path) return;
    if (before && isTab(before.path)) leave(before);
    stack
      .filter(({ path: other }) => !isTab(other))
      .reverse()
      .forEach(close);
    const kept = keptTabs.get(path);
    const opened = kept ?? open(path, query);
    keptTabs.set(path, opened);
    stack = [opened];
    enter(opened, !kept);
  }

  function closeAll(): void {
    const all = new Set([...stack].reverse());
    keptTabs.forEach((kept) => all.add(kept));
    all.forEach(close);
    stack = [];
  }

  function push(path: string, query: Query, replace: boolean): void {
    const before = top();
    const opened = open(path, query);
    if (replace && before) {
      close(before);
      stack.pop();
    } else {
      leave(before);
    }
    stack.push(opened);
    opened.root.element.classList.toggle('entering', !replace && stack.length > 1);
    if (isTab(path)) keptTabs.set(path, opened);
    enter(opened, true);
  }

  return {
    top,
    showTab,
    push,
    closeAll,
    instances: (): PageInstance[] => stack.map(({ root }) => root.page),

    /** @returns why not, or null if it is done */
    go(mode: LeaveMode, url: unknown): string | null {
      if (typeof url !== 'string' || url === '')
        return 'parameter error: parameter.url should be String';
      const { path, query } = parseUrl(url, top()?.path ?? '');
      if (!app.pages.includes(path)) return `page "${path}" is not found`;
      try {
        load(path);
      } catch (error) {
        report(host, error);
        return `page "${path}" cannot be loaded`;
      }
      switch (mode) {
        case 'switchTab':
          if (!isTab(path)) return 'can not switch to no-tabBar page';
          showTab(path, {});
          return null;
        case 'reLaunch':
          closeAll();
          push(path, query, true);
          return null;
        default:
          if (isTab(path)) return `can not ${mode} a tabbar page`;
          if (mode === 'navigateTo' && stack.length >= MOST_PAGES) {
            return `webview count limit exceed ${MOST_PAGES}`;
          }
          push(path, query, mode === 'redirectTo');
          return null;
      }
    },

    /** @returns why not, or null if it is done */
    back(delta: number): string | null {
      if (stack.length <= 1) return 'cannot navigate back at first page.';
      const closed = stack.splice(Math.max(1, stack.length - delta)).reverse();
      closed.forEach(close);
      const below = top();
      if (below) enter(below, false);
      return null;
    },

    /** Changes the bar of the page on top. */
    setChrome(chrome: Partial<Open['chrome']>): void {
      const open = top();
      if (!open) return;
      Object.assign(open.chrome, chrome);
      showChrome();
    },
  };
}
