// The steps of one subscription, in order.

export const STEPS = ['tap', 'allow', 'stored', 'drop', 'arrived'] as const;
export type StepName = (typeof STEPS)[number];
