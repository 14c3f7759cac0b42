// Events of WeChat's server for the page: a stream of server-sent events per
// page.

export function createDeliveries() {
  /** openId → the open streams of its pages. */
  const streams = new Map();
  const all = () => [...streams.values()].flatMap((ofUser) => [...ofUser]);

  return {
    /** Opens a stream; it ends with the page. */
    open(openId, response) {
      const ofUser = streams.get(openId) ?? new Set();
      streams.set(openId, ofUser.add(response));
      response.on('close', () => {
        ofUser.delete(response);
        if (ofUser.size === 0 && streams.get(openId) === ofUser) streams.delete(openId);
      });
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
      // Sent first: from here on, no event is missed.
      response.write('retry: 500\n\n');
    },

    /** Sends an event to the user's pages, or to all pages if it is about no user. */
    tell(openId, event, data) {
      const told = openId === null ? all() : (streams.get(openId) ?? []);
      for (const stream of told) stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
    },

    close() {
      for (const stream of all()) stream.end();
    },
  };
}
