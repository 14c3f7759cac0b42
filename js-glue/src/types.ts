/**
 * 触发类型：页面上的哪个时刻请求授权。The nine moments every shop has; an
 * application adds its own numbers with `Config.triggers`.
 */
export const TriggerType = {
  /** 加入购物车 */
  AddToCart: 1,
  /** 订单详情 */
  OrderDetail: 2,
  /** 提交订单 */
  SubmitOrder: 3,
  /** 支付成功 */
  PaymentSuccess: 4,
  /** 企业信息 */
  CompanyInfo: 5,
  /** 切换企业身份 */
  SwitchCompany: 6,
  /** 提交售后申请（退货退款） */
  ReturnAndRefund: 7,
  /** 填写退货信息 */
  ReturnShipment: 8,
  /** 提交售后申请（仅退款） */
  RefundOnly: 9,
} as const;

export type TriggerType = (typeof TriggerType)[keyof typeof TriggerType];

/** What went wrong, for a program to match. */
export type FailureKind =
  | 'unknownTrigger'
  | 'badArgument'
  | 'network'
  | 'badResponse'
  | 'timeout'
  | 'notTapped'
  | 'busy'
  | 'background'
  | 'templateNotFound'
  | 'mixedTemplateTypes'
  | 'tooManyTemplates'
  | 'mainSwitchOff'
  | 'banned'
  | 'deviceTemplate'
  | 'cancelled'
  | 'unsupportedHost'
  | 'wasmUnavailable'
  | 'internal'
  | 'unknown';

/** A failure: what a program matches, and what a person reads. */
export interface Failure {
  kind: FailureKind;
  /** WeChat's errCode or the back end's HTTP status, if there was one. */
  code: number | null;
  /** What to do about it, and the host's own text. */
  message: string;
  /** Whether the same call can succeed later as it is; for the popup, at the next tap. */
  retryable: boolean;
}

/** The user answered the popup. Each requested id is in exactly one of the five lists. */
export interface Answered {
  status: 'answered';
  /** The user agreed: each is the right to send one message. */
  accepted: string[];
  /** The user refused or cancelled. */
  rejected: string[];
  /** WeChat has banned the template. */
  banned: string[];
  /** Left out by WeChat: another template of the call has the same title. */
  filtered: string[];
  /** An unknown word, or none. */
  other: string[];
  /**
   * Those of `rejected` that the user keeps refusing (总是保持以上选择): no later
   * tap asks for them, only the settings change it. `null` if WeChat did not say
   * within 500 ms.
   */
  keptRejected: string[] | null;
  /** Template id → the host's own word. */
  raw: Record<string, string>;
  /** Beyond `maxTemplates`: not asked yet, and asked first at the next tap. */
  remaining: string[];
  /**
   * `queued`: in storage, being sent. `unsaved`: being sent, but the next launch would not find it.
   * `none`: nothing to report.
   */
  report: 'queued' | 'unsaved' | 'none';
}

/** The back end has nothing to ask at this moment. */
export interface NoTemplates {
  status: 'noTemplates';
}

/** No popup was asked for, as the application wanted it. */
export type Skipped =
  /** With `only: 'keptAccepted'`: no template is kept as accepted. */
  | { status: 'skipped'; reason: 'notKept' }
  /** Not long ago the user refused every template of this `triggerAct`; `until` is a time like `Date.now()`. */
  | { status: 'skipped'; reason: 'coolDown'; until: number }
  /** `signal.aborted` was true when the templates came. */
  | { status: 'skipped'; reason: 'aborted' };

/** The user was not asked, or did not answer. */
export interface Failed {
  status: 'failed';
  /** `settings`: with `only: 'keptAccepted'`, the kept choices could not be read. */
  stage: 'setup' | 'trigger' | 'templates' | 'settings' | 'popup';
  error: Failure;
}

/** The one result of `asyncSubscribeMessage`. */
export type Outcome = Answered | NoTemplates | Skipped | Failed;

