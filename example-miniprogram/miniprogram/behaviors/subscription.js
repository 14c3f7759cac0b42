/** For pages that ask for subscription messages: keeps the last outcome. */
module.exports = Behavior({
  data: {
    outcome: null,
  },

  methods: {
    /**
     * Shows the outcome on the page.
     *
     * It takes the promise, not the arguments, so that a tap handler calls
     * `asyncSubscribeMessage` itself, first.
     *
     * @param {Promise<object>} asked what `asyncSubscribeMessage` returned; it never rejects
     */
    showOutcome(asked) {
      asked.then((outcome) => this.setData({ outcome }));
    },
  },
});
