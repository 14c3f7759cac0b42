// The interface of the simulated phone for the developer panel.
import type { Diagnostics } from './sdk';
import type { PopupErrorCode, UncodedError } from './wechat';

/** The result of `compileMiniprogram`: plain JSON. */
export interface CompiledMiniprogram {
  /** `app.json`, as it is. */
  app: AppConfig;
  /** From `project.config.json` beside or above the folder, if there is one. */
  appId: string;
  /** Path without extension, as in `pages/product/index`, to the page's or component's JSON. */
  components: Record<string, ComponentConfig>;
  /** Path with extension, as in `pages/product/index.js`, to CommonJS source. */
  modules: Record<string, string>;
  /** A JavaScript expression: path without extension to the template of the page or component. */
  templates: string;
  /** Path without extension (`app` for `app.wxss`) to CSS. */
  styles: Record<string, string>;
  /** Paths of the other files of the package, as in `images/tea.png`. */
  assets: string[];
}

/** `app.json`: the members that the phone reads. */
export interface AppConfig {
  pages: string[];
  entryPagePath?: string;
  window?: WindowConfig;
  tabBar?: TabBarConfig;
  usingComponents?: Record<string, string>;
}

/** The appearance of the navigation bar and the background. */
export interface WindowConfig {
  navigationBarTitleText?: string;
  navigationBarBackgroundColor?: string;
  navigationBarTextStyle?: 'black' | 'white';
  navigationStyle?: 'default' | 'custom';
  backgroundColor?: string;
}

/** The bar of tabs at the bottom. */
export interface TabBarConfig {
  color: string;
  selectedColor: string;
  backgroundColor: string;
  borderStyle?: 'black' | 'white';
  list: { pagePath: string; text: string; iconPath?: string; selectedIconPath?: string }[];
}

/** The JSON of a page or component, after every path in it was resolved. */
export interface ComponentConfig extends WindowConfig {
  component: boolean;
  usingComponents: Record<string, string>;
  styleIsolation?: string;
}

/** A template that the simulated account owns. */
export interface TemplateInfo {
  templateId: string;
  title: string;
  fields: { key: string; label: string }[];
  kind: 'once' | 'longTerm';
  /** WeChat has banned it: the consent sheet leaves it out and the answer is `ban`. */
  banned?: boolean;
}

/** The input of the phone. */
export interface PhoneOptions {
  miniprogram: CompiledMiniprogram;
  templates: TemplateInfo[];
  /** Takes `{ url, method, header, data, timeout }` by POST, as in `/__request`. */
  requestUrl: string;
  /** Where a file of the code package is served; `.wasm.br` comes decompressed. */
  wasmUrl(path: string): string;
  /** Where an image of the code package is served; by default as `wasmUrl` says. */
  assetUrl?(path: string): string;
}

/** The faults that the panel can switch on. Those marked † take effect at the next launch. */
export interface Faults {
  /** No network: requests fail with `request:fail`. */
  offline: boolean;
  /** Every request is answered with this HTTP status instead of being sent; null: as it is. */
  backendStatus: number | null;
  /** The back end has no templates to ask for: its list is empty. */
  noTemplates: boolean;
  /** Milliseconds that each request takes longer. */
  requestDelayMs: number;
  /** The user turned the main switch off: 20004. */
  mainSwitchOff: boolean;
  /** The mini-program may not use subscription messages: 20005. */
  banned: boolean;
  /** Templates that WeChat has banned, beside those that `TemplateInfo` says: `ban`. */
  bannedTemplates: string[];
  /** More ids than this are 20003: 5 today, 3 on older clients. */
  maxTemplates: number;
  /** The error of the next popup, used once; null: none. */
  nextPopupError: PopupErrorCode | UncodedError | null;
  /** The popup is shown, and no callback ever comes. */
  silentPopup: boolean;
  /** While the popup is open, `onShow` and `onAppShow` come without a hide before, as a payment brings them. */
  showWhilePopupOpen: boolean;
  /** The popup's `errCode` is a string: `'20004'`. */
  codesAsStrings: boolean;
  /**
   * APIs of `OFTEN_ASYNC_APIS` that are replaced with `async` functions: their promise is fulfilled with undefined
   * before a callback comes.
   */
  asyncApis: readonly string[];
  /** A timeout of `wx.request` reads `请求超时`. */
  chineseTimeout: boolean;
  /** † Promises use `setTimeout`, as on iOS 15 and below. */
  oldPromises: boolean;
  /** † `WXWebAssembly` is missing. */
  noWasm: boolean;
  /** † Milliseconds that `WXWebAssembly.instantiate` takes longer. */
  wasmDelayMs: number;
}

