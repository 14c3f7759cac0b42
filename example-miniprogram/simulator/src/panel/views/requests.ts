// The requests, with their bodies.
import { fill, h, say } from '../../shared/dom';
import type { Exchange } from '../exchanges';
import type { Strings } from '../strings';
import { clock } from './timeline';
import { followEnd, onChange, type Context, type View } from './view';

/** A body as it was sent; JSON is indented. */
function laidOut(body: unknown): string {
  if (body === undefined || body === null || body === '') return '';
  if (typeof body !== 'string') return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

/** One request; it is redrawn when its answer comes, and stays open if it was. */
function createRow({ from, at, line, idempotencyKey, sent }: Exchange, { requests }: Strings) {
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
        idempotencyKey && h('span.row-detail.key', `Idempotency-Key: ${idempotencyKey}`),
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
  const list = h('ol.rows', { 'aria-label': strings.tabs.requests });
  const empty = h('p.empty', strings.requests.empty);
  const element = h('div.scroll', { 'data-view': 'requests' }, empty, list);
  const badge = h('span.badge');
  const atEnd = followEnd(element);
  const rows = new Map<string, ReturnType<typeof createRow>>();

  const update = onChange((exchanges: Exchange[]) => {
    if (exchanges.length === 0) rows.clear();
    const elements = exchanges.map((exchange) => {
      const row = rows.get(exchange.key) ?? createRow(exchange, strings);
      rows.set(exchange.key, row);
      row.update(exchange);
      return row.element;
    });
    // Only new rows are added, so that open ones keep their place.
    const added = elements.filter((element) => element.parentNode !== list);
    atEnd(() => {
      if (elements.length - added.length === list.childElementCount) list.append(...added);
      else fill(list, ...elements);
      empty.hidden = elements.length > 0;
    });
    say(badge, elements.length > 0 ? String(elements.length) : '');
  });
  return {
    element,
    badge,
    update: (model) => update(model.exchanges),
  };
}