/** How `asyncSubscribeMessage` asks. */
export interface SubscribeOptions {
  /** Asks only for what the user keeps accepting, so that no popup is seen. The cool-down does not hold for it. */
  only?: 'keptAccepted' | undefined;
  /** Asks during the cool-down all the same. */
  force?: boolean | undefined;
  /** An `AbortSignal`, or any object with `aborted`: if that is true when the templates come, no popup opens. */
  signal?: { readonly aborted: boolean } | undefined;
}

/** What a tap would ask for, by what the user keeps. */
interface Choices {
  /** The popup would ask for these. */
  ask: string[];
  /** Granted without asking. */
  keptAccepted: string[];
  /** Refused without asking. */
  keptRejected: string[];
  /** Whether messages are allowed at all; `null` if it is not known. */
  mainSwitch: boolean | null;
  /** Until when the popup stays closed (`coolDownMs`), a time like `Date.now()`; `null` if there is no cool-down. */
  coolDownUntil: number | null;
}

/** What a tap would do now. The lists are about the templates of one popup, so `maxTemplates` at most. */
export type Preview =
  /** A popup would open. */
  | (Choices & { status: 'ask'; mainSwitch: true | null })
  /** Every choice is kept, and at least one is an acceptance: no popup would be seen. */
  | (Choices & { status: 'silent'; ask: []; mainSwitch: true | null })
  /** There is nothing to ask for. */
  | (Choices & { status: 'nothing'; ask: []; keptAccepted: []; keptRejected: [] })
  /** The main switch is off, or every choice is a kept refusal: only the settings help. */
  | (Choices & { status: 'blocked' })
  /** The templates could not be fetched, or the settings not be read; `ask` lists the templates, if they are known. */
  | (Choices & { status: 'unknown'; keptAccepted: []; keptRejected: []; mainSwitch: null });

/** The argument of `findCustomerPopTemplate`. */
export interface TemplateQuery {
  triggerAct: string;
  busNo: string;
}

/** Values for the message; anything that JSON can hold, nested 100 levels deep at most. */
export type ExtraVariableMap = Record<string, unknown>;

/** The first argument of `popSubscribeResult`. */
export interface SubscribeResult {
  busNo: string;
  extraVariableMap: ExtraVariableMap;
  /** Absent with `openId: false`. */
  openId?: string;
  agreeTemplateIds: string[];
  rejectTemplateIds: string[];
}

/** The second argument of `popSubscribeResult`. */
export interface ReportContext {
  /** The same on every attempt: store an answer once per id. */
  reportId: string;
  /**
   * How long ago the user answered, in milliseconds by the phone's clock. Absent if the clock ran
   * backwards or the age exceeds `outboxMaxAgeMs`.
   */
  ageMs?: number;
  /** The business scene of the answer. Absent for a report that an older version of the SDK stored. */
  triggerAct?: string;
}

/** One step of the flow, as `onEvent` gets it. No event carries the openId. */
export type SubscribeEvent =
  | { name: 'templatesFound'; triggerAct: string; busNo: string; templateIds: string[] }
  | { name: 'templatesFailed'; triggerAct: string; busNo: string; error: Failure }
  | { name: 'popupRequested'; triggerAct: string; busNo: string; templateIds: string[] }
  | {
      name: 'popupAnswered';
      triggerAct: string;
      busNo: string;
      accepted: string[];
      rejected: string[];
      /** How many templates got each answer. */
      counts: {
        accepted: number;
        rejected: number;
        banned: number;
        filtered: number;
        other: number;
      };
      /** From the call of the popup to its answer. Kept choices answer at once. */
      elapsedMs: number;
      /** Whether only kept acceptances were asked for (`only: 'keptAccepted'`). */
      topUp: boolean;
    }
  | { name: 'popupFailed'; triggerAct: string; busNo: string; error: Failure }
  | { name: 'skipped'; triggerAct: string; busNo: string; reason: 'notKept' | 'aborted' }
  | { name: 'skipped'; triggerAct: string; busNo: string; reason: 'coolDown'; until: number }
  /** The back end listed so many empty or null ids among good ones; they were left out. */
  | { name: 'templatesLeftOut'; triggerAct: string; busNo: string; count: number }
  | { name: 'reportQueued'; reportId: string; saved: boolean }
  | { name: 'reportSent'; reportId: string }
  | { name: 'reportPostponed'; reportId: string; retryInMs: number; error: Failure }
  | {
      name: 'reportDropped';
      reportId: string;
      /** The back end's refusal, or that the report is too old; `null` if it had to make room. */
      error: Failure | null;
      report: Omit<SubscribeResult, 'openId'>;
    }
  /** Storage held no outbox, or reports that cannot be read; what could be read was kept. */
  | { name: 'outboxDamaged' }
  /** Storage was cleared: the reports in memory were saved again. */
  | { name: 'outboxCleared' };

