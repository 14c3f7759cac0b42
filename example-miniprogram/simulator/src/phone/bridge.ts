// The interface between the phone (outer realm) and the mini-program's logic
// realm. Data crosses as JSON strings, so that each side has objects of its own
// realm only: through an outer object the mini-program could reach the
// browser's globals.
import type { Entry, Faults, TemplateInfo } from '../shared/phone';
import type { Diagnostics } from '../shared/sdk';

type WithoutTime<T> = T extends unknown ? Omit<T, 'at'> : never;
export type NewEntry = WithoutTime<Entry>;

/** A JSON string of this type. */
export type Json<_T> = string;

/** The content of the bar at the top and the tabs. */
export interface Chrome {
  title: string;
  background: string;
  textStyle: 'black' | 'white';
  custom: boolean;
  canGoBack: boolean;
  loading: boolean;
  /** The index of the tab on top; null: no tab bar. */
  tab: number | null;
  route: string;
}

export interface ConsentRequest {
  templates: TemplateInfo[];
}

export interface ConsentAnswer {
  /** Whether 允许 was chosen, not 取消. */
  allowed: boolean;
  ticked: string[];
  keep: boolean;
}

export interface ModalRequest {
  title: string;
  content: string;
  showCancel: boolean;
  cancelText: string;
  cancelColor: string;
  confirmText: string;
  confirmColor: string;
  editable: boolean;
  placeholderText: string;
}

export interface ModalAnswer {
  confirm: boolean;
  content: string | null;
}

export interface ActionSheetRequest {
  alertText: string;
  itemList: string[];
  itemColor: string;
}

export interface ToastRequest {
  title: string;
  icon: 'success' | 'error' | 'loading' | 'none';
  mask: boolean;
  /** Milliseconds; null: until it is hidden. */
  duration: number | null;
}

export interface HttpRequest {
  url: string;
  method: string;
  header: Record<string, string>;
  data: string | null;
  timeout: number;
}

export type HttpAnswer =
  | { statusCode: number; header: Record<string, string>; data: string }
  | { errMsg: string; errno: number };

export interface SubscriptionState {
  mainSwitch: boolean;
  /** Kept choices: template id → `accept` or `reject`. */
  kept: Record<string, 'accept' | 'reject'>;
}

/** The functions of the phone for the logic realm. */
export interface Host {
  /** JSON string of `CompiledMiniprogram`. */
  readonly miniprogram: string;
  /** JSON string of `TemplateInfo[]`. */
  readonly templates: string;
  /** The web view that the pages are drawn in. */
  readonly view: Window & typeof globalThis;
  readonly oldPromises: boolean;
  readonly noWasm: boolean;
  readonly wxNames: string;

  /**
   * Makes a file of the package a function of the logic realm: `(…names) => { source }`.
   * Null: the browser would not take it. Nothing here throws, as an error would be of the outer realm.
   */
  define(path: string, source: string, names: string[]): ((...given: unknown[]) => unknown) | null;
  log(entry: NewEntry): void;
  /** For a `Promise` that the browser does not know. */
  unseenRejection(reason: unknown): void;
  /** The console of the browser. */
  print(level: 'debug' | 'log' | 'info' | 'warn' | 'error', values: unknown[]): void;

  isHidden(): boolean;
  faults(): Json<Faults>;
  /** The error of the next popup; reading it clears it. */
  takePopupError(): Faults['nextPopupError'];

  readPackage(path: string, done: (bytes: ArrayBuffer | null) => void): void;
  assetUrl(path: string): string;
  request(request: Json<HttpRequest>, done: (answer: Json<HttpAnswer>) => void): () => void;

  storageGet(key: string): string | null;
  /** @returns whether there was room */
  storageSet(key: string, text: string): boolean;
  storageRemove(key: string): void;
  storageKeys(): Json<string[]>;

  subscriptions(): Json<SubscriptionState>;
  keepChoices(choices: Json<SubscriptionState['kept']>): void;

  setChrome(chrome: Json<Chrome>): void;
  showConsent(request: Json<ConsentRequest>, done: (answer: Json<ConsentAnswer>) => void): void;
  showModal(request: Json<ModalRequest>, done: (answer: Json<ModalAnswer>) => void): void;
  /** `done` gets the index, or -1. */
  showActionSheet(request: Json<ActionSheetRequest>, done: (index: number) => void): void;
  showToast(request: Json<ToastRequest>): void;
  hideToast(): void;
  showCashier(done: (paid: boolean) => void): void;
  showSettings(done: () => void): void;
}

/** The functions of the logic realm for the phone. */
export interface Controls {
  /** Opens the first page, or the one at `url`. */
  launch(url: string | null, scene: number): void;
  back(): void;
  tab(index: number): void;
  hide(): void;
  show(url: string | null, scene: number): void;
  networkChanged(connected: boolean): void;
  /** Null: the mini-program does not use the SDK. */
  diagnose(done: (diagnostics: Json<Diagnostics> | null) => void): void;
}

/** The exports of the script of the logic realm. */
export interface RealmExports {
  start(host: Host): Controls;
}
