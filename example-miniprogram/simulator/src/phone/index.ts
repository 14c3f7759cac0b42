// A simulated phone with WeChat and one mini-program on it.
//
// Three worlds, as in WeChat:
//
//   this page      the glass and the bars (`ui/`), the account, the network
//   logic realm    a frame without the browser's names (`realm-frame.ts`): `realm/` and the mini-program's JavaScript
//   web view       a frame with the pages' elements (`web-view.ts`), drawn by the component engine in the realm
//
// `bridge.ts` says what the first two ask of each other.
import wxNames from 'phone:wx-names';

import type { Entry, Faults, Phone, PhoneOptions, PopupErrorCode, ServiceNotification } from '../shared/phone';
import { createAccount } from './account';
import type { Chrome, Controls, Host, NewEntry } from './bridge';
import { createNetwork } from './network';
import { type RealmFrame, createRealmFrame } from './realm-frame';
import { createScreen } from './ui/screen';
import { type WebView, createWebView } from './web-view';
import { toPlain } from './plain';

const NO_FAULTS: Faults = {
  offline: false,
  backendStatus: null,
  requestDelayMs: 0,
  mainSwitchOff: false,
  banned: false,
  bannedTemplates: [],
  maxTemplates: 5,
  nextPopupError: null,
  silentPopup: false,
  oldPromises: false,
  noWasm: false,
  wasmDelayMs: 0,
};

/** As WeChat numbers the ways into a mini-program. */
const SCENES = { desktop: 1001, chats: 1089, notification: 1014 };

/** The one line of the example that the phone understands: what the SDK tells of itself. */
const SDK_MARK = '[wx-subscribe]';

interface Running {
  realm: RealmFrame;
  view: WebView;
  controls: Controls;
}

