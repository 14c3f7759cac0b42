// Connects the phone and the panel: events of the phone go into the model, and
// actions of the panel go to the phone, the back end and WeChat.
import { NO_FAULTS } from '../phone/faults';
import type { Entry, Faults, Phone } from '../shared/phone';
import * as api from './api';
import { eased } from './eased';
import { exchangeOf, withRequest } from './exchanges';
import {
  SWITCH_NAMES,
  isOn,
  switchOf,
  turned,
  type GatewayErrcode,
  type SwitchName,
} from './faults';
import type { Model, Result, TimelineEntry } from './model';
import type { Store } from './store';
import { type WechatEvent, listenToWechat } from './wechat-stream';

/** The actions of the panel. */
export interface Desk {
  relaunch(): void;
  toBackground(): void;
  toFront(): void;
  startOver(): void;
  send(occasion: api.Occasion): void;
  turn(name: SwitchName, on: boolean): void;
  failNextPopup(code: Faults['nextPopupError']): void;
  failNextSend(errcode: GatewayErrcode | null): void;
  restore(): void;
  clear(): void;
  /** Asks the SDK how it is doing. */
  diagnose(): void;
  /** What happened so far, for a bug report. */
  session(): string;
}

/** How long a group of events is waited for, before the SDK and the back end are asked how things are. */
const GROUP_MS = 50;

/** Most entries kept in a list. */
const MOST = 500;

const TEMPLATES_PATH = '/findCustomerPopTemplate';

