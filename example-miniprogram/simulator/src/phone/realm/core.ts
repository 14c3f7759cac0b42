// What every part of the logic realm works with.
import type { CompiledMiniprogram, Faults, TemplateInfo } from '../../shared/phone';
import type { TapState } from '../../shared/wechat';
import type { Host } from '../bridge';

export interface Core {
  host: Host;
  tap: TapState;
  miniprogram: CompiledMiniprogram;
  templates: TemplateInfo[];
  /** As they are switched now. */
  faults(): Faults;
  /** The mini-program's `Promise`: the engine's, or a polyfill. */
  Promise: PromiseConstructor;
}
