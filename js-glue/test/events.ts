// Each event, with what it has and what it has not.
import type { Failure, SubscribeEvent } from 'wx-subscribe';

export function logged(event: SubscribeEvent): string | Failure | null {
  switch (event.name) {
    case 'templatesFound':
    case 'popupRequested':
      return [event.triggerAct, event.busNo, ...event.templateIds].join();
    case 'templatesFailed':
    case 'popupFailed':
      return event.error;
    case 'popupAnswered':
      event.counts.banned + event.elapsedMs + Number(event.topUp);
      // @ts-expect-error there are five counts, and no sum
      event.counts.all;
      // @ts-expect-error no event carries the openId
      event.openId;
      return [...event.accepted, ...event.rejected].join();
    case 'reportQueued':
      return `${event.reportId} ${event.saved}`;
    case 'reportSent':
      // @ts-expect-error what was sent has no error
      event.error;
      return event.reportId;
    case 'reportPostponed':
      return `${event.reportId} ${event.retryInMs.toFixed()} ${event.error.kind}`;
    case 'reportDropped':
      // @ts-expect-error no event carries the openId
      event.report.openId;
      // @ts-expect-error a report that made room has no error
      event.error.kind;
      return event.error;
    case 'skipped':
      return event.reason === 'coolDown' ? String(event.until) : event.reason;
    case 'templatesLeftOut':
      return `${event.busNo} ${event.count}`;
    case 'outboxDamaged':
    case 'outboxCleared':
      return event.name;
    default: {
      const none: never = event;
      return none;
    }
  }
}
