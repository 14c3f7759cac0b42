// What an application in strict TypeScript writes must compile against the
// types as they are shipped.
import {
  asyncSubscribeMessage,
  flushReports,
  getDiagnostics,
  getSubscriptionSettings,
  offerSettings,
  openSubscriptionSettings,
  prefetchTemplates,
  previewSubscription,
  setup,
  TriggerType,
  version,
  type Answered,
  type Config,
  type Diagnostics,
  type FailureKind,
  type OfferedSettings,
  type Outcome,
  type Preview,
  type SetupError,
  type SubscribeEvent,
} from 'wx-subscribe';

const overHttp: Config = {
  baseUrl: 'https://shop.example.com/api',
  header: () => ({ authorization: 'token' }),
  onEvent: (event) => log(event),
};

const ownFunctions: Config = {
  findCustomerPopTemplate: async ({ triggerAct, busNo }) => ({ data: [triggerAct, busNo] }),
  popSubscribeResult: async (result, { reportId }) => [result.agreeTemplateIds, reportId],
  openId: async () => 'someone',
  triggers: { 10: '到货提醒' },
};

const signedIn: Config = {
  baseUrl: 'https://shop.example.com/api',
  header: async () => ({ authorization: 'token' }),
  signIn: () => Promise.resolve(),
  isSaved: (response) => Boolean(response),
  openId: false,
  popupTimeoutMs: 120_000,
  outboxMaxAgeMs: 30 * 24 * 3600 * 1000,
  // @ts-expect-error without an openId a report may lack it
  popSubscribeResult: ({ openId }) => openId.length,
};

const askingWell: Config = {
  baseUrl: 'https://shop.example.com/api',
  coolDownMs: 24 * 3600 * 1000,
  readTemplates: (body: { data: { list: { id?: string | null }[] } }) => body.data.list.map(({ id }) => id),
};

const asynchronous: Config = {
  // @ts-expect-error a promise would cost the tap
  readTemplates: async () => ['id'],
};

function log(event: SubscribeEvent): string {
  switch (event.name) {
    case 'popupAnswered':
      // @ts-expect-error there are five counts, and no sum
      return `${event.topUp} ${event.elapsedMs} ${event.counts.accepted + event.counts.all}`;
    case 'skipped':
      // @ts-expect-error only a cool-down has an end
      if (event.reason === 'aborted') return event.until;
      return event.reason === 'coolDown' ? `${event.until + 1}` : event.reason;
    case 'templatesLeftOut':
      return `${event.count + 1}`;
    case 'reportDropped':
      // @ts-expect-error no event carries the openId
      return event.report.openId;
    case 'popupFailed':
      return event.error.message;
    default:
      return event.name;
  }
}

function describe(outcome: Outcome): string | Answered {
  switch (outcome.status) {
    case 'answered':
      return outcome;
    case 'noTemplates':
      return '';
    case 'skipped':
      // @ts-expect-error nothing was asked for
      return outcome.reason === 'coolDown' ? `${outcome.until + 1}` : outcome.accepted;
    case 'failed': {
      const kind: FailureKind = outcome.error.kind;
      return `${outcome.stage} ${kind}`;
    }
  }
}

function exhaustive(preview: Preview): string[] {
  switch (preview.status) {
    case 'ask':
      // @ts-expect-error with the main switch off, it would be blocked
      return preview.mainSwitch === false ? [] : preview.ask;
    case 'silent':
      // @ts-expect-error nothing would be asked
      return [preview.ask[0]];
    case 'blocked':
      return preview.keptRejected;
    case 'nothing':
      // @ts-expect-error nothing is kept
      return [preview.keptAccepted[0]];
    case 'unknown':
      return preview.ask;
    // @ts-expect-error there is no such status
    case 'maybe':
      return [];
  }
}

function wayBack(offered: OfferedSettings): string | boolean | null {
  switch (offered.status) {
    case 'opened':
      return offered.mainSwitch;
    case 'declined':
      // @ts-expect-error nothing was read
      return offered.mainSwitch;
    case 'failed':
      return offered.error.message;
  }
}

function support(found: Diagnostics): string {
  // @ts-expect-error only what runs has reports that wait
  if (found.status === 'notRunning') return found.waiting;
  const [report] = found.waiting;
  // @ts-expect-error no user is named
  const openId: unknown = report?.openId;
  const { event } = found.lastPopup ?? {};
  // @ts-expect-error this is not about a popup
  if (event?.name === 'reportSent') return '';
  return `${found.engine} ${report?.lastError?.kind} ${openId} ${event?.busNo}`;
}

async function askWell(signal: { readonly aborted: boolean }): Promise<void> {
  await setup(askingWell);
  await setup(asynchronous);
  exhaustive(await previewSubscription(TriggerType.AddToCart, 'goods-1'));
  describe(await asyncSubscribeMessage(TriggerType.AddToCart, 'goods-1', {}, { only: 'keptAccepted' }));
  describe(await asyncSubscribeMessage(TriggerType.AddToCart, 'goods-1', {}, { force: true, signal }));
  describe(await asyncSubscribeMessage(TriggerType.AddToCart, 'goods-1', {}, { signal: { aborted: false } }));
  // @ts-expect-error a misspelt `only` would open a popup
  await asyncSubscribeMessage(TriggerType.AddToCart, 'goods-1', {}, { only: 'kept' });
  // @ts-expect-error a signal has `aborted`
  await asyncSubscribeMessage(TriggerType.AddToCart, 'goods-1', {}, { signal: {} });
  wayBack(await offerSettings({ title: '订阅消息', content: '去打开？', confirmText: '去设置' }));
  // @ts-expect-error the content is required
  await offerSettings({ title: '订阅消息' });
  support(await getDiagnostics());
}

export async function use(): Promise<void> {
  await askWell({ aborted: false });
  await setup(overHttp);
  await setup(signedIn);
  await setup(ownFunctions).catch((error: SetupError) => error.kind);
  const ids: string[] = await prefetchTemplates(TriggerType.AddToCart, version);
  describe(await asyncSubscribeMessage(TriggerType.RefundOnly, 'order-1', { price: 1, ids }));
  describe(await asyncSubscribeMessage(10, 'order-1'));
  const { sent, pending } = await flushReports();
  const { mainSwitch, items } = await getSubscriptionSettings();
  const on: boolean | null = (await openSubscriptionSettings()).mainSwitch ?? mainSwitch;
  Object.keys(items).length + sent + pending + Number(on);
  // @ts-expect-error the business number is required
  await asyncSubscribeMessage(TriggerType.AddToCart);
}
