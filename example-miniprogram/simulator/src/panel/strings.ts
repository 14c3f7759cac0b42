// Every text of the panel, in both languages; the type keeps them complete.
import type { PopupErrorCode } from '../shared/phone';
import type { GrantState, MessageStatus, Occasion } from './api';
import type { GatewayErrcode, SwitchName } from './faults';
import type { Exchange } from './model';
import type { StepName } from './story';

export type Language = 'zh' | 'en';

/** The SDK's own events. */
export type EventName =
  | 'templatesFound'
  | 'templatesFailed'
  | 'popupRequested'
  | 'popupAnswered'
  | 'popupFailed'
  | 'reportQueued'
  | 'reportSent'
  | 'reportPostponed'
  | 'reportDropped'
  | 'outboxDamaged';

export interface Strings {
  lang: string;
  title: string;
  subtitle: string;
  otherLanguage: string;
  phone: string;
  story: string;
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
  tabs: { events: string; requests: string; held: string; faults: string };
  events: { empty: string; clear: string; meaning: Record<EventName, string>; launched: string; error: string };
  details: {
    templates(count: number): string;
    answered(accepted: number, rejected: number): string;
    saved: string;
    unsaved: string;
    retryIn(seconds: string): string;
  };
  requests: { empty: string; sent: string; answered: string; underway: string; noBody: string; routes: Record<Exchange['from'], string> };
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
    popupErrors: Record<PopupErrorCode, string>;
    nextSend: { label: string; hint: string; none: string };
    sendErrors: Record<GatewayErrcode, string>;
    restore: string;
  };
  failedToStart(reason: string): string;
}

const zh: Strings = {
  lang: 'zh-CN',
  title: 'wx-subscribe 演示',
  subtitle: '示例小程序，原样在浏览器里',
  otherLanguage: 'English',
  phone: '模拟手机',
  story: '一分钟走完一次订阅',
  steps: {
    tap: '点「加入购物车」',
    allow: '允许「降价提醒」',
    stored: '后端已存',
    drop: '点「降价」',
    arrived: '消息到达',
  },
  hints: {
    tap: '在手机里点「加入购物车」，弹窗会在这次点击里打开。',
    allow: '让「降价提醒」勾着，点「允许」：一次同意，就是一条消息的额度。',
    stored: '答复已写入本机，正在送往后端。',
    drop: '额度已在后端。点「降价」，让后端发这条消息。',
    arrived: '后端已发出，等微信送到手机。',
    refused: '这次没有同意「降价提醒」，后端就不能发。再点一次「加入购物车」试试。',
    done: '走完了：同意一次，收到一条，额度用掉。再点「降价」，看看没有额度会怎样。',
  },
  actions: { relaunch: '重新启动', hide: '切到后台', show: '回到前台', reset: '全部重来' },
  send: {
    title: '让后端发消息',
    about: '每条消息用掉用户的一次同意',
    occasions: { priceDrop: '降价', shipped: '发货', refunded: '退款完成' },
    idle: '还没有发过消息。',
    sending: '正在发送…',
    sent: (title) => `已发送「${title}」，用掉一次额度。`,
    noGrant: (title) => `没有「${title}」的额度：用户没有同意过，或者已经用完。`,
    failed: (errcode, errmsg) => `微信没有接受：${errcode ?? '没有回答'} ${errmsg ?? ''}`,
    unknown: '微信没有回答：用户可能收到了，所以不会再发一次。',
    unreachable: (reason) => `没有发成：${reason}`,
  },
  tabs: { events: '过程', requests: '请求', held: '后端', faults: '故障' },
  events: {
    empty: '还没有事件。在手机里点一下「加入购物车」。',
    clear: '清空',
    meaning: {
      templatesFound: '后端给出此刻可以问的模板',
      templatesFailed: '没有问到模板',
      popupRequested: '在点击之内请微信弹窗',
      popupAnswered: '用户作了答复',
      popupFailed: '弹窗没有打开，或没有答复',
      reportQueued: '答复进了发件箱，等待上报',
      reportSent: '后端收到了答复',
      reportPostponed: '上报失败，稍后自动重试',
      reportDropped: '放弃上报，内容交还给应用',
      outboxDamaged: '发件箱有损坏，能读的都留下了',
    },
    launched: '小程序冷启动',
    error: '小程序出错',
  },
  details: {
    templates: (count) => `${count} 个模板`,
    answered: (accepted, rejected) => `同意 ${accepted} 个，拒绝 ${rejected} 个`,
    saved: '已存入本机',
    unsaved: '本机存储写不进，在内存里',
    retryIn: (seconds) => `${seconds} 秒后重试`,
  },
  requests: {
    empty: '还没有请求。',
    sent: '发出',
    answered: '收到',
    underway: '进行中',
    noBody: '没有内容',
    routes: { phone: '小程序 → 后端', backend: '后端 → 微信' },
  },
  held: {
    grants: '额度',
    messages: '消息',
    answers: '答复',
    states: { open: '可用', sending: '发送中', spent: '已用', void: '作废', unknown: '待查' },
    statuses: { pending: '待发', sending: '发送中', sent: '已发', failed: '未发成', unknown: '待查' },
    openCount: (count) => `${count} 个可用`,
    noGrants: '用户同意之后，这里出现可以发送的额度。',
    noMessages: '还没有发过消息。',
    noAnswers: '还没有收到答复。',
    accepted: '同意',
    rejected: '拒绝',
    unreachable: '后端没有回答',
    user: '用户',
  },
  faults: {
    about: '打开一个，再去手机里点一下，看页面和过程怎么说。',
    needsRelaunch: '这项改动在重新启动小程序之后起效。',
    groups: { network: '网络与后端', wechat: '微信弹窗', device: '设备', server: '微信服务器' },
    switches: {
      offline: { label: '断网', hint: '弹窗打开时断：答复留在本机，恢复后补发' },
      backend500: { label: '后端返回 500', hint: '上报会推迟并重试' },
      slowNetwork: { label: '网络慢 3 秒', hint: '预取过的弹窗照样立刻打开' },
      mainSwitchOff: { label: '用户关了总开关', hint: '20004，页面会引导去设置' },
      banned: { label: '小程序被封禁', hint: '20005，重试没有用' },
      silentPopup: { label: '弹窗没有回音', hint: '切后台再回来，5 秒后超时' },
      oldPromises: { label: 'iOS 15 的 Promise', hint: '一次 await 就丢掉点击' },
      noWasm: { label: '没有 WXWebAssembly', hint: 'setup 失败：wasmUnavailable' },
      slowWasm: { label: 'wasm 加载慢 3 秒', hint: '这时点：等它加载完，点击已经失效' },
    },
    nextPopup: { label: '下一次弹窗失败', hint: '只生效一次', none: '不失败' },
    popupErrors: {
      10001: '模板列表为空',
      10002: '取模板列表的网络失败',
      10003: '提交订阅的网络失败',
      10004: '模板 id 无效',
      10005: '小程序在后台',
      20001: '模板不存在',
      20002: '模板类型不一致',
      20003: '模板太多',
      20004: '总开关已关',
      20005: '小程序被封禁',
      20013: '设备消息模板',
    },
    nextSend: { label: '下一条消息失败', hint: '微信对后端的回答，一次；令牌过期和繁忙，后端会重试', none: '不失败' },
    sendErrors: {
      [-1]: '系统繁忙',
      40003: 'openId 无效',
      40037: '模板 id 无效',
      42001: '令牌过期',
      43101: '用户拒收',
      45009: '今日调用已满',
      47003: '参数不合模板',
    },
    restore: '全部恢复正常',
  },
  failedToStart: (reason) => `没有启动成功：${reason}`,
};

