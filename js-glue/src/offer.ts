/** The modal that leads to the settings page. */
import { asFailure, failed, failure } from './failure';
import type { OfferedSettings, OpenedSettings, SettingsOffer } from './types';

/** `open` is called in the callback of the modal, which is a fresh tap. */
export function offer(texts: SettingsOffer, open: () => Promise<OpenedSettings>): Promise<OfferedSettings> {
  return new Promise<OfferedSettings>((resolve, reject) => {
    if (typeof wx === 'undefined' || !wx || !wx.showModal) throw failure('unsupportedHost', 'showModal');
    wx.showModal(
      Object.assign({ confirmText: '去设置' }, texts, {
        success: (answer: { confirm: boolean } | undefined) =>
          resolve(answer && answer.confirm ? open().then(opened) : { status: 'declined' }),
        fail: reject,
      }),
    );
  }).catch((reason) => ({ status: 'failed', error: failed(asFailure(reason, 'unknown')).error }));
}

function opened({ mainSwitch, items, error }: OpenedSettings): OfferedSettings {
  return error ? { status: 'failed', error } : { status: 'opened', mainSwitch, items };
}
