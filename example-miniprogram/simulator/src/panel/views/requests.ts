// What went over the wire, with bodies to open.
import { fill, h, say } from '../dom';
import type { Exchange } from '../model';
import type { Strings } from '../strings';
import { clock } from './timeline';
import { onChange, type Context, type View } from './view';

/** A body as it was sent, laid out if it is JSON. */
function laidOut(body: unknown): string {
  if (body === undefined || body === null || body === '') return '';
  if (typeof body !== 'string') return JSON.stringify(body, null, 2);
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}

function pathOf(url: string): string {
  return URL.canParse(url) ? new URL(url).pathname : url;
}

const keyIn = (header: Record<string, string>): string | undefined =>
  Object.entries(header).find(([name]) => name.toLowerCase() === 'idempotency-key')?.[1];

/** One request; it is drawn again when its answer comes, and stays open if it was. */
function createRow(exchange: Exchange, { requests }: Strings) {
  const status = h('span', { class: 'chip' });
  const ms = h('span', { class: 'row-ms' });
  const key = keyIn(exchange.header);
  const received = h('pre', { class: 'json' });
  const sent = laidOut(exchange.body);
  const element = h(
    'li',
    { class: 'row', 'data-kind': 'request', 'data-path': pathOf(exchange.url) },
    h('span', { class: 'row-time' }, clock(exchange.at)),
    h(
      'details',
      { class: 'row-body' },
      h(
        'summary',
        {},
        h('span', { class: 'request-line' }, h('code', { class: 'row-name' }, `${exchange.method} ${pathOf(exchange.url)}`), status, ms),
        key && h('span', { class: 'row-detail key' }, `Idempotency-Key: ${key}`),
      ),
      h('h3', {}, requests.sent),
      h('pre', { class: 'json' }, sent || requests.noBody),
      h('h3', {}, requests.answered),
      received,
    ),
  );

  return {
    element,
    update({ phase, statusCode, errMsg, response, ms: took }: Exchange) {
      const isGood = phase === 'answered' && statusCode !== undefined && statusCode < 400;
      status.dataset['tone'] = phase === 'sent' ? 'calm' : isGood ? 'good' : 'bad';
      say(status, phase === 'sent' ? requests.underway : phase === 'answered' ? String(statusCode) : 'fail');
      say(ms, took === undefined ? '' : `${Math.round(took)} ms`);
      say(received, phase === 'sent' ? requests.underway : (errMsg ?? laidOut(response)) || requests.noBody);
    },
  };
}

export function createRequests({ strings }: Context): View {
  const list = h('ol', { class: 'rows', 'aria-label': strings.tabs.requests });
  const empty = h('p', { class: 'empty' }, strings.requests.empty);
  const rows = new Map<string, ReturnType<typeof createRow>>();

  const update = onChange((exchanges: Exchange[]) => {
    if (exchanges.length === 0) rows.clear();
    const elements = exchanges.map((exchange) => {
      const row = rows.get(exchange.key) ?? createRow(exchange, strings);
      rows.set(exchange.key, row);
      row.update(exchange);
      return row.element;
    });
    // Only what is new is added, so that what is open keeps its place.
    const added = elements.filter((element) => element.parentNode !== list);
    if (elements.length - added.length === list.childElementCount) list.append(...added);
    else fill(list, ...elements);
    empty.hidden = elements.length > 0;
  });
  return {
    element: h('div', { class: 'scroll', 'data-view': 'requests' }, empty, list),
    update: (model) => update(model.exchanges),
  };
}
