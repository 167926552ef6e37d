/** The mistake that the rules of the chat core exist for: an ack moves the cursor. The simulation must catch it. */
export function broken(Core) {
  return class extends Core {
    gotAck(frame) {
      this.cursor = frame.message.cursor;
      super.gotAck(frame);
    }
  };
}
