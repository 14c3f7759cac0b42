// Carries the fake wx.request over real sockets.
'use strict';

const http = require('node:http');

const CHROMIUM_ERRORS = {
  ECONNREFUSED: 'net::ERR_CONNECTION_REFUSED',
  ECONNRESET: 'net::ERR_CONNECTION_RESET',
  ENOTFOUND: 'net::ERR_NAME_NOT_RESOLVED',
};

/** The response's header, its names as the server wrote them. */
function headerOf(response) {
  const header = {};
  for (let at = 0; at < response.rawHeaders.length; at += 2) {
    header[response.rawHeaders[at]] = response.rawHeaders[at + 1];
  }
  return header;
}

/**
 * @param {object} [options]
 * @param {(request: object, outcome: object) => void} [options.onExchange] called with each request and its result
 * @returns {import('./fake-wx.js').Transport}
 */
function createHttpTransport({ onExchange = () => {} } = {}) {
  return (request, respond) => {
    const finish = (outcome) => {
      onExchange(request, outcome);
      respond(outcome);
    };

    const headers = { ...request.header };
    if (request.body !== undefined) headers['content-length'] = Buffer.byteLength(request.body);
    const outgoing = http.request(request.url, { method: request.method, headers, agent: false });

    outgoing.on('response', (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        finish({ statusCode: response.statusCode, header: headerOf(response), body });
      });
      response.on('error', () => finish({ errMsg: CHROMIUM_ERRORS.ECONNRESET }));
    });
    outgoing.on('error', (error) =>
      finish({ errMsg: CHROMIUM_ERRORS[error.code] || error.message }),
    );
    outgoing.end(request.body);

    return () => {
      outgoing.removeAllListeners('error');
      outgoing.on('error', () => {});
      outgoing.destroy();
    };
  };
}

exports.createHttpTransport = createHttpTransport;
