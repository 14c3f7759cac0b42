// The requests, with their bodies.
import { h, say } from '../../shared/dom';
import type { Exchange } from '../exchanges';
import type { Strings } from '../strings';
import { createBadge, createRows } from './rows';
import { clock } from './timeline';
import { onChange, type Context, type View } from './view';

/** A body as it was sent; JSON is indented. */
export function laidOut(body: unknown): string {
  if (body === undefined || body === null || body === '') return '';
  if (typeof body !== 'string') return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** One request; it is redrawn when its answer comes, and stays open if it was. */
function createRow({ from, at, line, headers, sent }: Exchange, { requests }: Strings) {
  const status = h('span.chip');
  const ms = h('span.row-ms');
  const received = h('pre.json');
  const element = h(
    'li.row',
    { 'data-kind': 'request', 'data-from': from, 'data-line': line },
    h('span.row-time', clock(at)),
    h(
      'details.row-body',
      h(
        'summary',
        h('span.request-head', h('span.row-route', requests.routes[from]), ms, status),
        h('code.row-name', line),
        ...headers.map((header) => h('span.row-detail.key', header)),
      ),
      h('h3', requests.sent),
      h('pre.json', laidOut(sent) || requests.noBody),
      h('h3', requests.answered),
      received,
    ),
  );

  return {
    element,
    update({ result }: Exchange) {
      status.dataset['tone'] = result === null ? 'calm' : result.isGood ? 'good' : 'bad';
      say(status, result?.status ?? requests.underway);
      say(ms, typeof result?.ms === 'number' ? `${Math.round(result.ms)} ms` : '');
      say(
        received,
        result === null ? requests.underway : laidOut(result.received) || requests.noBody,
      );
    },
  };
}

export function createRequests({ strings }: Context): View {
  const texts = { label: strings.tabs.requests, empty: strings.requests.empty };
  const rows = createRows('requests', texts, (exchange: Exchange) => createRow(exchange, strings));
  const badge = createBadge();
  const update = onChange((exchanges: Exchange[]) => {
    rows.show(exchanges);
    badge.show(exchanges.length);
  });
  return {
    element: rows.element,
    badge: badge.element,
    update: ({ exchanges }) => update(exchanges),
  };
}