/** The module in JavaScript: takes its imports and gives its exports, as WebAssembly does. */
export type Fallback = (imports: Record<string, object>) => Record<string, unknown>;

/** The headers of a request. Names have no case. */
export type Headers = Record<string, string>;

interface Members {
  /** Where the wasm is in the code package. Default `/miniprogram_npm/wx-subscribe/wx_subscribe.wasm`. */
  wasmPath?: string;
  /** `require('wx-subscribe/fallback')`: the same code as JavaScript, for hosts where the wasm does not load. */
  fallback?: Fallback;
  /** Longest time for loading the wasm, in milliseconds. Default 20,000. */
  loadTimeoutMs?: number;
  /** The back end, called with `wx.request`: `{baseUrl}/findCustomerPopTemplate` and `{baseUrl}/popSubscribeResult`. */
  baseUrl?: string;
  /**
   * Headers of each request, or a function that gives them, called for each
   * request. A promise is waited for, which costs the tap where the templates
   * were not prefetched.
   */
  header?: Headers | (() => Headers | PromiseLike<Headers>);
  /** The application's own call in place of `{baseUrl}/findCustomerPopTemplate`. */
  findCustomerPopTemplate?: (
    query: TemplateQuery,
  ) => PromiseLike<{ data: string[] }> | { data: string[] };
  /** The application's own call in place of `{baseUrl}/popSubscribeResult`. */
  popSubscribeResult?: (result: SubscribeResult, context: ReportContext) => unknown;
  /**
   * Who the user is. Default: what storage holds under `openId`. `false`: the back
   * end knows by itself, and no report says. A function gives `''`, `null` or
   * `undefined` while nobody is signed in.
   */
  openId?:
    | string
    | false
    | (() => string | null | undefined | PromiseLike<string | null | undefined>);
  /**
   * Signs the user in again after the back end has answered 401 or 403; the
   * call is repeated once this has settled. Default: none, and a report waits
   * until `header` gives something else.
   */
  signIn?: () => unknown;
  /**
   * Whether the back end has saved a report, given the response of `wx.request`
   * or what `popSubscribeResult` returned. Default: any answer with status
   * 200–299 or without one, unless it is HTML.
   */
  isSaved?: (response: any) => boolean | PromiseLike<boolean>;
  /**
   * The template ids in the back end's answer, where that is not
   * `{ data: string[] }`. It gets the body of the response, or what
   * `findCustomerPopTemplate` returned; JSON text is parsed before.
   */
  readTemplates?: (body: any) => readonly (string | null | undefined)[];
  /** Trigger number → business scene, beyond the nine or in place of them. */
  triggers?: Record<number, string>;
  /** Most templates asked at once. Default 3; WeChat's document says 5 today, and not which clients take more than 3. */
  maxTemplates?: number;
  /** How long prefetched templates are good for, in milliseconds. Default 300,000. */
  templateTtlMs?: number;
  /** Longest time for each call to the back end, in milliseconds. Default 10,000. */
  requestTimeoutMs?: number;
  /**
   * How long a popup may stay silent once the mini-program is back from the
   * background, in milliseconds, before its call ends as `timeout`. Default 5,000.
   */
  popupGraceMs?: number;
  /**
   * How long a popup may stay open, in milliseconds, before its call ends as
   * `timeout`. Default 120,000. An answer that comes later is reported all the
   * same, for the last 16 such popups. From 10,000 on, a further tap asks the host again.
   */
  popupTimeoutMs?: number;
  /**
   * How long the popup of a `triggerAct` stays closed after the user has refused
   * all its templates, in milliseconds. Default 0: it does not.
   */
  coolDownMs?: number;
  /** Most reports kept until the back end has them. Default 100. */
  outboxMaxReports?: number;
  /** Most bytes of reports kept. Default 262,144. */
  outboxMaxBytes?: number;
  /** How long a report is kept, in milliseconds. Default 2,592,000,000: 30 days. */
  outboxMaxAgeMs?: number;
  /** Every step, for logging and analytics. */
  onEvent?: (event: SubscribeEvent) => void;
}

