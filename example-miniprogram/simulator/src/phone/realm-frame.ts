// The logic realm's frame: it has none of the page's globals, and runs no
// strings as code except the scripts of the phone.
import realmScript from 'phone:realm';

import type { Controls, Host } from './bridge';

/**
 * `eval` and the `Function` constructor throw under this policy. Inline scripts
 * are how the phone puts the mini-program's files there, and WebAssembly is for
 * `WXWebAssembly`, which the realm takes away by its own name.
 */
const POLICY = "default-src 'none'; script-src 'unsafe-inline' 'wasm-unsafe-eval'";
const PAGE = `<!doctype html><meta http-equiv="Content-Security-Policy" content="${POLICY}">`;

/** Globals that the component engine needs when the realm's own are gone: those of the web view. */
const OF_THE_VIEW = [
  'document',
  'Event',
  'IntersectionObserver',
  'MutationObserver',
  'ResizeObserver',
];
const OF_THE_VIEW_TOO = [
  'CSS',
  'CustomEvent',
  'CSSStyleRule',
  'CSSMediaRule',
  'MouseEvent',
  'matchMedia',
  'performance',
];

const SCRIPT = `'use strict';
(function (host, begin, realm) {
  const setTimeout = realm.setTimeout.bind(realm);
  const window = host.view;
  const { ${[...OF_THE_VIEW, ...OF_THE_VIEW_TOO].join(', ')} } = window;
  const console = window.console;
  ${realmScript}
  begin(phoneRealm.start);
})(__host, __begin, globalThis);`;

type RealmWindow = Window & Record<string, unknown>;

export interface RealmFrame {
  window: Window;
  define: Host['define'];
  start(host: Host): Controls;
  remove(): void;
}

export async function createRealmFrame(parent: ParentNode & Node): Promise<RealmFrame> {
  const frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = '逻辑层';
  frame.className = 'realm';
  frame.srcdoc = PAGE;
  await new Promise((resolve) => {
    frame.addEventListener('load', resolve, { once: true });
    parent.append(frame);
  });
  const realm = frame.contentWindow as unknown as RealmWindow;
  // Read now: the realm's own names are removed next.
  const realmDocument = realm.document;

  function run(source: string, given: Record<string, unknown>): void {
    Object.assign(realm, given);
    const script = realmDocument.createElement('script');
    script.textContent = source;
    realmDocument.head.append(script);
    script.remove();
    Object.keys(given).forEach((name) => Reflect.deleteProperty(realm, name));
  }

  return {
    window: realm,
    define(path, source, names) {
      let defined: ((...given: unknown[]) => unknown) | null = null;
      const parameters = names.filter((name) => /^[A-Za-z_$][\w$]*$/.test(name)).join(', ');
      run(
        `__define(function (${parameters}) {'use strict';${source}\n});\n//# sourceURL=miniprogram/${path}`,
        {
          __define: (given: typeof defined) => {
            defined = given;
          },
        },
      );
      return defined;
    },
    start(host) {
      let controls: Controls | null = null;
      run(SCRIPT, {
        __host: host,
        __begin: (start: (host: Host) => Controls) => {
          controls = start(host);
        },
      });
      if (!controls) throw new Error('the logic realm did not start');
      return controls;
    },
    remove: () => frame.remove(),
  };
}
