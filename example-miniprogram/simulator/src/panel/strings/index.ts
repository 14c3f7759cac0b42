// The texts of the panel in a language.
import type { Language } from '../language';
import { en } from './en';
import { type Strings, zh } from './zh';

export type { EventName, SkipReason, Strings } from './zh';

const STRINGS: Record<Language, Strings> = { zh, en };

export const stringsOf = (language: Language): Strings => STRINGS[language];
