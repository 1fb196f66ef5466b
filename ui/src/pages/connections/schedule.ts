const WORDS: Record<string, string> = {
  '': 'when asked, or as Reeve does by default',
  '0 * * * *': 'every hour',
  '0 */6 * * *': 'every six hours',
  '0 2 * * *': 'every night at 02:00 UTC',
}

/** Schedules that are offered; any other cron line is kept as it is. */
export const SCHEDULES = Object.keys(WORDS)
export const scheduleWord = (cron: string): string => WORDS[cron] ?? cron