/** What `setup` takes. The back end is `baseUrl`, or two functions of the application. */
export type Config = Members &
  (
    | Required<Pick<Members, 'baseUrl'>>
    | Required<Pick<Members, 'findCustomerPopTemplate' | 'popSubscribeResult'>>
  );

/** What `setup` rejects with. */
export interface SetupError extends Error, Failure {}

/** The user's settings for subscription messages. */
export interface SubscriptionSettings {
  /** Whether messages are allowed at all; `null` if the host does not say. */
  mainSwitch: boolean | null;
  /** Template id → the kept choice. Only templates with 总是保持以上选择 are here. */
  items: Record<string, string>;
}

/** What `openSubscriptionSettings` resolves to. */
export interface OpenedSettings extends SubscriptionSettings {
  /** Why the settings page did not open. */
  error: Failure | null;
}

/** What `offerSettings` shows before the settings page opens. */
export interface SettingsOffer {
  title?: string;
  content: string;
  /** Default 去设置. WeChat takes 4 characters at most. */
  confirmText?: string;
  cancelText?: string;
}

/** What became of `offerSettings`. */
export type OfferedSettings =
  /** The settings page was opened; this is what is set now. */
  | ({ status: 'opened' } & SubscriptionSettings)
  /** The user did not want to. */
  | { status: 'declined' }
  /** The modal or the settings page did not open. */
  | { status: 'failed'; error: Failure };

/** A report that the back end does not have yet. */
export interface WaitingReport {
  reportId: string;
  /** When the user answered, a time like `Date.now()`. */
  queuedAt: number;
  /** How often sending has failed. */
  attempts: number;
  /** When it is tried next; `null` while another user is signed in. */
  nextTryInMs: number | null;
  /** Whether the next launch will find it in storage. */
  saved: boolean;
  /** Why the last attempt of this launch failed. */
  lastError: Failure | null;
}

/** What the last popup did. */
export interface LastPopup {
  /** A time like `Date.now()`. */
  at: number;
  event: Extract<SubscribeEvent, { name: 'popupRequested' | 'popupAnswered' | 'popupFailed' }>;
}

/** How the SDK is doing, for a log or a support page. It names no user. */
export type Diagnostics =
  | {
      status: 'running';
      version: string;
      /** `fallback`: the module runs as JavaScript, as WebAssembly could not be loaded. */
      engine: 'wasm' | 'fallback';
      /** Reports that wait, oldest first. */
      waiting: WaitingReport[];
      lastPopup: LastPopup | null;
      /** How many templates the client takes at once, if it has refused more, and when that was. */
      learnedLimit: { most: number; at: number } | null;
      /**
       * `unsaved`: it refuses some reports, which are in memory only; `unlisted`: it keeps reports, but its
       * list of keys lacks them, so the next launch would not find them; `unreadable`: the host cannot read
       * it; `newerVersion`: a newer version of the SDK wrote it, and it is left alone.
       */
      storage: 'ok' | 'unsaved' | 'unlisted' | 'unreadable' | 'newerVersion';
    }
  /** `setup` was not called, or failed. */
  | { status: 'notRunning'; version: string; engine: null; error: Failure };
