// The consents of the users at WeChat: how many messages of each template they
// agreed to, and their main switch.

export function createConsents() {
  /** openId → { takes, counts: template id → messages that may still be sent } */
  const users = new Map();

  function user(openId) {
    if (!users.has(openId)) users.set(openId, { takes: true, counts: new Map() });
    return users.get(openId);
  }

  return {
    /** A popup was answered: each `accept…` is the right to send one message. */
    answered(openId, answers) {
      const { counts } = user(openId);
      for (const [templateId, word] of Object.entries(answers)) {
        if (String(word).startsWith('accept'))
          counts.set(templateId, (counts.get(templateId) ?? 0) + 1);
      }
    },

    /** The user set the main switch. */
    turned(openId, takes) {
      user(openId).takes = takes;
    },

    /** Whether WeChat has seen this user in the mini-program. */
    knows: (openId) => users.has(openId),

    /** Whether a message may be sent now. */
    allows(openId, templateId) {
      const { takes, counts } = user(openId);
      return takes && (counts.get(templateId) ?? 0) > 0;
    },

    /** A message was sent. */
    spend(openId, templateId) {
      const { counts } = user(openId);
      counts.set(templateId, (counts.get(templateId) ?? 0) - 1);
    },
  };
}
