// What the calls beside `asyncSubscribeMessage` resolve to.
import {
  getDiagnostics,
  offerSettings,
  previewSubscription,
  type Diagnostics,
  type OfferedSettings,
  type Preview,
} from 'wx-subscribe';

export function label(preview: Preview): string {
  switch (preview.status) {
    case 'ask':
      // @ts-expect-error with the main switch off, it would be blocked
      return preview.mainSwitch === false ? '' : preview.ask.join();
    case 'blocked':
      return [
        ...preview.ask,
        ...preview.keptAccepted,
        ...preview.keptRejected,
        preview.coolDownUntil,
      ].join();
    case 'silent':
    case 'nothing': {
      const none: [] = preview.ask;
      return none.join();
    }
    case 'unknown': {
      // @ts-expect-error it is not known
      const isOn: boolean = preview.mainSwitch;
      return `${preview.ask} ${isOn}`;
    }
    default: {
      const none: never = preview;
      return none;
    }
  }
}

export function offered(result: OfferedSettings): string {
  switch (result.status) {
    case 'opened':
      return `${result.mainSwitch} ${Object.keys(result.items).length}`;
    case 'declined':
      // @ts-expect-error the page was not opened
      result.items;
      return '';
    case 'failed':
      return result.error.kind;
    default: {
      const none: never = result;
      return none;
    }
  }
}

export function shown(diagnostics: Diagnostics): string {
  // @ts-expect-error only what runs has reports that wait
  diagnostics.waiting;
  if (diagnostics.status === 'notRunning')
    return `${diagnostics.version} ${diagnostics.error.kind}`;
  const { engine, waiting, lastPopup, learnedLimit, storage } = diagnostics;
  const isWasm: boolean = engine === 'wasm';
  // @ts-expect-error nothing of a user is in it
  diagnostics.openId;
  // @ts-expect-error there may have been no popup
  lastPopup.at;
  // @ts-expect-error this is not about a popup
  lastPopup?.event.name === 'reportSent';
  const ids = waiting.map(({ reportId, lastError }) => lastError?.kind ?? reportId);
  return [isWasm, ...ids, lastPopup?.event.name, learnedLimit?.most, storage].join();
}

export async function called(): Promise<string[]> {
  // @ts-expect-error an offer has words
  await offerSettings({});
  const settings = await offerSettings({
    content: '打开后可以收到降价提醒',
    confirmText: '去设置',
  });
  return [
    label(await previewSubscription(1, 'order-1')),
    offered(settings),
    shown(await getDiagnostics()),
  ];
}
