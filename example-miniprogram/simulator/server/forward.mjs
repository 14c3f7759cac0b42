// wx.request of the simulated phone, over real sockets. A page cannot send it
// by itself: the back end knows no CORS, as no phone needs it.
import http from 'node:http';

/** As WeChat words them; the numbers are those of its general error codes. */
const FAILURES = {
  domain: { errMsg: 'request:fail url not in domain list', errno: 600002 },
  timeout: { errMsg: 'request:fail timeout', errno: 5 },
  network: (reason) => ({ errMsg: `request:fail ${reason}`, errno: 600001 }),
};

const CHROMIUM_ERRORS = {
  ECONNREFUSED: 'errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED',
  ECONNRESET: 'errcode:-101 cronet_error_code:-101 error_msg:net::ERR_CONNECTION_RESET',
};

const DEFAULT_TIMEOUT_MS = 60_000;

/**
 * What a request comes to: `{ statusCode, header, data }` with the body as
 * text, or `{ errMsg, errno }`.
 *
 * @param {{ url: string, method?: string, header?: Record<string, string>, data?: unknown, timeout?: number }} request
 * @param {Map<string, string>} domains origin in the mini-program → where it is served; no other is called
 */
export function forward({ url, method = 'GET', header = {}, data, timeout = DEFAULT_TIMEOUT_MS }, domains) {
  const target = targetOf(url, domains);
  if (!target) return Promise.resolve(FAILURES.domain);
  const body = data === undefined || data === null || typeof data === 'string' ? data : JSON.stringify(data);
  const headers = { ...header };
  if (body) headers['content-length'] = Buffer.byteLength(body);

  return new Promise((resolve) => {
    const outgoing = http.request(target, { method, headers, agent: false });
    const timer = setTimeout(() => {
      resolve(FAILURES.timeout);
      outgoing.destroy();
    }, timeout);
    const failed = (error) => resolve(FAILURES.network(CHROMIUM_ERRORS[error.code] ?? error.message));
    outgoing.on('error', failed);
    outgoing.on('close', () => clearTimeout(timer));
    outgoing.on('response', async (response) => {
      try {
        const chunks = await response.toArray();
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ statusCode: response.statusCode, header: headerOf(response), data: text });
      } catch (error) {
        failed(error);
      }
    });
    outgoing.end(body ?? undefined);
  });
}

function targetOf(url, domains) {
  const asked = URL.canParse(url) ? new URL(url) : null;
  const served = asked && domains.get(asked.origin);
  return served ? new URL(asked.pathname + asked.search, served) : null;
}

/** The header as the server wrote its names; a mini-program sees those. */
function headerOf({ rawHeaders }) {
  const header = {};
  for (let at = 0; at < rawHeaders.length; at += 2) header[rawHeaders[at]] = rawHeaders[at + 1];
  return header;
}
