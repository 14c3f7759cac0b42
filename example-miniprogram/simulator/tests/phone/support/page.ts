// The script of the test page: a phone and its log.
import { createPhone } from '../../../src/phone';
import type { CompiledMiniprogram, Entry, Phone, TemplateInfo } from '../../../src/shared/phone';

declare global {
  interface Window {
    options: { miniprogram: CompiledMiniprogram; templates: TemplateInfo[] };
    phone: Phone;
    entries: Entry[];
  }
}

const host = document.querySelector<HTMLElement>('#phone');
if (!host) throw new Error('the page has no place for the phone');
window.phone = createPhone(host, {
  ...window.options,
  requestUrl: '/__request',
  wasmUrl: (path) => `/package/${path}`,
});
window.entries = [];
window.phone.onEntry((entry) => window.entries.push(entry));
