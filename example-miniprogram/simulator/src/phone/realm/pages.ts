// The app, its stack of pages, and what each of them is told when.
import type { TabBarConfig, WindowConfig } from '../../shared/phone';
import type { Chrome, Controls } from '../bridge';
import type { Core } from './core';
import type { Engine, PageInstance, Root } from './engine';
import { soon } from './natives';
import type { createModules } from './modules';
import { resolvePath } from './path';

type Modules = ReturnType<typeof createModules>;
type Query = Record<string, string>;
type AppInstance = Record<string, unknown>;

/** How near the end of a page `onReachBottom` comes, unless its JSON says otherwise. */
const REACH_BOTTOM_PX = 50;

/** Deeper than this WeChat refuses `navigateTo`. */
const MOST_PAGES = 10;

/** From the desktop, as in WeChat's list of scenes. */
export const SCENE_DESKTOP = 1001;

interface Open {
  path: string;
  query: Query;
  root: Root;
  chrome: WindowConfig & { loading: boolean };
  ready: boolean;
}

export interface LaunchOptions {
  path: string;
  query: Query;
  scene: number;
  referrerInfo: Record<string, never>;
}

export type LeaveMode = 'navigateTo' | 'redirectTo' | 'switchTab' | 'reLaunch';

export interface Pages {
  App(definition: AppInstance): void;
  getApp(): AppInstance;
  getCurrentPages(): PageInstance[];
  begin(modules: Modules): Omit<Controls, 'networkChanged'>;
  /** @returns why not, or null if it is done */
  go(mode: LeaveMode, url: unknown): string | null;
  back(delta: number): string | null;
  /** Changes the bar of the page on top. */
  setChrome(chrome: Partial<Open['chrome']>): void;
  launchOptions(): LaunchOptions;
  enterOptions(): LaunchOptions;
  onAppShow: Listeners<LaunchOptions>;
  onAppHide: Listeners<undefined>;
}

export interface Listeners<T> {
  on(listener: (given: T) => void): void;
  off(listener?: (given: T) => void): void;
  emit(given: T): void;
}

export function createListeners<T>(core: Core): Listeners<T> {
  let all: ((given: T) => void)[] = [];
  return {
    on(listener) {
      all.push(listener);
    },
    off(listener) {
      all = listener ? all.filter((one) => one !== listener) : [];
    },
    emit(given) {
      all.forEach((listener) => core.tap.run(null, () => listener(given)));
    },
  };
}

function parseUrl(url: string, from: string): { path: string; query: Query } {
  const [name = '', search = ''] = url.split('?', 2);
  const query: Query = {};
  search.split('&').forEach((pair) => {
    // As WeChat hands it over: not decoded.
    const at = pair.indexOf('=');
    if (pair) query[at < 0 ? pair : pair.slice(0, at)] = at < 0 ? '' : pair.slice(at + 1);
  });
  return { path: resolvePath(from, name).replace(/\.html$/, ''), query };
}

