/** The modal that leads to the settings page. */
import { asFailure, failed, failure } from './failure';
import type { OfferedSettings, OpenedSettings, SettingsOffer } from './types';

/** How long the modal may stay silent, in ms. What is confirmed later still opens the settings. */
const LONGEST_MS = 120000;

/** `open` is called in the callback of the modal, which is a fresh tap. */
export function offer(
  texts: SettingsOffer,
  open: () => Promise<OpenedSettings>,
): Promise<OfferedSettings> {
  let timer: ReturnType<typeof setTimeout>;
  return new Promise<OfferedSettings>((resolve, reject) => {
    if (typeof wx === 'undefined' || !wx || !wx.showModal)
      throw failure('unsupportedHost', 'showModal');
    timer = setTimeout(() => reject(failure('timeout', 'showModal')), LONGEST_MS);
    let isAnswered = false;
    const answered = (answer: { confirm?: unknown } | undefined) => {
      if (isAnswered) return;
      isAnswered = true;
      resolve(answer && answer.confirm ? open().then(opened) : { status: 'declined' });
    };
    const returned: unknown = wx.showModal(
      Object.assign({ confirmText: '去设置' }, texts, { success: answered, fail: reject }),
    );
    // Where `wx` is wrapped into promises, the callbacks may never come, or come later.
    Promise.resolve(returned).then((answer) => {
      const given = answer as { confirm?: unknown; errMsg?: unknown } | undefined;
      if (given && typeof given.confirm === 'boolean') answered(given);
      else if (given && /:fail|:cancel/.test(String(given.errMsg))) reject(given);
    }, reject);
  })
    .catch((reason) => ({
      status: 'failed' as const,
      error: failed(asFailure(reason, 'unknown')).error,
    }))
    .then((offered) => {
      clearTimeout(timer);
      return offered;
    });
}

function opened({ mainSwitch, items, error }: OpenedSettings): OfferedSettings {
  return error ? { status: 'failed', error } : { status: 'opened', mainSwitch, items };
}
