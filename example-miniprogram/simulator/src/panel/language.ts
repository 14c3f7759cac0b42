// Which language the panel speaks.

export type Language = 'zh' | 'en';

const KEY = 'wx-subscribe-panel:language';

/** What was chosen before, or else what the browser prefers. */
export function preferredLanguage(): Language {
  const chosen = localStorage.getItem(KEY);
  if (chosen === 'zh' || chosen === 'en') return chosen;
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const rememberLanguage = (language: Language): void => localStorage.setItem(KEY, language);