export function createPages(core: Core, engine: Engine): Pages {
  const { host, tap, miniprogram } = core;
  const { app } = miniprogram;
  const tabBar: TabBarConfig | undefined = app.tabBar;
  const tabs = tabBar?.list.map(({ pagePath }) => pagePath) ?? [];

  let modules: Modules | null = null;
  let appInstance: AppInstance | null = null;
  let stack: Open[] = [];
  /** Pages of tabs stay as they are while another tab is on top. */
  const keptTabs = new Map<string, Open>();
  let launched: LaunchOptions = { path: '', query: {}, scene: SCENE_DESKTOP, referrerInfo: {} };
  let entered = launched;
  const onAppShow = createListeners<LaunchOptions>(core);
  const onAppHide = createListeners<undefined>(core);

  const top = () => stack[stack.length - 1];
  const say = (text: string) => host.log({ kind: 'lifecycle', text });

  function report(error: unknown): void {
    host.log({ kind: 'error', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
    host.print('error', [error]);
  }

  /** Calls what the mini-program has under that name, as a macrotask of its own. */
  function call(target: Record<string, unknown>, label: string, name: string, given: unknown[] = []): void {
    say(`${label}.${name}`);
    const method = target[name];
    if (typeof method !== 'function') return;
    try {
      tap.run(null, () => (method as (...all: unknown[]) => unknown).apply(target, given));
    } catch (error) {
      report(error);
    }
  }

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
    if (!config || !modules) throw new Error(`there is no page or component at ${path}`);
    const { load: run } = modules;
    Object.values(config.usingComponents).forEach((used) => load(used, [...seen, path]));
    tap.run(null, () => engine.register(path, () => run(`${path}.js`)));
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

  /** `onPageScroll` and `onReachBottom`, each time the end comes near anew. */
  function tellOfScrolling(path: string, { page, element }: Root): void {
    let nearEnd = false;
    element.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = element;
      if (typeof page.onPageScroll === 'function') call(page, path, 'onPageScroll', [{ scrollTop }]);
      const wasNear = nearEnd;
      nearEnd = scrollHeight - clientHeight - scrollTop <= REACH_BOTTOM_PX;
      if (nearEnd && !wasNear && typeof page.onReachBottom === 'function') call(page, path, 'onReachBottom');
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

  const pages: Pages = {
    onAppShow,
    onAppHide,
    launchOptions: () => launched,
    enterOptions: () => entered,

    App(definition) {
      if (appInstance) throw new Error('App was called twice');
      appInstance = definition;
    },
    getApp() {
      if (!appInstance) throw new Error('getApp: App was not called yet');
      return appInstance;
    },
    getCurrentPages: () => stack.map(({ root }) => root.page),

    go(mode, url) {
      if (typeof url !== 'string' || url === '') return 'parameter error: parameter.url should be String';
      const { path, query } = parseUrl(url, top()?.path ?? '');
      if (!app.pages.includes(path)) return `page "${path}" is not found`;
      try {
        load(path);
      } catch (error) {
        report(error);
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

    back(delta) {
      if (stack.length <= 1) return 'cannot navigate back at first page.';
      const closed = stack.splice(Math.max(1, stack.length - delta)).reverse();
      closed.forEach(close);
      const below = top();
      if (below) enter(below, false);
      return null;
    },

    setChrome(chrome) {
      const open = top();
      if (!open) return;
      Object.assign(open.chrome, chrome);
      showChrome();
    },

    begin(given) {
      modules = given;

      function show(options: LaunchOptions): void {
        entered = options;
        if (appInstance) call(appInstance, 'App', 'onShow', [options]);
        onAppShow.emit(options);
      }
      function optionsOf(url: string | null, scene: number): LaunchOptions {
        const home = app.entryPagePath ?? app.pages[0] ?? '';
        const { path, query } = url ? parseUrl(`/${url.replace(/^\/+/, '')}`, '') : { path: home, query: {} };
        return { path, query, scene, referrerInfo: {} };
      }
      /** From outside: a page that the app does not have leads to its first one. */
      function openFromOutside({ path, query }: LaunchOptions): void {
        if (!app.pages.includes(path)) {
          host.log({ kind: 'error', text: `page "${path}" is not found` });
          push(app.pages[0] ?? '', {}, true);
        } else if (isTab(path) && stack.length > 0) {
          showTab(path, query);
        } else {
          push(path, query, true);
        }
      }

      return {
        launch(url, scene) {
          launched = optionsOf(url, scene);
          try {
            if (given.has('app.js')) tap.run(null, () => given.load('app.js'));
          } catch (error) {
            // As in WeChat, the pages are shown all the same.
            report(error);
          }
          appInstance ??= {};
          call(appInstance, 'App', 'onLaunch', [launched]);
          show(launched);
          openFromOutside(launched);
        },
        back: () => void pages.back(1),
        tab(index) {
          const path = tabs[index];
          const before = top()?.path;
          if (!path) return;
          showTab(path, {});
          const page = top()?.root.page;
          if (page && before !== undefined && typeof page.onTabItemTap === 'function') {
            call(page, path, 'onTabItemTap', [
              { index: String(index), pagePath: path, text: tabBar?.list[index]?.text },
            ]);
          }
        },
        hide() {
          const open = top();
          if (open) {
            call(open.root.page, open.path, 'onHide');
            tap.run(null, () => open.root.lifetime('hide'));
          }
          if (appInstance) call(appInstance, 'App', 'onHide');
          onAppHide.emit(undefined);
        },
        show(url, scene) {
          const open = top();
          const options =
            url || !open ? optionsOf(url, scene) : { ...entered, path: open.path, query: open.query, scene };
          show(options);
          if (url) {
            closeAll();
            openFromOutside(options);
          } else if (open) {
            call(open.root.page, open.path, 'onShow');
            tap.run(null, () => open.root.lifetime('show'));
          }
        },
      };
    },
  };
  return pages;
}
