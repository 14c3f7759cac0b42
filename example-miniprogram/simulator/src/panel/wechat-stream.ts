// Events of WeChat's server for the user, in every tab. A browser opens six
// connections to a host, so one tab holds the stream and passes on what it hears.
import type { ServiceNotification } from '../shared/phone';

/** A call of the back end to WeChat's server. */
export interface WechatCall {
  path: string;
  sent: unknown;
  answer: { errcode?: number; errmsg?: string };
}

export type WechatEvent =
  | { kind: 'arrival'; message: ServiceNotification }
  | { kind: 'call'; call: WechatCall }
  /** The server is there, or is there again. */
  | { kind: 'open' }
  /** The server is gone; the stream comes back by itself. */
  | { kind: 'gone' };

const RETRY_MS = 500;

/** @returns a function that stops listening */
export function listenToWechat(openId: string, on: (event: WechatEvent) => void): () => void {
  const url = `/phone/wechat?openId=${encodeURIComponent(openId)}`;
  const aborter = new AbortController();
  const { signal } = aborter;
  const channel = new BroadcastChannel(url);
  channel.onmessage = ({ data }) => on(data as WechatEvent);
  const tell = (event: WechatEvent): void => {
    if (signal.aborted) return;
    channel.postMessage(event);
    on(event);
  };

  function open(): void {
    if (signal.aborted) return;
    const source = new EventSource(url);
    source.onopen = () => tell({ kind: 'open' });
    source.onerror = () => {
      tell({ kind: 'gone' });
      // Otherwise the browser tries again by itself.
      if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
    };
    source.addEventListener('arrival', ({ data }) =>
      tell({ kind: 'arrival', message: { ...JSON.parse(data), at: Date.now() } }),
    );
    source.addEventListener('call', ({ data }) => tell({ kind: 'call', call: JSON.parse(data) }));
    signal.addEventListener('abort', () => source.close());
  }
  const untilStopped = (): Promise<void> =>
    new Promise((stopped) => {
      open();
      signal.addEventListener('abort', () => stopped());
    });
  // Rejects only if it is stopped before it is this tab's turn.
  navigator.locks.request(url, { signal }, untilStopped).catch(() => {});
  return () => {
    aborter.abort();
    channel.close();
  };
}
