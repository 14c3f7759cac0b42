const { openSubscriptionSettings } = require('wx-subscribe');

const { describe } = require('./describe');

/** What came of the last subscription, in words. */
Component({
  options: {
    styleIsolation: 'apply-shared',
  },

  properties: {
    /** What `asyncSubscribeMessage` resolved to, or null before the first tap. */
    outcome: { type: Object, value: null },
  },

  data: {
    panel: null,
  },

  observers: {
    outcome(outcome) {
      this.setData({ panel: outcome ? describe(outcome) : null });
    },
  },

  methods: {
    onOpenSettings() {
      openSubscriptionSettings();
    },
  },
});
