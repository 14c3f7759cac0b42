// What an application in strict TypeScript writes must compile against the
// types as they are shipped.
import {
  asyncSubscribeMessage,
  flushReports,
  getSubscriptionSettings,
  openSubscriptionSettings,
  prefetchTemplates,
  setup,
  TriggerType,
  version,
  type Answered,
  type Config,
  type FailureKind,
  type Outcome,
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

function log(event: SubscribeEvent): string {
  switch (event.name) {
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
    case 'failed': {
      const kind: FailureKind = outcome.error.kind;
      return `${outcome.stage} ${kind}`;
    }
  }
}

export async function use(): Promise<void> {
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
