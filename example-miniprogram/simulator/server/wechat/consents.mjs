// The consents of the users at WeChat: how many messages of each template they
// agreed to, and their main switch.
import { readFileSync, writeFileSync } from 'node:fs';

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    // The first start.
    return [];
  }
}

/** @param {string} [file] where they outlive the server */
export function createConsents(file) {
  /** openId → { takes, counts: template id → messages that may still be sent } */
  const users = new Map(file ? read(file) : []);

  const user = (openId) => users.get(openId) ?? { takes: true, counts: {} };
  function change(openId, known) {
    users.set(openId, { ...user(openId), ...known });
    if (file) writeFileSync(file, JSON.stringify([...users]));
  }
  const left = (openId, templateId) => user(openId).counts[templateId] ?? 0;
  const add = (openId, templateId, count) => {
    const counts = { ...user(openId).counts, [templateId]: left(openId, templateId) + count };
    change(openId, { counts });
  };

  return {
    /** A popup was answered: each `accept…` is the right to send one message. */
    answered(openId, answers) {
      change(openId, {});
      for (const [templateId, word] of Object.entries(answers))
        if (String(word).startsWith('accept')) add(openId, templateId, 1);
    },

    /** The user set the main switch. */
    turned: (openId, takes) => change(openId, { takes }),

    /** Whether WeChat has seen this user in the mini-program. */
    knows: (openId) => users.has(openId),

    /** Whether a message may be sent now. */
    allows: (openId, templateId) => user(openId).takes && left(openId, templateId) > 0,

    /** A message was sent. */
    spend: (openId, templateId) => add(openId, templateId, -1),
  };
}
