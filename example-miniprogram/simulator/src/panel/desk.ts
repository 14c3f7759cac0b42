// Between the phone and the panel: what the phone tells goes into the model,
// and what the user of the panel wants goes to the phone, the back end, WeChat.
import type { Entry, Faults, Phone } from '../shared/phone';
import * as api from './api';
import { switchOf, type GatewayErrcode, type SwitchName } from './faults';
import { exchangeOf, withRequest, type Model, type Result } from './model';
import type { Store } from './store';

/** What the user of the panel can do. */
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
  /** After something may have changed in the phone's own settings. */
  followFaults(): void;
  clear(): void;
  refresh(): void;
}

/** Most entries kept in a list. */
const MOST = 500;

export function createDesk(phone: Phone, store: Store<Model>, onMessage: () => void): Desk {
  const { faults: none } = phone;
  let launches = 0;
  let launchedAt = performance.now();
  let calls = 0;
  let stopListening = (): void => {};

  async function refresh(): Promise<void> {
    const { openId } = store.get();
    if (!openId) return;
    const change = await api.readHeld(openId).then(
      (held) => ({ held, heldFailure: null }),
      (error: Error) => ({ heldFailure: error.message }),
    );
    if (store.get().openId === openId) store.set(change);
  }

  /** Another user, as after a reset: nothing of the one before is true of them. */
  function followUser(): void {
    const { openId } = phone;
    if (openId === store.get().openId) return;
    stopListening();
    store.set({ openId, held: null, heldFailure: null, result: null, nextErrcode: null, arrived: [] });
    if (!openId) return;
    stopListening = api.listenToWechat(openId, {
      arrival(message) {
        phone.notify(message);
        store.set({ arrived: [...store.get().arrived, message.templateId] });
        onMessage();
      },
      call(call) {
        calls += 1;
        const exchange = exchangeOf(call, `wechat-${calls}`, performance.now() - launchedAt);
        store.set({ exchanges: [...store.get().exchanges, exchange].slice(-MOST) });
      },
    });
    void api.tellMainSwitch(openId, !phone.faults.mainSwitchOff);
    void refresh();
  }

  function followFaults(): void {
    const { faults, openId } = store.get();
    const now = phone.faults;
    if (JSON.stringify(faults) === JSON.stringify(now)) return;
    if (openId && faults.mainSwitchOff !== now.mainSwitchOff) {
      void api.tellMainSwitch(openId, !now.mainSwitchOff);
    }
    store.set({ faults: now });
  }

  phone.onEntry((entry: Entry) => {
    const { timeline, exchanges } = store.get();
    followUser();
    followFaults();
    if (entry.kind === 'request') store.set({ exchanges: withRequest(exchanges, entry, launches).slice(-MOST) });
    else store.set({ timeline: [...timeline, entry].slice(-MOST) });

    if (entry.kind === 'wx' && entry.api === 'requestSubscribeMessage' && entry.phase === 'success' && phone.openId) {
      void api.tellAnswers(phone.openId, entry.detail);
    }
    // The user may leave by the phone's own buttons as well.
    if (entry.kind === 'lifecycle' && entry.text === 'App.onHide') store.set({ inBackground: true });
    if (entry.kind === 'lifecycle' && entry.text === 'App.onShow') store.set({ inBackground: false });
    if (entry.kind === 'sdk' && entry.event.name === 'reportSent') void refresh();
  });

  async function launch(how: () => Promise<void>): Promise<void> {
    launches += 1;
    launchedAt = performance.now();
    store.set({ needsRelaunch: false });
    await how();
    followUser();
    followFaults();
  }

  async function send(occasion: api.Occasion): Promise<void> {
    const { openId, sending } = store.get();
    if (!openId || sending) return;
    store.set({ sending: occasion });
    const result: Result = await api.sendMessage(openId, occasion).then(
      (sent) => ({ occasion, ...sent }),
      (error: Error) => ({ occasion, status: 'unreachable', reason: error.message }),
    );
    // Without a grant nothing is sent, and what awaits the next message goes on waiting.
    const isAsked = result.status !== 'noGrant' && result.status !== 'unreachable';
    store.set({ sending: null, result, ...(isAsked && { nextErrcode: null }) });
    await refresh();
  }

  function setFaults(faults: Partial<Faults>): void {
    phone.setFaults(faults);
    followFaults();
  }

  return {
    relaunch: () => void launch(() => phone.launch()),
    toBackground: () => phone.hide(),
    toFront: () => phone.show(),
    followFaults,
    startOver: () =>
      void launch(async () => {
        store.set({ timeline: [], exchanges: [] });
        await phone.reset();
      }),
    send: (occasion) => void send(occasion),
    turn(name, on) {
      setFaults(switchOf(name).turned(on));
      if (switchOf(name).atLaunch) store.set({ needsRelaunch: true });
    },
    failNextPopup: (nextPopupError) => setFaults({ nextPopupError }),
    failNextSend(nextErrcode) {
      const { openId } = store.get();
      if (openId) void api.tellFailure(openId, nextErrcode);
      store.set({ nextErrcode });
    },
    restore() {
      const { faults } = store.get();
      const actsAtLaunch = faults.noWasm || faults.oldPromises || faults.wasmDelayMs > 0;
      setFaults(none);
      this.failNextSend(null);
      if (actsAtLaunch) store.set({ needsRelaunch: true });
    },
    clear: () => store.set({ timeline: [], exchanges: [] }),
    refresh: () => void refresh(),
  };
}
