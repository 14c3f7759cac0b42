// wx.request of the simulated phone, over real sockets. A page cannot send it
// by itself: the back end has no CORS, because no phone needs it.
import http from 'node:http';

import wechat from '../../../tests/wechat/request.js';

const { DEFAULT_TIMEOUT_MS, INVALID_REQUEST_ERRNO, NETWORK_ERRNO, REQUEST_FAILURES } = wechat;

const CHROMIUM_ERRORS = {
  ECONNREFUSED: 'errcode:-102 cronet_error_code:-102 error_msg:net::ERR_CONNECTION_REFUSED',
  ECONNRESET: 'errcode:-101 cronet_error_code:-101 error_msg:net::ERR_CONNECTION_RESET',
};

const METHODS = ['OPTIONS', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'TRACE'];

/** Headers of the connection, which are set here. */
const OWN_HEADERS = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

const failure = ({ text, errno }) => ({ errMsg: `request:fail ${text}`, errno });
const networkFailure = (text) => failure({ text, errno: NETWORK_ERRNO });

/**
 * The result of a request: `{ statusCode, header, data }` with the body as a
 * string, or `{ errMsg, errno }`.
 *
 * @param {{ url: string, method?: string, header?: Record<string, string>, data?: unknown, timeout?: number }} request
 * @param {Map<string, string>} domains origin in the mini-program → where it is served; no other is called
 */
export function forward(
  { url, method = 'GET', header = {}, data, timeout = DEFAULT_TIMEOUT_MS },
  domains,
) {
  const target = targetOf(url, domains);
  if (!target) return Promise.resolve(failure(REQUEST_FAILURES.domain));
  const body =
    data === undefined || data === null || typeof data === 'string' ? data : JSON.stringify(data);
  const headers = Object.fromEntries(
    Object.entries(header).filter(([name]) => !OWN_HEADERS.includes(name.toLowerCase())),
  );
  if (body) headers['content-length'] = Buffer.byteLength(body);

  return new Promise((resolve) => {
    let outgoing;
    try {
      if (!METHODS.includes(method)) throw new Error(`invalid method "${method}"`);
      // Redirects are not followed.
      outgoing = http.request({ ...target, method, headers, agent: false });
    } catch (error) {
      resolve(failure({ text: error.message, errno: INVALID_REQUEST_ERRNO }));
      return;
    }
    const timer = setTimeout(() => {
      resolve(failure(REQUEST_FAILURES.timeout));
      outgoing.destroy();
    }, timeout);
    const failed = (error) => resolve(networkFailure(CHROMIUM_ERRORS[error.code] ?? error.message));
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

/**
 * The target of the request, or null. Host and port come from the map: nothing is
 * resolved against the url, as a path like `//host/` would name another host.
 */
function targetOf(url, domains) {
  if (typeof url !== 'string' || !URL.canParse(url)) return null;
  const { origin, username, password, pathname, search } = new URL(url);
  if (username || password || pathname.startsWith('//')) return null;
  const served = domains.get(origin);
  if (served === undefined) return null;
  const { hostname, port } = new URL(served);
  return { hostname, port, path: pathname + search };
}

/** The header with its names as the server wrote them, as a mini-program sees them. */
function headerOf({ rawHeaders }) {
  const header = {};
  for (let at = 0; at < rawHeaders.length; at += 2) header[rawHeaders[at]] = rawHeaders[at + 1];
  return header;
}
