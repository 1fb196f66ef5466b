/** Whoever leaves the first run is not sent back to it while the window is open. */
let skipped = false
export const skipFirstRun = (): void => {
  skipped = true
}
export const skippedFirstRun = (): boolean => skipped
