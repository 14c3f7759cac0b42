/** For pages that ask for subscription messages. */
module.exports = Behavior({
  data: {
    /** What the user may expect now, in one sentence. */
    promise: '',
    /** The last outcome, for the card that shows developers what happened. */
    outcome: null,
  },

  methods: {
    /**
     * Shows an outcome to the developer: on the card at the end of the page, and
     * in the console.
     */
    debugOutcome(outcome) {
      console.debug('[outcome]', outcome);
      this.setData({ outcome });
    },

    /** Tells the user what was agreed to, if anything was. A refusal needs no words. */
    thank(outcome, promise) {
      if (outcome.status === 'answered' && outcome.accepted.length > 0) this.setData({ promise });
    },
  },
});
