// Connects the phone and the panel: events of the phone go into the model, and
// actions of the panel go to the phone, the back end and WeChat.
import type { Entry, Faults, Phone } from '../shared/phone';
import * as api from './api';
import { exchangeOf, withRequest } from './exchanges';
import { switchOf, type GatewayErrcode, type SwitchName } from './faults';
import type { Model, Result } from './model';
import type { Store } from './store';

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
  refresh(): void;
}

/** How long after an event the SDK is asked how it is doing: events come in groups. */
const DIAGNOSE_AFTER_MS = 50;

/** Most entries kept in a list. */
const MOST = 500;

export function createDesk(phone: Phone, store: Store<Model>, onMessage: () => void): Desk {
  const { faults: none } = phone;
  let launchedAt = performance.now();
  let calls = 0;
  let refreshes = 0;
  let diagnoses = 0;
  let diagnoseSoon = 0;
  let stopListening = (): void => {};

  async function refresh(): Promise<void> {
    const { openId } = store.get();
    if (!openId) return;
    refreshes += 1;
    const turn = refreshes;
    const change = await api.readHeld(openId).then(
      (held) => ({ held, heldFailure: null }),
      (error: Error) => ({ heldFailure: error.message }),
    );
    // A later request has newer data, even if its answer came first.
    if (turn === refreshes && store.get().openId === openId) store.set(change);
  }

  async function diagnose(): Promise<void> {
    diagnoses += 1;
    const turn = diagnoses;
    const at = Date.now();
    const found = await phone.diagnose();
    if (turn === diagnoses) store.set({ diagnosis: found && { at, found } });
  }

  /** A different user, as after a reset: the data of the previous user does not apply. */
  function followUser(): void {
    const { openId } = phone;
    if (openId === store.get().openId) return;
    stopListening();
    store.set({
      openId,
      held: null,
      heldFailure: null,
      result: null,
      nextErrcode: null,
      arrived: [],
    });
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

  phone.onFaults((faults) => {
    const { openId, faults: before } = store.get();
    if (openId && faults.mainSwitchOff !== before.mainSwitchOff)
      void api.tellMainSwitch(openId, !faults.mainSwitchOff);
    store.set({ faults: { ...faults } });
  });

  phone.onEntry((entry: Entry) => {
    const { timeline, exchanges } = store.get();
    followUser();
    if (entry.kind === 'request')
      store.set({ exchanges: withRequest(exchanges, entry).slice(-MOST) });
    else store.set({ timeline: [...timeline, entry].slice(-MOST) });

    if (
      entry.kind === 'wx' &&
      entry.api === 'requestSubscribeMessage' &&
      entry.phase === 'success' &&
      phone.openId
    ) {
      void api.tellAnswers(phone.openId, entry.detail);
    }
    if (entry.kind === 'lifecycle') followLife(entry.text);
    if (entry.kind === 'sdk' || entry.kind === 'lifecycle') {
      clearTimeout(diagnoseSoon);
      diagnoseSoon = setTimeout(() => void diagnose(), DIAGNOSE_AFTER_MS);
    }
    if (entry.kind === 'sdk' && entry.event.name === 'reportSent') void refresh();
  });

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
    await refresh();
  }

  function failNextSend(nextErrcode: GatewayErrcode | null): void {
    const { openId } = store.get();
    if (openId) void api.tellFailure(openId, nextErrcode);
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
      phone.setFaults(switchOf(name).turned(on));
      if (switchOf(name).atLaunch) store.set({ needsRelaunch: true });
    },
    failNextPopup: (nextPopupError) => phone.setFaults({ nextPopupError }),
    failNextSend,
    restore() {
      const { faults } = store.get();
      const actsAtLaunch = faults.noWasm || faults.oldPromises || faults.wasmDelayMs > 0;
      phone.setFaults(none);
      failNextSend(null);
      if (actsAtLaunch) store.set({ needsRelaunch: true });
    },
    clear: () => store.set({ timeline: [], exchanges: [] }),
    diagnose: () => void diagnose(),
    refresh: () => void refresh(),
  };
}
