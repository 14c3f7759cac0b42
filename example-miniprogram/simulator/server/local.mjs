// Answers this machine only: a page of another site must neither reach the
// server by its own name that resolves to 127.0.0.1 (DNS rebinding), nor post to
// it.
import { sendJson } from './http.mjs';

const NAMES = ['localhost', '127.0.0.1', '[::1]'];

const READING = ['GET', 'HEAD'];

/** Why the request is refused, or null. */
function refusalOf({ method, url, headers, socket }) {
  const host = (headers.host ?? '').toLowerCase();
  const port = socket.localPort;
  const hosts = NAMES.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (!hosts.includes(host)) return 'this server answers to localhost only';
  // An absolute target would take precedence over Host.
  if (!/^\/(?!\/)/.test(url)) return 'the target must be a path';
  if (READING.includes(method)) return null;
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return 'this page is of another origin';
  if (site !== undefined && site !== 'same-origin' && site !== 'none')
    return 'this page is of another site';
  return null;
}

/** @param {import('node:http').RequestListener} handle */
export function localOnly(handle) {
  return (request, response) => {
    const refusal = refusalOf(request);
    if (refusal === null) return handle(request, response);
    return sendJson(response, 403, { error: refusal });
  };
}
