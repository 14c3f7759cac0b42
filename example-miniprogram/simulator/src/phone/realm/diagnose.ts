// What the mini-program's SDK says about itself.
import type { Diagnostics } from '../../shared/sdk';
import type { Controls } from '../bridge';
import type { Core } from './core';
import type { Modules } from './modules';
import { report } from './report';

const SDK_PATH = 'miniprogram_npm/wx-subscribe/index.js';

export function createDiagnose({ host, tap }: Core, modules: Modules): Controls['diagnose'] {
  return (done) => {
    if (!modules.has(SDK_PATH)) {
      done(null);
      return;
    }
    const sdk = tap.run(null, () => modules.load(SDK_PATH)) as {
      getDiagnostics(): Promise<Diagnostics>;
    };
    const asked = tap.run(null, () => sdk.getDiagnostics());
    asked.then(
      (found) => done(JSON.stringify(found)),
      (error: unknown) => report(host, error),
    );
  };
}
