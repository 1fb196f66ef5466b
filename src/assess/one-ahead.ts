/** Writes batch by batch, and lets the database work on one while the next is made. */
export interface OneAhead {
  /** Waits for the batch before, begins with this one and returns. Throws what the one before threw. */
  send(write: () => Promise<unknown>): Promise<void>
  /** Waits for the last. */
  end(): Promise<void>
}

export function oneAhead(): OneAhead {
  let sent: Promise<unknown> = Promise.resolve()
  return {
    async send(write) {
      await sent
      sent = write()
      // It is thrown where it is waited for.
      sent.catch(() => undefined)
    },
    async end() {
      await sent
    },
  }
}
