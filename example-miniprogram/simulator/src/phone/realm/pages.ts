// The app and its pages, as the mini-program and the phone see them.
import type { Controls } from '../bridge';
import type { Core } from './core';
import type { Engine, PageInstance } from './engine';
import { type Listeners, createListeners } from './listeners';
import type { Modules } from './modules';
import { type Query, parseUrl } from './path';
import { report } from './report';
import { type LeaveMode, type Open, createCall, createStack } from './stack';

type AppInstance = Record<string, unknown>;

/** The controls that are about the app and its pages. */
type PageControls = Omit<Controls, 'networkChanged' | 'diagnose'>;

/** From the desktop, as in WeChat's list of scenes. */
const SCENE_DESKTOP = 1001;

export interface LaunchOptions {
  path: string;
  query: Query;
  scene: number;
  referrerInfo: Record<string, never>;
}

export interface Pages {
  App(definition: AppInstance): void;
  getApp(): AppInstance;
  getCurrentPages(): PageInstance[];
  begin(modules: Modules): PageControls;
  /** @returns the error, or null on success */
  go(mode: LeaveMode, url: unknown): string | null;
  back(delta: number): string | null;
  /** Changes the bar of the page on top. */
  setChrome(chrome: Partial<Open['chrome']>): void;
  launchOptions(): LaunchOptions;
  enterOptions(): LaunchOptions;
  onAppShow: Listeners<LaunchOptions>;
  onAppHide: Listeners<undefined>;
}

export function createPages(core: Core, engine: Engine): Pages {
  const { host, tap, miniprogram } = core;
  const { app } = miniprogram;
  const call = createCall(core);
  let modules: Modules | null = null;
  let appInstance: AppInstance | null = null;
  let launched: LaunchOptions = { path: '', query: {}, scene: SCENE_DESKTOP, referrerInfo: {} };
  let entered = launched;
  const onAppShow = createListeners<LaunchOptions>(core);
  const onAppHide = createListeners<undefined>(core);

  const stack = createStack(core, engine, call, () => {
    if (!modules) throw new Error('the mini-program was not launched');
    return modules;
  });

  function show(options: LaunchOptions): void {
    entered = options;
    if (appInstance) call(appInstance, 'App', 'onShow', [options]);
    onAppShow.emit(options);
  }
  function optionsOf(url: string | null, scene: number): LaunchOptions {
    const home = app.entryPagePath ?? app.pages[0] ?? '';
    const { path, query } = url
      ? parseUrl(`/${url.replace(/^\/+/, '')}`, '')
      : { path: home, query: {} };
    return { path, query, scene, referrerInfo: {} };
  }
  /** Opened from outside: an unknown page opens the first one. */
  function openFromOutside({ path, query }: LaunchOptions): void {
    if (app.pages.includes(path)) {
      stack.push(path, query, true);
      return;
    }
    host.log({ kind: 'error', text: `page "${path}" is not found` });
    stack.push(app.pages[0] ?? '', {}, true);
  }
  function tellPage({ root, path }: Open, name: 'Show' | 'Hide'): void {
    call(root.page, path, `on${name}`);
    tap.run(null, () => root.lifetime(name === 'Show' ? 'show' : 'hide'));
  }

  const controls: PageControls = {
    launch(url, scene) {
      launched = optionsOf(url, scene);
      try {
        if (modules?.has('app.js')) tap.run(null, () => modules?.load('app.js'));
      } catch (error) {
        // As in WeChat, the pages are shown all the same.
        report(host, error);
      }
      appInstance ??= {};
      call(appInstance, 'App', 'onLaunch', [launched]);
      show(launched);
      openFromOutside(launched);
    },

    back: () => void stack.back(1),

    tab(index) {
      const item = app.tabBar?.list[index];
      if (!item) return;
      const { pagePath, text } = item;
      stack.showTab(pagePath, {});
      const page = stack.top()?.root.page;
      if (typeof page?.onTabItemTap !== 'function') return;
      call(page, pagePath, 'onTabItemTap', [{ index: String(index), pagePath, text }]);
    },

    hide() {
      const open = stack.top();
      if (open) tellPage(open, 'Hide');
      if (appInstance) call(appInstance, 'App', 'onHide');
      onAppHide.emit(undefined);
    },

    show(url, scene) {
      const open = stack.top();
      if (url || !open) {
        const options = optionsOf(url, scene);
        show(options);
        stack.closeAll();
        openFromOutside(options);
        return;
      }
      show({ ...entered, path: open.path, query: open.query, scene });
      tellPage(open, 'Show');
    },
  };

  return {
    onAppShow,
    onAppHide,
    launchOptions: () => launched,
    enterOptions: () => entered,
    getCurrentPages: stack.instances,
    go: stack.go,
    back: stack.back,
    setChrome: stack.setChrome,

    App(definition) {
      if (appInstance) throw new Error('App was called twice');
      appInstance = definition;
    },
    getApp() {
      if (!appInstance) throw new Error('getApp: App was not called yet');
      return appInstance;
    },
    begin(given) {
      modules = given;
      return controls;
    },
  };
}