export function createPhone(host: HTMLElement, options: PhoneOptions): Phone {
  const { miniprogram } = options;
  const account = createAccount(miniprogram.appId);
  const listeners = new Set<(entry: Entry) => void>();
  const faultListeners = new Set<(faults: Readonly<Faults>) => void>();
  let faults = { ...NO_FAULTS };
  let running: Running | null = null;
  let hidden = false;
  let launches = 0;
  let launchedAt = performance.now();
  let route: string | null = null;

  function log(entry: NewEntry): void {
    const complete = { ...(toPlain(entry) as NewEntry), at: Math.round(performance.now() - launchedAt) } as Entry;
    listeners.forEach((listener) => {
      try {
        listener(complete);
      } catch (error) {
        // Of the panel's making: the mini-program, which is running now, has no part in it.
        console.error(error);
      }
    });
  }

  function changeFaults(changes: Partial<Faults>): void {
    const before = faults;
    faults = { ...faults, ...changes };
    if (before.offline !== faults.offline) running?.controls.networkChanged(!faults.offline);
    faultListeners.forEach((listener) => listener({ ...faults }));
  }

  const request = createNetwork(options.requestUrl, () => faults, log);
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
      mainSwitch: () => !faults.mainSwitchOff,
      setMainSwitch: (on) => changeFaults({ mainSwitchOff: !on }),
      kept: () => account.kept(),
      setKept: (id, choice) => account.keep({ [id]: choice }),
      titleOf: (id) => options.templates.find(({ templateId }) => templateId === id)?.title ?? id,
    },
    notifications: () => account.notifications(),
  });

  function print(level: 'debug' | 'log' | 'info' | 'warn' | 'error', values: unknown[]): void {
    console[level](...values);
    const [mark, event] = values;
    if (mark === SDK_MARK && level === 'debug' && event !== null && typeof event === 'object') {
      log({ kind: 'sdk', event: event as { name: string } });
      return;
    }
    log({ kind: 'console', level, text: values.map(asText).join(' ') });
  }

  function readPackage(path: string, done: (bytes: ArrayBuffer | null) => void): void {
    const delay = faults.wasmDelayMs;
    fetch(options.wasmUrl(path))
      .then((response) => (response.ok ? response.arrayBuffer() : null))
      .catch(() => null)
      .then((bytes) => setTimeout(() => done(bytes), delay));
  }

  function createHost(realm: RealmFrame, view: WebView): Host {
    /** Calls back into a realm that is still there. */
    const ifRunning =
      <T extends unknown[]>(work: (...given: T) => void) =>
      (...given: T) => {
        if (running?.realm === realm) work(...given);
      };
    return {
      miniprogram: JSON.stringify(miniprogram),
      templates: JSON.stringify(options.templates),
      wxNames: JSON.stringify(wxNames),
      view: view.window,
      oldPromises: faults.oldPromises,
      noWasm: faults.noWasm,
      define: realm.define,
      log,
      unseenRejection: (reason) => log({ kind: 'error', text: `unhandled rejection: ${asText(reason)}` }),
      print,
      isHidden: () => hidden,
      isOffline: () => faults.offline,
      isBanned: () => faults.banned,
      maxTemplates: () => faults.maxTemplates,
      bannedTemplates: () => JSON.stringify(faults.bannedTemplates),
      isPopupSilent: () => faults.silentPopup,
      takePopupError() {
        const code: PopupErrorCode | null = faults.nextPopupError;
        if (code !== null) changeFaults({ nextPopupError: null });
        return code;
      },
      readPackage: (path, done) => readPackage(path, ifRunning(done)),
      assetUrl: options.assetUrl ?? options.wasmUrl,
      request: (text, done) =>
        request(
          JSON.parse(text),
          ifRunning((answer) => done(JSON.stringify(answer))),
        ),
      storageGet: account.storage.get,
      storageSet: account.storage.set,
      storageRemove: account.storage.remove,
      storageKeys: () => JSON.stringify(account.storage.keys()),
      subscriptions: () => JSON.stringify({ mainSwitch: !faults.mainSwitchOff, kept: account.kept() }),
      keepChoices: (choices) => account.keep(JSON.parse(choices)),
      setChrome(text) {
        const chrome = JSON.parse(text) as Chrome;
        route = chrome.route;
        screen.setChrome(chrome);
      },
      showConsent: (text, done) =>
        screen.showConsent(
          JSON.parse(text),
          ifRunning((answer) => done(JSON.stringify(answer))),
        ),
      showModal: (text, done) =>
        screen.showModal(
          JSON.parse(text),
          ifRunning((answer) => done(JSON.stringify(answer))),
        ),
      showActionSheet: (text, done) => screen.showActionSheet(JSON.parse(text), ifRunning(done)),
      showToast: (text) => screen.showToast(JSON.parse(text)),
      hideToast: () => screen.hideToast(),
      showCashier: (done) => screen.showCashier(ifRunning(done)),
      showSettings: (done) => screen.showSettings(ifRunning(done)),
    };
  }

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
    const [realm, view] = await Promise.all([createRealmFrame(screen.root), createWebView(screen.pages)]);
    if (launch !== launches) {
      // Launched again meanwhile.
      realm.remove();
      view.remove();
      return;
    }
    watchErrors(realm.window);
    const created = createHost(realm, view);
    // The realm may call back while it starts.
    running = { realm, view, controls: NOT_STARTED };
    try {
      running.controls = realm.start(created);
      running.controls.launch(url, scene);
    } catch (error) {
      // Of the mini-program's own making, for the most part: the phone is not broken by it.
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
      log({ kind: 'error', text: `unhandled rejection: ${asText((event as PromiseRejectionEvent).reason)}` });
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
      return { ...faults };
    },
    setFaults: changeFaults,
    onFaults(listener) {
      faultListeners.add(listener);
      return () => void faultListeners.delete(listener);
    },
    onEntry(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    notify(notification: ServiceNotification) {
      account.addNotification(notification);
      screen.notify(notification);
    },
    reset() {
      stop();
      account.clear();
      changeFaults(NO_FAULTS);
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
};

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  // An error of the logic realm is of another realm's class.
  if (value !== null && typeof value === 'object' && 'stack' in value) return String(value.stack);
  const plain = toPlain(value);
  return typeof plain === 'string' ? plain : JSON.stringify(plain);
}
