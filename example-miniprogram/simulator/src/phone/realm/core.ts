// Shared by all parts of the logic realm.
import type { CompiledMiniprogram, Faults, TemplateInfo } from '../../shared/phone';
import type { TapState } from '../../shared/wechat';
import type { Host } from '../bridge';

export interface Core {
  host: Host;
  tap: TapState;
  miniprogram: CompiledMiniprogram;
  templates: TemplateInfo[];
  /** The current faults. */
  faults(): Faults;
  /** The mini-program's `Promise`: the engine's, or a polyfill. */
  Promise: PromiseConstructor;
}
