// What every part of the logic realm works with.
import type { CompiledMiniprogram, TemplateInfo } from '../../shared/phone';
import type { Host } from '../bridge';
import type { TapState } from './tap';

export interface Core {
  host: Host;
  tap: TapState;
  miniprogram: CompiledMiniprogram;
  templates: TemplateInfo[];
  /** The mini-program's `Promise`: the engine's, or a polyfill. */
  Promise: PromiseConstructor;
}