export function createDesk(phone: Phone, store: Store<Model>, onMessage: () => void): Desk {
  let launchedAt = performance.now();
  let keys = 0;
  let stopListening = (): void => {};

  const refresh = eased(GROUP_MS, async () => {
    const { openId } = store.get();
    if (!openId) return;
    const change = await api.readHeld(openId).then(
      (held) => ({ held, heldFailure: null }),
      (error: Error) => ({ heldFailure: error.message }),
    );
    if (store.get().openId === openId) store.set(change);
  });

  const diagnose = eased(GROUP_MS, async () => {
    const at = Date.now();
    const found = await phone.diagnose();
    store.set({ diagnosis: found && { at, found } });
  });

  type News = TimelineEntry extends infer One
    ? One extends unknown
      ? Omit<One, 'key'>
      : never
    : never;
  function note(entry: News): void {
    keys += 1;
    const timeline = [...store.get().timeline, { ...entry, key: String(keys) } as TimelineEntry];
    store.set({ timeline: timeline.slice(-MOST) });
  }
  const now = (): number => performance.now() - launchedAt;

  /** A different user, as after a reset: the data of the previous user does not apply. */
  function followUser(): void {
    const { openId } = phone;
    if (openId === store.get().openId) return;
    stopListening();
    store.set({ openId, held: null, heldFailure: null, result: null, nextErrcode: null });
    followArrivals();
    if (!openId) return;
    stopListening = listenToWechat(openId, onWechat);
    api.tellWechat('settings', openId, { mainSwitch: !phone.faults.mainSwitchOff });
    refresh();
  }

  function followArrivals(): void {
    store.set({ arrived: phone.notifications.map(({ templateId }) => templateId) });
  }

  function onWechat(event: WechatEvent): void {
    switch (event.kind) {
      case 'arrival':
        phone.notify(event.message);
        followArrivals();
        note({ kind: 'arrival', at: now(), title: event.message.title });
        onMessage();
        refresh();
        break;
      case 'call': {
        keys += 1;
        const exchange = exchangeOf(event.call, `wechat-${keys}`, now());
        store.set({ exchanges: [...store.get().exchanges, exchange].slice(-MOST) });
        break;
      }
      case 'gone':
        store.set({ isServerGone: true });
        break;
      case 'open':
        store.set({ isServerGone: false });
        api.tellAgain();
        refresh();
    }
  }

  // The stream may have outlived a network that was away.
  addEventListener('online', api.tellAgain);

  phone.onFaults((faults) => {
    const { openId, faults: before } = store.get();
    if (openId && faults.mainSwitchOff !== before.mainSwitchOff)
      api.tellWechat('settings', openId, { mainSwitch: !faults.mainSwitchOff });
    store.set({ faults: { ...faults } });
  });

  phone.onEntry((entry) => {
    followUser();
    switch (entry.kind) {
      case 'otherTab':
        followArrivals();
        refresh();
        return;
      case 'request':
        followRequest(entry);
        return;
      case 'lifecycle':
        followLife(entry.text);
        break;
      case 'wx':
        if (entry.api === 'requestSubscribeMessage' && entry.phase === 'success' && phone.openId)
          api.tellWechat('answers', phone.openId, { answers: entry.detail });
        break;
      case 'sdk':
        if (entry.event.name === 'reportSent') refresh();
        break;
    }
    note(entry);
    if (entry.kind === 'sdk' || entry.kind === 'lifecycle') diagnose();
  });

  function followRequest(entry: Extract<Entry, { kind: 'request' }>): void {
    const { timeline, exchanges } = store.get();
    store.set({ exchanges: withRequest(exchanges, entry).slice(-MOST) });
    if (entry.phase !== 'sent' || !entry.url.endsWith(TEMPLATES_PATH)) return;
    const { triggerAct } = entry.body as { triggerAct: string };
    note({ kind: 'templates', at: entry.at, triggerAct, inTap: timeline.at(-1)?.kind === 'tap' });
  }

  /** Changed by the panel's buttons or on the phone. */
  function followLife(step: string): void {
    if (step === 'launch') {
      launchedAt = performance.now();
      store.set({ needsRelaunch: false });
    }
    if (step === 'App.onHide') store.set({ inBackground: true });
    if (step === 'App.onShow') store.set({ inBackground: false });
  }

  async function send(occasion: api.Occasion): Promise<void> {
    const { openId, sending } = store.get();
    if (!openId || sending) return;
    store.set({ sending: occasion });
    const result: Result = await api.sendMessage(openId, occasion).then(
      (sent) => ({ occasion, ...sent }),
      (error: Error) => ({ occasion, status: 'unreachable', reason: error.message }),
    );
    // Without a grant nothing is sent, and the set failure stays for the next message.
    const isAsked = result.status !== 'noGrant' && result.status !== 'unreachable';
    store.set({ sending: null, result, ...(isAsked && { nextErrcode: null }) });
    note({ kind: 'order', at: now(), result });
    refresh();
  }

  function failNextSend(nextErrcode: GatewayErrcode | null): void {
    const { openId } = store.get();
    if (openId) api.tellWechat('failure', openId, { errcode: nextErrcode });
    store.set({ nextErrcode });
  }

  return {
    relaunch: () => void phone.launch(),
    toBackground: () => phone.hide(),
    toFront: () => phone.show(),
    startOver() {
      store.set({ timeline: [], exchanges: [] });
      void phone.reset();
    },
    send: (occasion) => void send(occasion),
    turn(name, on) {
      phone.setFaults(turned(name, on));
      if (switchOf(name).atLaunch) store.set({ needsRelaunch: true });
    },
    failNextPopup: (nextPopupError) => phone.setFaults({ nextPopupError }),
    failNextSend,
    restore() {
      const { faults } = store.get();
      const actsAtLaunch = SWITCH_NAMES.some(
        (name) => switchOf(name).atLaunch && isOn(name, faults),
      );
      phone.setFaults(NO_FAULTS);
      failNextSend(null);
      if (actsAtLaunch) store.set({ needsRelaunch: true });
    },
    clear: () => store.set({ timeline: [], exchanges: [] }),
    diagnose,
    session: () => sessionOf(store.get()),
  };
}

/** The session as JSON, without the openId. */
function sessionOf({ timeline, exchanges, held, diagnosis, faults, openId }: Model): string {
  const browser = navigator.userAgent;
  const session = { browser, diagnosis, faults, timeline, exchanges, held };
  const text = JSON.stringify(session, null, 2);
  return openId ? text.replaceAll(openId, '<openId>') : text;
}