const en: Strings = {
  lang: 'en',
  title: 'wx-subscribe demo',
  subtitle: 'The example, unchanged',
  otherLanguage: '中文',
  phone: 'Simulated phone',
  story: 'One subscription in a minute',
  steps: {
    tap: 'Tap 加入购物车',
    allow: 'Allow 降价提醒',
    stored: 'Back end stores it',
    drop: 'Press Price drop',
    arrived: 'Message arrives',
  },
  hints: {
    tap: 'Tap 加入购物车 (add to cart) in the phone: the popup opens within that tap.',
    allow: 'Leave 降价提醒 (price alert) ticked and tap 允许 (allow). One consent is the right to send one message.',
    stored: 'The answer is in the phone’s storage, and on its way to the back end.',
    drop: 'The back end holds the grant. Press Price drop to have it send the message.',
    arrived: 'The back end has sent it; WeChat is bringing it to the phone.',
    refused: '降价提醒 was not allowed this time, so the back end may not send. Tap 加入购物车 again.',
    done: 'Done: one consent, one message, and the grant is spent. Press Price drop again to see what happens without one.',
  },
  actions: { relaunch: 'Relaunch', hide: 'To background', show: 'Back to front', reset: 'Start over' },
  send: {
    title: 'Have the back end send',
    about: 'Each message spends one consent of the user',
    occasions: { priceDrop: 'Price drop', shipped: 'Shipped', refunded: 'Refunded' },
    idle: 'No message has been sent yet.',
    sending: 'Sending…',
    sent: (title) => `Sent 「${title}」, and one grant is spent.`,
    noGrant: (title) => `No grant for 「${title}」: never allowed, or spent already.`,
    failed: (errcode, errmsg) => `WeChat did not take it: ${errcode ?? 'no answer'} ${errmsg ?? ''}`,
    unknown: 'WeChat gave no answer: the user may have it, so it is not sent again.',
    unreachable: (reason) => `Not sent: ${reason}`,
  },
  tabs: { events: 'Events', requests: 'Requests', held: 'Back end', faults: 'Faults' },
  events: {
    empty: 'No events yet. Tap 加入购物车 in the phone.',
    clear: 'Clear',
    meaning: {
      templatesFound: 'The back end says what to offer now',
      templatesFailed: 'Asking for templates failed',
      popupRequested: 'WeChat is asked for the popup, within the tap',
      popupAnswered: 'The user answered',
      popupFailed: 'The popup did not open, or brought no answer',
      reportQueued: 'The answer is in the outbox',
      reportSent: 'The back end has the answer',
      reportPostponed: 'Sending failed; it is tried again',
      reportDropped: 'Given up, and handed back to the app',
      outboxDamaged: 'The outbox was damaged; what could be read was kept',
    },
    launched: 'Cold start of the mini-program',
    error: 'Error in the mini-program',
  },
  details: {
    templates: (count) => (count === 1 ? '1 template' : `${count} templates`),
    answered: (accepted, rejected) => `${accepted} accepted, ${rejected} rejected`,
    saved: 'in storage',
    unsaved: 'storage refused it; in memory',
    retryIn: (seconds) => `again in ${seconds} s`,
  },
  requests: {
    empty: 'No requests yet.',
    sent: 'Sent',
    answered: 'Received',
    underway: 'under way',
    noBody: 'no body',
    routes: { phone: 'Mini-program → back end', backend: 'Back end → WeChat' },
  },
  held: {
    grants: 'Grants',
    messages: 'Messages',
    answers: 'Answers',
    states: { open: 'open', sending: 'sending', spent: 'spent', void: 'void', unknown: 'unknown' },
    statuses: { pending: 'pending', sending: 'sending', sent: 'sent', failed: 'failed', unknown: 'unknown' },
    openCount: (count) => `${count} open`,
    noGrants: 'Once the user allows a message, the right to send it shows here.',
    noMessages: 'No message has been sent yet.',
    noAnswers: 'No answer has come in yet.',
    accepted: 'accepted',
    rejected: 'rejected',
    unreachable: 'The back end does not answer',
    user: 'User',
  },
  faults: {
    about: 'Turn one on, tap something in the phone, and see what page and events say.',
    needsRelaunch: 'This takes effect once the mini-program is relaunched.',
    groups: { network: 'Network and back end', wechat: 'WeChat’s popup', device: 'Device', server: 'WeChat’s server' },
    switches: {
      offline: { label: 'No network', hint: 'With the popup open: the answer waits in storage' },
      backend500: { label: 'Back end answers 500', hint: 'Reports are postponed and retried' },
      slowNetwork: { label: 'Network 3 s slower', hint: 'A prefetched popup opens at once all the same' },
      mainSwitchOff: { label: 'Main switch off', hint: '20004; the page offers the settings' },
      banned: { label: 'Mini-program banned', hint: '20005; trying again is of no use' },
      silentPopup: { label: 'Popup never answers', hint: 'To the background and back: timeout, 5 s later' },
      oldPromises: { label: 'Promises of iOS 15', hint: 'A single await loses the tap' },
      noWasm: { label: 'No WXWebAssembly', hint: 'setup fails: wasmUnavailable' },
      slowWasm: { label: 'Wasm loads 3 s slower', hint: 'A tap meanwhile waits, and is too old by then' },
    },
    nextPopup: { label: 'Next popup fails', hint: 'Once', none: 'does not fail' },
    popupErrors: {
      10001: 'no template ids',
      10002: 'network, listing templates',
      10003: 'network, subscribing',
      10004: 'invalid template id',
      10005: 'in the background',
      20001: 'no such template',
      20002: 'mixed template types',
      20003: 'too many templates',
      20004: 'main switch off',
      20005: 'mini-program banned',
      20013: 'device template',
    },
    nextSend: { label: 'Next message fails', hint: 'WeChat’s answer to the back end, once; it retries an expired token and a busy WeChat', none: 'does not fail' },
    sendErrors: {
      [-1]: 'system busy',
      40003: 'invalid openid',
      40037: 'invalid template id',
      42001: 'token expired',
      43101: 'user refuses',
      45009: 'daily quota reached',
      47003: 'data does not fit',
    },
    restore: 'All back to normal',
  },
  failedToStart: (reason) => `Could not start: ${reason}`,
};

const STRINGS: Record<Language, Strings> = { zh, en };

export const stringsOf = (language: Language): Strings => STRINGS[language];

const KEY = 'wx-subscribe-panel:language';

/** What was chosen before, or else what the browser prefers. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const rememberLanguage = (language: Language): void => localStorage.setItem(KEY, language);
