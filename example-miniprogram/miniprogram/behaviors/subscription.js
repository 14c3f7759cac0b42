/** For pages that ask for subscription messages: keeps what came of the last time. */
module.exports = Behavior({
  data: {
    outcome: null,
  },

  methods: {
    /**
     * Puts the outcome on the page once it is there.
     *
     * It takes the promise and not the arguments, so that a tap handler reads
     * as what it must do: call `asyncSubscribeMessage` itself, first of all.
     *
     * @param {Promise<object>} asked what `asyncSubscribeMessage` returned; it never rejects
     */
    showOutcome(asked) {
      asked.then((outcome) => this.setData({ outcome }));
    },
  },
});