/** A subscription message that arrives, as 服务通知 shows it. */
export interface ServiceNotification {
  /** The same in every tab that hears of it. */
  id: string;
  templateId: string;
  title: string;
  fields: { label: string; value: string }[];
  /** The page that a tap opens, with or without a query; the first page if empty. */
  page: string;
  /** Milliseconds since the epoch. */
  at: number;
}

/** An event of the phone, for the panel's log; `at`: milliseconds since the launch. */
export type Entry = { at: number } & (
  | { kind: 'sdk'; event: { name: string } & Record<string, unknown> }
  | {
      kind: 'request';
      id: number;
      phase: 'sent' | 'answered' | 'failed';
      method: string;
      url: string;
      header: Record<string, string>;
      body: unknown;
      statusCode?: number;
      response?: unknown;
      errMsg?: string;
      ms?: number;
    }
  | { kind: 'wx'; api: string; phase: 'called' | 'success' | 'fail'; detail: unknown }
  | { kind: 'console'; level: 'debug' | 'log' | 'info' | 'warn' | 'error'; text: string }
  | { kind: 'lifecycle'; text: string }
  /** A tap called a method of the page. */
  | { kind: 'tap'; page: string; handler: string; source: string }
  /** What a page got from `asyncSubscribeMessage`. */
  | { kind: 'outcome'; outcome: unknown }
  /** Another tab has changed the data of the phone. */
  | { kind: 'otherTab' }
  /** An uncaught error or unhandled rejection of the mini-program. */
  | { kind: 'error'; text: string }
);

/** A phone on the page. */
export interface Phone {
  /** A cold start: the memory of the mini-program is gone, storage stays. */
  launch(): Promise<void>;
  /** To the background, and back. */
  hide(): void;
  show(): void;
  readonly faults: Readonly<Faults>;
  setFaults(faults: Partial<Faults>): void;
  /**
   * Called after any change: by `setFaults`, by the user on the settings page,
   * by a popup that used its error up, by `reset`. @returns a function that
   * stops listening
   */
  onFaults(listener: (faults: Readonly<Faults>) => void): () => void;
  /** @returns a function that stops listening */
  onEntry(listener: (entry: Entry) => void): () => void;
  notify(notification: ServiceNotification): void;
  /** Those that have arrived, oldest first. */
  readonly notifications: readonly ServiceNotification[];
  /** `getDiagnostics` of the mini-program's SDK; null if no mini-program with the SDK runs. */
  diagnose(): Promise<Diagnostics | null>;
  /** Clears storage, kept choices, faults and notifications; then a cold start. */
  reset(): Promise<void>;
  /** `openId` in the mini-program's storage. */
  readonly openId: string | null;
  /** The path of the page on top, without a query; null while nothing runs. */
  readonly route: string | null;
  /** Removes the phone from the page. */
  destroy(): void;
}

/**
 * `createPhone` of `src/phone/index.ts`. It puts a shadow root into `host` and
 * fills its width (397 px at most, 320 at least) and height; nothing runs before `launch`.
 *
 * The bundle needs the plugin of `src/phone/build.mjs`:
 *
 *     import { phonePlugin } from './src/phone/build.mjs';
 *     await build({ entryPoints: ['src/panel/index.ts'], bundle: true, plugins: [phonePlugin()], … });
 *
 * The frames in the phone inherit the page's content security policy: one that
 * is set must allow inline scripts and styles, and `wasm-unsafe-eval`.
 * In a test, pages are in `page.frameLocator('iframe.web-view')`, sheets and
 * bars in the page itself.
 */
export type CreatePhone = (host: HTMLElement, options: PhoneOptions) => Phone;
