export { type AccessDesk, startAccessDesk } from './access-desk.ts'
export { adminLink, firstAdminLink } from './accounts.ts'
export { plansOf } from './acts.ts'
export type { App } from './app.ts'
export { startBulks } from './bulk-run.ts'
export type { DemoDesk, DemoState } from './demo.ts'
export { createServer, type Server } from './server.ts'
export { startUpkeep } from './upkeep.ts'

export const migrations = { schema: 'http', folder: new URL('./migrations/', import.meta.url) }
