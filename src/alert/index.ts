/** Who is told of what, and how: conditions that hold, told once each to the people and channels they concern. */
import type { Migrations } from '../platform/index.ts'

export const migrations: Migrations = { schema: 'alert', folder: new URL('./migrations/', import.meta.url) }
export { type CalendarEntry, calendarOf } from './calendar.ts'
export { channelKinds } from './channels/index.ts'
export { addChannel, type Channel, changeChannel, listChannels, removeChannel } from './configured.ts'
export { deliverDue, retryDelivery, type Tested, testChannel } from './deliver.ts'
export { type Observed, observeAlerts } from './engine.ts'
export { expiredAlerts } from './expired.ts'
export { addFeed, type Feed, listFeeds, openFeed, revokeFeed } from './feeds.ts'
export { Filter } from './filter.ts'
export { type Delivery, type ListedAlert, listAlerts, listDeliveries } from './list.ts'
export { AlertEvent, line } from './message.ts'
export { formOf } from './settings.ts'
export { type Alerts, lookSoon, sendSoon, startAlerts } from './start.ts'
