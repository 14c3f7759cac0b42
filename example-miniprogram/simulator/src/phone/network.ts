// Requests of the mini-program: through the page's server, or into a fault.
import type { Faults } from '../shared/phone';
import { NETWORK_ERRNO, REQUEST_FAILURES } from '../shared/wechat';
import type { HttpAnswer, HttpRequest, NewEntry } from './bridge';

/** Where the SDK asks which templates to offer. */
const TEMPLATES_PATH = '/findCustomerPopTemplate';

const failure = ({ text, errno }: { text: string; errno: number }): HttpAnswer => ({
  errMsg: `request:fail ${text}`,
  errno,
});
const failed = (text: string, errno = NETWORK_ERRNO): HttpAnswer => failure({ text, errno });

function parsed(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      reject(new DOMException('aborted', 'AbortError'));
    });
  });

export function createNetwork(
  requestUrl: string,
  faults: () => Readonly<Faults>,
  log: (entry: NewEntry) => void,
) {
  let lastId = 0;

  async function send(request: HttpRequest, signal: AbortSignal): Promise<HttpAnswer> {
    const { offline, backendStatus, noTemplates, requestDelayMs } = faults();
    if (offline) return failure(REQUEST_FAILURES.offline);
    if (requestDelayMs > 0) await wait(requestDelayMs, signal);
    if (backendStatus !== null) {
      return {
        statusCode: backendStatus,
        header: {},
        data: JSON.stringify({ error: `simulated ${backendStatus}` }),
      };
    }
    if (noTemplates && request.url.endsWith(TEMPLATES_PATH)) {
      return { statusCode: 200, header: {}, data: JSON.stringify({ data: [] }) };
    }
    const response = await fetch(requestUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal,
    });
    if (!response.ok) {
      return failed(`the simulator's server answers ${response.status}`);
    }
    return (await response.json()) as HttpAnswer;
  }

  /** @returns a function that aborts it; `done` is called once, unless it is aborted */
  return function request(sent: HttpRequest, done: (answer: HttpAnswer) => void): () => void {
    lastId += 1;
    const { method, url, header } = sent;
    const common = {
      kind: 'request' as const,
      id: lastId,
      method,
      url,
      header,
      body: parsed(sent.data),
    };
    const start = performance.now();
    const aborter = new AbortController();
    let settled = false;

    function settle(given: HttpAnswer): void {
      if (settled) return;
      settled = true;
      const isTimeout = 'errMsg' in given && given.errno === REQUEST_FAILURES.timeout.errno;
      const answer =
        isTimeout && faults().chineseTimeout ? failure(REQUEST_FAILURES.timeoutInChinese) : given;
      clearTimeout(timer);
      const ms = Math.round(performance.now() - start);
      if ('errMsg' in answer) {
        log({ ...common, phase: 'failed', errMsg: answer.errMsg, ms });
      } else {
        log({
          ...common,
          phase: 'answered',
          statusCode: answer.statusCode,
          response: parsed(answer.data),
          ms,
        });
      }
      done(answer);
    }

    log({ ...common, phase: 'sent' });
    const timer = setTimeout(() => {
      settle(failure(REQUEST_FAILURES.timeout));
      aborter.abort();
    }, sent.timeout);
    send(sent, aborter.signal).then(settle, (error: unknown) =>
      settle(failed(error instanceof Error ? error.message : String(error))),
    );
    return () => {
      settle(failure(REQUEST_FAILURES.abort));
      aborter.abort();
    };
  };
}
