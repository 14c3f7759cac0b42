// Each status of an outcome, with what it has and what it has not.
import {
  asyncSubscribeMessage,
  TriggerType,
  type Answered,
  type FailureKind,
  type Outcome,
} from 'wx-subscribe';

export function told(outcome: Outcome): string {
  switch (outcome.status) {
    case 'answered': {
      const answered: Answered = outcome;
      const { accepted, rejected, banned, filtered, other, remaining, raw } = answered;
      const report: 'queued' | 'unsaved' | 'none' = answered.report;
      // @ts-expect-error who has answered has not failed
      outcome.error;
      // @ts-expect-error WeChat may not say what is kept
      answered.keptRejected.length;
      return [
        ...accepted,
        ...rejected,
        ...banned,
        ...filtered,
        ...other,
        ...remaining,
        String(raw['a']),
        report,
      ].join();
    }
    case 'noTemplates':
      // @ts-expect-error no one was asked
      outcome.accepted;
      return '';
    case 'skipped':
      // @ts-expect-error only a cool-down ends
      outcome.until;
      return outcome.reason === 'coolDown' ? String(outcome.until) : outcome.reason;
    case 'failed': {
      const { stage, error } = outcome;
      const kind: FailureKind = error.kind;
      const code: number | null = error.code;
      // @ts-expect-error many failures have no code
      error.code.toFixed();
      // @ts-expect-error there is no such stage
      stage === 'report';
      // @ts-expect-error there is no such kind
      kind === 'denied';
      return `${stage} ${kind} ${code} ${error.message} ${error.retryable}`;
    }
    default: {
      const none: never = outcome;
      return none;
    }
  }
}

export async function tap(): Promise<void> {
  told(
    await asyncSubscribeMessage(TriggerType.RefundOnly, 'order-1', {
      price: 1,
      list: [null, { note: '备注' }],
    }),
  );
  told(await asyncSubscribeMessage(10, 'order-1'));
  told(
    await asyncSubscribeMessage(1, 'order-1', undefined, {
      only: 'keptAccepted',
      signal: { aborted: false },
    }),
  );
  told(await asyncSubscribeMessage(1, 'order-1', {}, { force: true }));
  // @ts-expect-error there is no such choice
  await asyncSubscribeMessage(1, 'order-1', {}, { only: 'accepted' });
  // @ts-expect-error a signal has `aborted`
  await asyncSubscribeMessage(1, 'order-1', {}, { signal: {} });
  // @ts-expect-error the business number is required
  await asyncSubscribeMessage(TriggerType.AddToCart);
  // @ts-expect-error the type is a number
  await asyncSubscribeMessage('加入购物车', 'order-1');
  // @ts-expect-error the map is an object
  await asyncSubscribeMessage(TriggerType.AddToCart, 'order-1', 'price=1');
  // @ts-expect-error the nine are constants
  TriggerType.AddToCart = 2;
}
