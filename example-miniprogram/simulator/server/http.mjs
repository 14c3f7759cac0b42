// Small helpers over node:http: bodies, JSON, a table of routes.

const MOST_BYTES = 1024 * 1024;

/** An error response: thrown anywhere, sent by `routed`. */
export class HttpError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The whole body as a string. */
export async function textOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MOST_BYTES) throw new HttpError(413, 'the body is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * The body as an object. Requires the content type of JSON: a page of another
 * origin needs a preflight for it, which this server does not answer.
 */
export async function jsonOf(request) {
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    throw new HttpError(415, 'the content type must be application/json');
  }
  let value;
  try {
    value = JSON.parse(await textOf(request));
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'the body is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new HttpError(400, 'the body must be an object');
  }
  return value;
}

export function sendJson(response, status, value) {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value));
}

export function send(response, status, type, body) {
  response.writeHead(status, {
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

/**
 * A handler for a table of routes: `'GET /path'`, or `'GET /prefix/*'` for all paths below.
 *
 * @param {Record<string, (request: import('node:http').IncomingMessage, response: import('node:http').ServerResponse, url: URL) => unknown>} routes
 */
export function routed(routes) {
  const exact = new Map(Object.entries(routes).filter(([route]) => !route.endsWith('*')));
  const prefixes = Object.entries(routes)
    .filter(([route]) => route.endsWith('*'))
    .map(([route, handler]) => [route.slice(0, -1), handler]);

  return async (request, response) => {
    try {
      const url = new URL(request.url, 'http://127.0.0.1');
      const wanted = `${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`;
      const handler =
        exact.get(wanted) ?? prefixes.find(([prefix]) => wanted.startsWith(prefix))?.[1];
      if (!handler) throw new HttpError(404, 'there is nothing at this path');
      await handler(request, response, url);
    } catch (error) {
      if (response.headersSent) return response.destroy();
      sendJson(response, error.status ?? 500, { error: error.message });
    }
  };
}
