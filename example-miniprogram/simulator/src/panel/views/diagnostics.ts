// What the SDK says about itself: `getDiagnostics`.
import type { WaitingReport } from '../../shared/sdk';
import { h } from '../../shared/dom';
import type { Diagnosis } from '../model';
import { chip, clockTime, createRecords, record } from './records';
import { createBadge } from './rows';
import { SHOWN } from './tabs';
import { detailOf, failureIn } from './timeline';
import { onChange, type Context, type View } from './view';

export function createDiagnostics({ desk, strings }: Context): View {
  const texts = strings.diagnostics;
  const sdk = createRecords('sdk', texts.sdk, texts.notRunning);
  const waiting = createRecords('waiting', texts.waiting, texts.noReports);
  const badge = createBadge();
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

  type Line = [title: string, detail: string, mark: HTMLElement | null];
  const lineOf = ([title, detail, mark]: Line): HTMLElement => record({}, title, detail, mark);

  const draw = onChange((diagnosis: Diagnosis | null) => {
    const found = diagnosis?.found;
    const reports = found?.status === 'running' ? found.waiting : [];
    waiting.show(reports, (report) => reportOf(report, diagnosis?.at ?? 0));
    badge.show(reports.length);
    if (found?.status !== 'running') {
      const mark = chip('bad', texts.notRunning);
      const lines: Line[] = found
        ? [[`${texts.version} ${found.version}`, failureIn(found.error), mark]]
        : [];
      sdk.show(lines, lineOf);
      return;
    }
    const { version, engine, storage, learnedLimit, lastPopup } = found;
    const popup = lastPopup && `${lastPopup.event.name} · ${detailOf(lastPopup.event, strings)}`;
    const limit = learnedLimit ? texts.limitOf(learnedLimit.most) : texts.noLimit;
    const lines: Line[] = [
      [
        `${texts.version} ${version}`,
        '',
        chip(engine === 'wasm' ? 'good' : 'calm', texts.engines[engine]),
      ],
      // A later SDK may say what this page does not know.
      [
        texts.storage,
        '',
        chip(storage === 'ok' ? 'good' : 'bad', texts.storages[storage] ?? storage),
      ],
      [texts.limit, limit, null],
      [texts.lastPopup, popup ?? texts.noPopup, lastPopup && chip('calm', clockTime(lastPopup.at))],
    ];
    sdk.show(lines, lineOf);
  });

  return { element, badge: badge.element, update: ({ diagnosis }) => draw(diagnosis) };
}
