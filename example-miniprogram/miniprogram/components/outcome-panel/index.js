const { openSubscriptionSettings } = require('wx-subscribe');

const { describe } = require('./describe');

/** Describes the outcome of the last subscription. Event `settings`: the user is back from the settings. */
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
      openSubscriptionSettings().then(() => this.triggerEvent('settings'));
    },
  },
});
