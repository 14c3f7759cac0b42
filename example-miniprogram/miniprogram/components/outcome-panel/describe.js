const STAGES = {
  setup: '加载',
  trigger: '触发类型',
  templates: '取模板',
  settings: '读设置',
  popup: '弹窗',
};

/** Messages for users; the other kinds are for the developer. */
const REASONS = {
  network: '网络不通',
  timeout: '等了太久没有回答',
  badResponse: '服务器的回答看不懂',
  notTapped: '点击已经失效',
  busy: '上一个弹窗还开着',
  background: '小程序不在前台',
  mainSwitchOff: '订阅消息的总开关关着',
  banned: '小程序被禁止发送订阅消息',
  cancelled: '用户点了取消',
  unsupportedHost: '微信版本太旧',
};

const REPORTS = {
  queued: '结果已存入本机，正在上报',
  unsaved: '本机存储写不进，正在直接上报',
  none: '没有需要上报的结果',
};

const SKIPS = {
  notKept: '没有“总是保持”的同意，这次不弹窗',
  aborted: '页面已经离开，没有弹窗',
};

const COUNTS = [
  ['accepted', '同意'],
  ['rejected', '拒绝'],
  ['banned', '被平台封禁'],
  ['filtered', '因标题重复未问'],
  ['other', '其他答复'],
  ['remaining', '超出上限，下次再问'],
];

function describeAnswer(outcome) {
  const counts = COUNTS.map(([key, label]) => ({ key, label, count: outcome[key].length }))
    // Accepted and rejected are always shown, the rest only if there are any.
    .filter(({ key, count }) => count > 0 || key === 'accepted' || key === 'rejected')
    .map(({ label, count }) => `${label} ${count} 个`);
  const accepted = outcome.accepted.length > 0;
  // `null` if WeChat did not say.
  const kept = (outcome.keptRejected || []).length;
  return {
    tone: accepted ? 'good' : 'calm',
    title: accepted ? '已订阅' : '没有订阅',
    lines: [
      counts.join('，'),
      ...(kept > 0 ? [`其中 ${kept} 个设为总是拒绝，以后不再询问`] : []),
      REPORTS[outcome.report],
    ],
    settings: kept > 0,
  };
}

function describeSkip({ reason, until }) {
  const line =
    reason === 'coolDown' ? `不久前都拒绝了，${dateOf(until)}之前不再询问` : SKIPS[reason];
  return { tone: 'calm', title: '没有打扰', lines: [line] };
}

function dateOf(time) {
  const date = new Date(time);
  return `${date.getMonth() + 1}月${date.getDate()}日`;
}

function describeFailure({ stage, error }) {
  const reason = REASONS[error.kind] || '小程序的订阅配置有误';
  const lines = [
    error.retryable ? `${reason}，可以再点一次` : reason,
    `阶段：${STAGES[stage]}（${error.kind}）`,
    error.message,
  ];
  return { tone: 'bad', title: '没有问成', lines, settings: error.kind === 'mainSwitchOff' };
}

/**
 * The description of an outcome.
 *
 * @param {object} outcome of `asyncSubscribeMessage`
 * @returns {{ tone: 'good' | 'calm' | 'bad', title: string, lines: string[], settings?: boolean }}
 */
function describe(outcome) {
  switch (outcome.status) {
    case 'answered':
      return describeAnswer(outcome);
    case 'noTemplates':
      return { tone: 'calm', title: '不需要询问', lines: ['这个时机没有要订阅的消息'] };
    case 'skipped':
      return describeSkip(outcome);
    default:
      return describeFailure(outcome);
  }
}

module.exports = { describe };
