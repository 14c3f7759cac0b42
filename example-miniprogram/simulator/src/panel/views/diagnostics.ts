// What the SDK says about itself: `getDiagnostics`.
import type { WaitingReport } from '../../shared/sdk';
import { h, say } from '../../shared/dom';
import type { Diagnosis } from '../model';
import { chip, clockTime, createRecords, record } from './records';
import { SHOWN } from './tabs';
import { detailOf, failureIn } from './timeline';
import { onChange, type Context, type View } from './view';

export function createDiagnostics({ desk, strings }: Context): View {
  const texts = strings.diagnostics;
  const sdk = createRecords('sdk', texts.sdk, texts.notRunning);
  const waiting = createRecords('waiting', texts.waiting, texts.noReports);
  const badge = h('span.badge');
  const element = h('div.scroll', { 'data-view': 'diagnostics' }, sdk.element, waiting.element);
  element.addEventListener(SHOWN, () => desk.diagnose());

  function reportOf(
    { reportId, attempts, nextTryInMs, lastError, saved }: WaitingReport,
    at: number,
  ): HTMLElement {
    const next =
      nextTryInMs === null ? texts.otherUser : texts.nextTry(clockTime(at + nextTryInMs));
    const details = [
      attempts > 0 && texts.attempts(attempts),
      next,
      lastError && failureIn(lastError),
    ];
    const mark = saved ? chip('good', texts.saved) : chip('bad', texts.unsaved);
    return record({}, reportId, details.filter(Boolean).join(' · '), mark);
  }

  const draw = onChange((diagnosis: Diagnosis | null) => {
    const found = diagnosis?.found;
    if (found?.status !== 'running') {
      const mark = chip('bad', texts.notRunning);
      sdk.show(
        found
          ? [record({}, `${texts.version} ${found.version}`, failureIn(found.error), mark)]
          : [],
      );
      waiting.show([]);
      say(badge, '');
      return;
    }
    const { version, engine, storage, learnedLimit, lastPopup, waiting: reports } = found;
    const popup = lastPopup && `${lastPopup.event.name} · ${detailOf(lastPopup.event, strings)}`;
    sdk.show([
      record(
        {},
        `${texts.version} ${version}`,
        '',
        chip(engine === 'wasm' ? 'good' : 'calm', texts.engines[engine]),
      ),
      record(
        {},
        texts.storage,
        '',
        chip(storage === 'ok' ? 'good' : 'bad', texts.storages[storage]),
      ),
      record(
        {},
        texts.limit,
        learnedLimit ? texts.limitOf(learnedLimit.most) : texts.noLimit,
        null,
      ),
      record(
        {},
        texts.lastPopup,
        popup ?? texts.noPopup,
        lastPopup && chip('calm', clockTime(lastPopup.at)),
      ),
    ]);
    waiting.show(reports.map((report) => reportOf(report, diagnosis?.at ?? 0)));
    say(badge, reports.length > 0 ? String(reports.length) : '');
  });

  return { element, badge, update: ({ diagnosis }) => draw(diagnosis) };
}
