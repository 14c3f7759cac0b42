// A simulated phone with WeChat and one mini-program on it.
//
// Three worlds, as in WeChat:
//
//   this page      the glass and the bars (`ui/`), the account, the network
//   logic realm    a frame without the browser's names (`realm-frame.ts`): `realm/` and the mini-program's JavaScript
//   web view       a frame with the pages' elements (`web-view.ts`), drawn by the component engine in the realm
//
// `bridge.ts` is the interface between the first two.
import type { Entry, Phone, PhoneOptions, ServiceNotification } from '../shared/phone';
import type { Diagnostics } from '../shared/sdk';
import { createAccount } from './account';
import type { Controls, NewEntry } from './bridge';
import { NO_FAULTS, createFaults } from './faults';
import { createHost } from './host';
import { createNetwork } from './network';
import { asText, toPlain } from './plain';
import { type RealmFrame, createRealmFrame } from './realm-frame';
import { createScreen } from './ui/screen';
import { type WebView, createWebView } from './web-view';

/** WeChat's scene number. */
const SCENES = { desktop: 1001, chats: 1089, notification: 1014 };

interface Running {
  realm: RealmFrame;
  view: WebView;
  controls: Controls;
}

export function createPhone(host: HTMLElement, options: PhoneOptions): Phone {
  const { miniprogram } = options;
  const account = createAccount(miniprogram.appId);
  const listeners = new Set<(entry: Entry) => void>();
  const faults = createFaults(account);
  let running: Running | null = null;
  let hidden = false;
  let launches = 0;
  let launchedAt = performance.now();
  let route: string | null = null;

  function log(entry: NewEntry): void {
    const complete = {
      ...(toPlain(entry) as NewEntry),
      at: Math.round(performance.now() - launchedAt),
    } as Entry;
    listeners.forEach((listener) => {
      try {
        listener(complete);
      } catch (error) {
        // Caused by the panel, not by the mini-program that is running now.
        console.error(error);
      }
    });
  }

  faults.onChange((now, before) => {
    if (before.offline !== now.offline) running?.controls.networkChanged(!now.offline);
  });

  const onStorage = ({ key }: StorageEvent) => {
    if (!account.owns(key)) return;
    if (!key || key.endsWith(':faults')) faults.readAgain();
    listeners.forEach((listener) => listener({ kind: 'otherTab', at: 0 }));
  };
  addEventListener('storage', onStorage);

  const request = createNetwork(options.requestUrl, faults.now, log);
  const home = miniprogram.app.window ?? {};
  const screen = createScreen(host, {
    name: home.navigationBarTitleText ?? '小程序',
    tabBar: miniprogram.app.tabBar ?? null,
    assetUrl: options.assetUrl ?? options.wasmUrl,
    onBack: () => running?.controls.back(),
    onTab: (index) => running?.controls.tab(index),
    onClose: () => phone.hide(),
    onOpen: (page) => open(page),
    onEnter: () => (running ? phone.show() : void phone.launch()),
    onRelaunch: () => void phone.launch(),
    settings: {
      mainSwitch: () => !faults.now().mainSwitchOff,
      setMainSwitch: (on) => faults.set({ mainSwitchOff: !on }),
      kept: () => account.kept(),
      setKept: (id, choice) => account.keep({ [id]: choice }),
      titleOf: (id) => options.templates.find(({ templateId }) => templateId === id)?.title ?? id,
    },
    notifications: () => account.notifications(),
  });

  function stop(): void {
    running?.realm.remove();
    running?.view.remove();
    running = null;
    route = null;
    screen.clear();
  }

  async function start(url: string | null, scene: number): Promise<void> {
    stop();
    launches += 1;
    const launch = launches;
    launchedAt = performance.now();
    hidden = false;
    screen.showApp();
    log({ kind: 'lifecycle', text: 'launch' });
    const [realm, view] = await Promise.all([
      createRealmFrame(screen.root),
      createWebView(screen.pages),
    ]);
    if (launch !== launches) {
      // It was launched again meanwhile.
      realm.remove();
      view.remove();
      return;
    }
    watchErrors(realm.window);
    const created = createHost({
      options,
      account,
      faults,
      screen,
      realm,
      view,
      request,
      log,
      isRunning: () => running?.realm === realm,
      isHidden: () => hidden,
      onChrome(chrome) {
        route = chrome.route;
        screen.setChrome(chrome);
      },
      onConsentShown() {
        if (!faults.now().showWhilePopupOpen) return;
        setTimeout(() => {
          if (running?.realm === realm && !hidden) running.controls.show(null, SCENES.desktop);
        });
      },
    });
    // The realm may call back while it starts.
    running = { realm, view, controls: NOT_STARTED };
    try {
      running.controls = realm.start(created);
      running.controls.launch(url, scene);
    } catch (error) {
      // Usually an error of the mini-program: the phone keeps working.
      log({ kind: 'error', text: asText(error) });
      console.error(error);
    }
  }

  function watchErrors(window: Window): void {
    const listen = EventTarget.prototype.addEventListener;
    listen.call(window, 'error', (event) => {
      const { error, message } = event as ErrorEvent;
      log({ kind: 'error', text: asText(error ?? message) });
    });
    listen.call(window, 'unhandledrejection', (event) => {
      log({
        kind: 'error',
        text: `unhandled rejection: ${asText((event as PromiseRejectionEvent).reason)}`,
      });
    });
  }

  function open(page: string): void {
    if (!running) {
      void start(page || null, SCENES.notification);
      return;
    }
    if (!hidden) running.controls.hide();
    hidden = false;
    screen.showApp();
    running.controls.show(page || null, SCENES.notification);
  }

  const phone: Phone = {
    launch: () => start(null, SCENES.desktop),
    hide() {
      if (!running || hidden) return;
      hidden = true;
      running.controls.hide();
      screen.showChats();
    },
    show() {
      if (!running || !hidden) return;
      hidden = false;
      screen.showApp();
      running.controls.show(null, SCENES.chats);
    },
    get faults() {
      return { ...faults.now() };
    },
    setFaults: faults.set,
    onFaults: faults.onChange,
    onEntry(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    notify(notification: ServiceNotification) {
      account.addNotification(notification);
      screen.notify(notification);
    },
    get notifications() {
      return account.notifications();
    },
    diagnose: () =>
      new Promise((resolve) => {
        const { diagnose } = running?.controls ?? NOT_STARTED;
        diagnose((text) => resolve(text === null ? null : (JSON.parse(text) as Diagnostics)));
      }),
    reset() {
      stop();
      account.clear();
      faults.set(NO_FAULTS);
      return phone.launch();
    },
    get openId() {
      const text = account.storage.get('openId');
      return text === null ? null : ((JSON.parse(text) as { data: string }).data ?? null);
    },
    get route() {
      return route;
    },
    destroy() {
      launches += 1;
      removeEventListener('storage', onStorage);
      stop();
      screen.destroy();
    },
  };
  return phone;
}

const NOT_STARTED: Controls = {
  launch() {},
  back() {},
  tab() {},
  hide() {},
  show() {},
  networkChanged() {},
  diagnose: (done) => done(null),
};
