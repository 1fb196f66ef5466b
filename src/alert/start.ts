/** The engine and the outbox as jobs: after each judgement what holds is compared with what was told, and what is due is sent. */
import type { Jobs } from '../platform/index.ts'
import { deliverDue, type Sending } from './deliver.ts'
import { observeAlerts } from './engine.ts'

/** What everything about alerts is done with. */
export interface Alerts extends Sending {
  /** The address of the console, for links; null where it is not known. */
  link: string | null
  /** Is a past being read in? Then what holds in it is nobody's news. */
  isPast?: () => Promise<boolean>
  /** Without it whoever asks observes and delivers themselves. */
  jobs?: Jobs | undefined
}

const OBSERVE = 'alerts'
const DELIVER = 'deliver'

export async function startAlerts(alerts: Alerts & { jobs: Jobs }): Promise<void> {
  const { jobs, db, clock, link } = alerts
  await jobs.work(OBSERVE, async () => {
    if (await alerts.isPast?.()) return lookSoon(alerts)
    const { deliveries } = await observeAlerts(db, { now: clock.now(), link })
    if (deliveries > 0) await jobs.send(DELIVER, {})
  })
  await jobs.work(DELIVER, async ({ signal }) => void (await deliverDue(alerts, signal)))
  // What failed is tried again when its pause is over.
  await jobs.schedule(DELIVER, '* * * * *', {})
}

/** Past enough of the last judgement of a past, it is over. */
const AFTER_THE_PAST = 15_000

/** After a judgement, or when a channel came: what holds is looked at soon. */
export async function lookSoon({ jobs, clock, isPast }: Pick<Alerts, 'jobs' | 'clock' | 'isPast'>): Promise<void> {
  const later = (await isPast?.()) === true
  await jobs?.send(OBSERVE, {}, later ? { startAfter: new Date(clock.now().getTime() + AFTER_THE_PAST) } : {})
}

/** Something waits to be sent: it goes soon. */
export const sendSoon = async ({ jobs }: Pick<Alerts, 'jobs'>): Promise<void> => void (await jobs?.send(DELIVER, {}))
