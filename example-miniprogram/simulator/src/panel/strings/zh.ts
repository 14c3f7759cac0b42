// The panel in Chinese. The other language has the same texts, by the type.
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

export const zh = {
  lang: 'zh-CN',
  title: 'wx-subscribe 演示',
  subtitle: '示例小程序，原样在浏览器里',
  otherLanguage: 'English',
  phone: '模拟手机',
  story: '一分钟走完一次订阅',
  /** Said of a step, after its name. */
  stepDone: '，已完成',
  steps: {
    tap: '点「加入购物车」',
    allow: '允许「降价提醒」',
    stored: '后端已存',
    drop: '点「降价」',
    arrived: '消息到达',
  } satisfies Record<StepName, string>,
  hints: {
    tap: '在手机里点「加入购物车」，弹窗会在这次点击里打开。',
    allow: '让「降价提醒」勾着，点「允许」：一次同意，就是一条消息的额度。',
    stored: '答复已写入本机，正在送往后端。',
    drop: '额度已在后端。点「降价」，让后端发这条消息。',
    arrived: '后端已发出，等微信送到手机。',
    refused: '这次没有同意「降价提醒」，后端就不能发。改主意，就点「降价提醒」一行的按钮。',
    done: '走完了：同意一次，收到一条，额度用掉。再点「降价」，看看没有额度会怎样。',
  } satisfies Record<StepName | 'refused' | 'done', string>,
  actions: { relaunch: '重新启动', hide: '切到后台', show: '回到前台', reset: '全部重来' },
  send: {
    title: '让后端发消息',
    about: '每条消息用掉用户的一次同意',
    occasions: { priceDrop: '降价', shipped: '发货', refunded: '退款完成' } satisfies Record<
      Occasion,
      string
    >,
    idle: '还没有发过消息。',
    sending: '正在发送…',
    sent: (title: string) => `已发送「${title}」，用掉一次额度。`,
    noGrant: (title: string) => `没有「${title}」的额度：用户没有同意过，或者已经用完。`,
    failed: (errcode: number | null, errmsg: string | null) =>
      `微信没有接受：${errcode ?? '没有回答'} ${errmsg ?? ''}`,
    unknown: '微信没有回答：用户可能收到了，所以不会再发一次。',
    unreachable: (reason: string) => `没有发成：${reason}`,
  },
  tabs: { events: '过程', requests: '请求', held: '后端', faults: '故障', diagnostics: '诊断' },
  events: {
    empty: '还没有事件。在手机里点一下「加入购物车」。',
    clear: '清空',
    meaning: {
      templatesFound: '后端给出此刻可以问的模板',
      templatesFailed: '没有问到模板',
      popupRequested: '在点击之内请微信弹窗',
      popupAnswered: '用户作了答复',
      popupFailed: '弹窗没有打开，或没有答复',
      skipped: '这次不请微信弹窗',
      templatesLeftOut: '后端的列表里有空的 id，已略去',
      reportQueued: '答复进了发件箱，等待上报',
      reportSent: '后端收到了答复',
      reportPostponed: '上报失败，稍后自动重试',
      reportDropped: '放弃上报，内容交还给应用',
      outboxDamaged: '发件箱有损坏，能读的都留下了',
      outboxCleared: '本机存储被清空，内存里的上报已重新存入',
    } satisfies Record<EventName | 'outboxCleared', string>,
    launched: '小程序冷启动',
    tapped: '点击',
    outcome: '页面得到的结果',
    prefetched: '预取模板',
    askedInTap: '没有预取，点击时向后端要模板',
    arrived: '消息到达手机',
    toppedUp: '没有弹窗：“总是保持”的同意，静默续上一份',
    copy: '复制',
    save: '导出',
    error: '小程序出错',
  },
  details: {
    templates: (count: number) => `${count} 个模板`,
    answered: (accepted: number, rejected: number) => `同意 ${accepted} 个，拒绝 ${rejected} 个`,
    noRoom: '发件箱已满，腾出位置',
    took: (seconds: string) => `用时 ${seconds} 秒`,
    saved: '已存入本机',
    unsaved: '本机存储写不进，在内存里',
    retryIn: (seconds: string) => `${seconds} 秒后重试`,
    skipped: {
      notKept: '没有“总是保持”的同意',
      coolDown: '不久前都拒绝了',
      aborted: '页面已经离开',
    } satisfies Record<SkipReason, string>,
  },
  requests: {
    empty: '还没有请求。',
    sent: '发出',
    answered: '收到',
    underway: '进行中',
    noBody: '没有内容',
    routes: { phone: '小程序 → 后端', backend: '后端 → 微信' } satisfies Record<Direction, string>,
  },
  held: {
    grants: '额度',
    messages: '消息',
    answers: '答复',
    states: {
      open: '可用',
      sending: '发送中',
      spent: '已用',
      void: '作废',
      unknown: '待查',
    } satisfies Record<GrantState, string>,
    statuses: {
      pending: '待发',
      sending: '发送中',
      sent: '已发',
      failed: '未发成',
      unknown: '待查',
    } satisfies Record<MessageStatus, string>,
    openCount: (count: number) => `${count} 个可用`,
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
      chineseTimeout: { label: '超时用中文', hint: 'request:fail 请求超时，errno 5' },
      noTemplates: { label: '后端没有要问的', hint: '模板列表为空，页面不显示提醒' },
      slowNetwork: { label: '网络慢 3 秒', hint: '预取过的弹窗照样立刻打开' },
      mainSwitchOff: { label: '用户关了总开关', hint: '20004，页面会引导去设置' },
      banned: { label: '小程序被封禁', hint: '20005，重试没有用' },
      asyncApis: { label: 'wx 被包成 async 函数', hint: 'Promise 先以 undefined 完成，回调后到' },
      showWhilePopupOpen: { label: '弹窗开着时来 onShow', hint: '之前没有 onHide，支付后会这样' },
      codesAsStrings: { label: '错误码是字符串', hint: "弹窗的 errCode：'20004'" },
      silentPopup: { label: '弹窗没有回音', hint: '切后台再回来，5 秒后超时' },
      oldPromises: { label: 'iOS 15 的 Promise', hint: '一次 await 就丢掉点击' },
      noWasm: { label: '没有 WXWebAssembly', hint: '改用 JavaScript 备用模块，照常工作' },
      slowWasm: { label: 'wasm 加载慢 3 秒', hint: '这时点：等它加载完，点击已经失效' },
    } satisfies Record<SwitchName, { label: string; hint: string }>,
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
      ':cancel': '没有错误码的取消',
      cancel: '没有错误码的取消',
      'not support': '不支持，没有错误码',
    } satisfies Record<PopupErrorCode | UncodedError, string>,
    nextSend: {
      label: '下一条消息失败',
      hint: '微信对后端的回答，一次；令牌过期和繁忙，后端会重试',
      none: '不失败',
    },
    sendErrors: {
      [-1]: '系统繁忙',
      40003: 'openId 无效',
      40037: '模板 id 无效',
      42001: '令牌过期',
      43101: '用户拒收',
      45009: '今日调用已满',
      47003: '参数不合模板',
    } satisfies Record<GatewayErrcode, string>,
    restore: '全部恢复正常',
  },
  diagnostics: {
    sdk: 'SDK',
    waiting: '等待上报',
    version: '版本',
    engines: { wasm: 'WebAssembly', fallback: 'JavaScript 备用模块' } satisfies Record<
      Running['engine'],
      string
    >,
    notRunning: '没有运行',
    storage: '本机存储',
    storages: {
      ok: '正常',
      unsaved: '有写不进的',
      unlisted: '键列表里没有',
      unreadable: '读不了',
      newerVersion: '由更新的版本写成',
    } satisfies Record<Running['storage'], string>,
    limit: '一次能问的模板',
    limitOf: (most: number) => `最多 ${most} 个`,
    noLimit: '没有碰到上限',
    lastPopup: '上一次弹窗',
    noPopup: '还没有弹过',
    noReports: '没有等待上报的答复。',
    attempts: (count: number) => `失败 ${count} 次`,
    nextTry: (time: string) => `${time} 再试`,
    otherUser: '等它的用户回来',
    saved: '已存',
    unsaved: '仅在内存',
  },
  serverGone: '演示的服务器没有回答。它回来之后，这里自动继续。',
  failedToStart: (reason: string) => `没有启动成功：${reason}`,
};

/** Every text of the panel. */
export type Strings = typeof zh;
