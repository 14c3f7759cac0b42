// What the phone does for one run of the mini-program: `Host`, of its parts.
import wxNames from 'phone:wx-names';

import type { PhoneOptions } from '../shared/phone';
import type { Account } from './account';
import type { Chrome, Host, HttpAnswer, HttpRequest, NewEntry } from './bridge';
import type { FaultSwitches } from './faults';
import { asText } from './plain';
import type { RealmFrame } from './realm-frame';
import type { Screen } from './ui/screen';
import type { WebView } from './web-view';

/** The log lines of the example that the phone reads: an event of the SDK, and what a page got. */
const SDK_MARK = '[wx-subscribe]';
const OUTCOME_MARK = '[outcome]';

export interface HostParts {
  options: PhoneOptions;
  account: Account;
  faults: FaultSwitches;
  screen: Screen;
  realm: RealmFrame;
  view: WebView;
  request(sent: HttpRequest, done: (answer: HttpAnswer) => void): () => void;
  log(entry: NewEntry): void;
  /** Whether this run is still on the screen; later answers are dropped. */
  isRunning(): boolean;
  isHidden(): boolean;
  onChrome(chrome: Chrome): void;
  onConsentShown(): void;
}

export function createHost(parts: HostParts): Host {
  const {
    options,
    account,
    faults,
    screen,
    realm,
    view,
    request,
    log,
    isRunning,
    isHidden,
    onChrome,
    onConsentShown,
  } = parts;

  const ifRunning =
    <T extends unknown[]>(work: (...given: T) => void) =>
    (...given: T) => {
      if (isRunning()) work(...given);
    };
  const answering = (done: (text: string) => void) =>
    ifRunning((answer: unknown) => done(JSON.stringify(answer)));

  function print(level: 'debug' | 'log' | 'info' | 'warn' | 'error', values: unknown[]): void {
    console[level](...values);
    const [mark, event] = values;
    if (mark === SDK_MARK && level === 'debug' && event !== null && typeof event === 'object') {
      log({ kind: 'sdk', event: event as { name: string } });
      return;
    }
    if (mark === OUTCOME_MARK) {
      log({ kind: 'outcome', outcome: event });
      return;
    }
    log({ kind: 'console', level, text: values.map(asText).join(' ') });
  }

  function readPackage(path: string, done: (bytes: ArrayBuffer | null) => void): void {
    const delay = faults.now().wasmDelayMs;
    fetch(options.wasmUrl(path))
      .then((response) => (response.ok ? response.arrayBuffer() : null))
      .catch(() => null)
      .then((bytes) => setTimeout(() => done(bytes), delay));
  }

  return {
    miniprogram: JSON.stringify(options.miniprogram),
    templates: JSON.stringify(options.templates),
    wxNames: JSON.stringify(wxNames),
    view: view.window,
    oldPromises: faults.now().oldPromises,
    noWasm: faults.now().noWasm,
    define: realm.define,
    log,
    unseenRejection: (reason) =>
      log({ kind: 'error', text: `unhandled rejection: ${asText(reason)}` }),
    print,
    isHidden,
    faults: () => JSON.stringify(faults.now()),
    takePopupError() {
      const { nextPopupError } = faults.now();
      if (nextPopupError !== null) faults.set({ nextPopupError: null });
      return nextPopupError;
    },
    readPackage: (path, done) => readPackage(path, ifRunning(done)),
    assetUrl: options.assetUrl ?? options.wasmUrl,
    request: (text, done) => request(JSON.parse(text), answering(done)),
    storageGet: account.storage.get,
    storageSet: account.storage.set,
    storageRemove: account.storage.remove,
    storageKeys: () => JSON.stringify(account.storage.keys()),
    subscriptions: () =>
      JSON.stringify({ mainSwitch: !faults.now().mainSwitchOff, kept: account.kept() }),
    keepChoices: (choices) => account.keep(JSON.parse(choices)),
    setChrome: (text) => onChrome(JSON.parse(text)),
    showConsent(text, done) {
      screen.showConsent(JSON.parse(text), answering(done));
      onConsentShown();
    },
    showModal: (text, done) => screen.showModal(JSON.parse(text), answering(done)),
    showActionSheet: (text, done) => screen.showActionSheet(JSON.parse(text), ifRunning(done)),
    showToast: (text) => screen.showToast(JSON.parse(text)),
    hideToast: () => screen.hideToast(),
    showCashier: (done) => screen.showCashier(ifRunning(done)),
    showSettings: (done) => screen.showSettings(ifRunning(done)),
  };
}
