// Every text of the panel; the type keeps the languages complete.
import type { Diagnostics, SubscribeEvent } from '../../shared/sdk';
import type { PopupErrorCode, UncodedError } from '../../shared/wechat';
import type { GrantState, MessageStatus, Occasion } from '../api';
import type { Direction } from '../exchanges';
import type { GatewayErrcode, SwitchName } from '../faults';
import type { StepName } from '../steps';

/** The SDK's own events. */
export type EventName = SubscribeEvent['name'];

/** Why the SDK asked for no popup. */
export type SkipReason = Extract<SubscribeEvent, { name: 'skipped' }>['reason'];

type Running = Extract<Diagnostics, { status: 'running' }>;

export interface Strings {
  lang: string;
  title: string;
  subtitle: string;
  otherLanguage: string;
  phone: string;
  story: string;
  /** Said of a step, after its name. */
  stepDone: string;
  steps: Record<StepName, string>;
  hints: Record<StepName | 'refused' | 'done', string>;
  actions: { relaunch: string; hide: string; show: string; reset: string };
  send: {
    title: string;
    about: string;
    occasions: Record<Occasion, string>;
    idle: string;
    sending: string;
    sent(title: string): string;
    noGrant(title: string): string;
    failed(errcode: number | null, errmsg: string | null): string;
    unknown: string;
    unreachable(reason: string): string;
  };
  tabs: { events: string; requests: string; held: string; faults: string; diagnostics: string };
  events: {
    empty: string;
    clear: string;
    meaning: Record<EventName | 'outboxCleared', string>;
    launched: string;
    tapped: string;
    outcome: string;
    prefetched: string;
    askedInTap: string;
    arrived: string;
    toppedUp: string;
    copy: string;
    save: string;
    error: string;
  };
  details: {
    templates(count: number): string;
    answered(accepted: number, rejected: number): string;
    noRoom: string;
    took(seconds: string): string;
    saved: string;
    unsaved: string;
    retryIn(seconds: string): string;
    skipped: Record<SkipReason, string>;
  };
  requests: {
    empty: string;
    sent: string;
    answered: string;
    underway: string;
    noBody: string;
    routes: Record<Direction, string>;
  };
  held: {
    grants: string;
    messages: string;
    answers: string;
    states: Record<GrantState, string>;
    statuses: Record<MessageStatus, string>;
    openCount(count: number): string;
    noGrants: string;
    noMessages: string;
    noAnswers: string;
    accepted: string;
    rejected: string;
    unreachable: string;
    user: string;
  };
  faults: {
    about: string;
    needsRelaunch: string;
    groups: { network: string; wechat: string; device: string; server: string };
    switches: Record<SwitchName, { label: string; hint: string }>;
    nextPopup: { label: string; hint: string; none: string };
    popupErrors: Record<PopupErrorCode | UncodedError, string>;
    nextSend: { label: string; hint: string; none: string };
    sendErrors: Record<GatewayErrcode, string>;
    restore: string;
  };
  diagnostics: {
    sdk: string;
    waiting: string;
    version: string;
    engines: Record<Running['engine'], string>;
    notRunning: string;
    storage: string;
    storages: Record<Running['storage'], string>;
    limit: string;
    limitOf(most: number): string;
    noLimit: string;
    lastPopup: string;
    noPopup: string;
    noReports: string;
    attempts(count: number): string;
    nextTry(time: string): string;
    otherUser: string;
    saved: string;
    unsaved: string;
  };
  serverGone: string;
  failedToStart(reason: string): string;
}
