const WORDS: Record<string, string> = {
  '': 'when somebody asks',
  '0 * * * *': 'every hour',
  '0 */6 * * *': 'every six hours',
  '0 2 * * *': 'every night at 02:00 UTC',
}

/** Schedules that are offered; any other cron line is kept as it is. */
export const SCHEDULES = Object.keys(WORDS)

const SMALL = ['', '', 'two', 'three', 'four', '', 'six', '', 'eight', '', '', '', 'twelve']
const two = (n: string): string => n.padStart(2, '0')

/** Cron lines as Reeve makes them are said in words, others as they stand. */
export function scheduleWord(cron: string): string {
  if (WORDS[cron] !== undefined) return WORDS[cron]
  const [, minute, each] = /^(\d{1,2}) \*\/(\d{1,2}) \* \* \*$/.exec(cron) ?? []
  if (minute && each) return `every ${SMALL[Number(each)] || each} hours, at ${minute} past`
  const [, past] = /^(\d{1,2}) \* \* \* \*$/.exec(cron) ?? []
  if (past) return `every hour, at ${past} past`
  const [, at, hour] = /^(\d{1,2}) (\d{1,2}) \* \* \*$/.exec(cron) ?? []
  return at && hour ? `every day at ${two(hour)}:${two(at)} UTC` : cron
}
