// The types of wx-subscribe that the phone and the panel read.
export type { Diagnostics, SubscribeEvent, WaitingReport } from '../../../../js-glue/src/types';
