// The language of the panel.

export type Language = 'zh' | 'en';

const KEY = 'wx-subscribe-panel:language';

/** The language chosen before, else the preference of the browser. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const rememberLanguage = (language: Language): void => localStorage.setItem(KEY, language);
