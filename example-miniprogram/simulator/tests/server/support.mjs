// A handler on a free port of this machine, for one test.
import { createServer } from 'node:http';

import { routed } from '../../server/http.mjs';

/** Serves routes until the test ends, and resolves with the address. */
export async function serve(t, routes) {
  const server = createServer(routed(routes));
  await new Promise((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}`;
}

/** Posts JSON, or a string as it is, and resolves with the response. */
export async function post(url, body, headers = { 'content-type': 'application/json' }) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(url, { method: 'POST', headers, body: text });
  return { status: response.status, body: await response.json() };
}
