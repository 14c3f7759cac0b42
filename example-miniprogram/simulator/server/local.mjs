// Answers this machine only: a page of another site must neither reach the
// server under a name of its own that resolves to 127.0.0.1, nor send it orders.
import { sendJson } from './http.mjs';

const NAMES = ['localhost', '127.0.0.1', '[::1]'];

const READING = ['GET', 'HEAD'];

/** Why the request is refused, or null. */
function refusalOf({ method, url, headers, socket }) {
  const host = (headers.host ?? '').toLowerCase();
  const port = socket.localPort;
  const hosts = NAMES.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`]));
  if (!hosts.includes(host)) return 'this server answers to localhost only';
  // The absolute form of a target would count in place of Host.
  if (!/^\/(?!\/)/.test(url)) return 'the target must be a path';
  if (READING.includes(method)) return null;
  const { origin, 'sec-fetch-site': site } = headers;
  if (origin !== undefined && origin !== `http://${host}`) return 'this page is of another origin';
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return 'this page is of another site';
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
