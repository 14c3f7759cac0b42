/** The modal that leads to the settings page. */
import { asFailure, failed } from './failure';
import type { OfferedSettings, OpenedSettings, SettingsOffer } from './types';

/** `open` is called in the callback of the modal, which is a fresh tap. */
export function offer(texts: SettingsOffer, open: () => Promise<OpenedSettings>): Promise<OfferedSettings> {
  return new Promise<OfferedSettings>((resolve, reject) => {
    const modal = Object.assign({ confirmText: '去设置' }, texts, {
      success: ({ confirm }: { confirm: boolean }) => resolve(confirm ? open().then(opened) : { status: 'declined' }),
      fail: reject,
    });
    wx.showModal(modal);
  }).catch((reason) => ({ status: 'failed', error: failed(asFailure(reason, 'unsupportedHost')).error }));
}

function opened({ mainSwitch, items, error }: OpenedSettings): OfferedSettings {
  return error ? { status: 'failed', error } : { status: 'opened', mainSwitch, items };
}
