import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { z } from 'zod'
import { nextAt } from '../discover/index.ts'
import { audit, type Db } from '../platform/index.ts'
import { BackupSchedule, BackupsPage } from '../read/index.ts'
import type { App } from './app.ts'
import { backupFile, beginBackup, listBackups, removeBackup, scheduledBackup } from './backups.ts'
import { route } from './route.ts'
import { decide, storedSetting } from './settings-store.ts'

const NAME = 'backup.schedule'
const QUEUE = 'backup'
const NEVER: BackupSchedule = { cron: null, keep: 7 }
const One = z.object({ id: z.string().min(1).max(100) })

const scheduleOf = async (db: Db): Promise<BackupSchedule> =>
  (await storedSetting(db, NAME, BackupSchedule))?.value ?? NEVER

const page = async (app: App): Promise<BackupsPage> => {
  const [schedule, rows] = await Promise.all([scheduleOf(app.db), listBackups(app)])
  return {
    folder: app.backupFolder ?? null,
    schedule,
    next: schedule.cron === null ? null : (nextAt(schedule.cron, app.clock.now())?.toISOString() ?? null),
    rows,
  }
}

/** The queue is as the installation decided, and worked off. */
export async function startBackups(app: App): Promise<void> {
  await app.discovery.jobs?.work(QUEUE, async () => scheduledBackup(app, (await scheduleOf(app.db)).keep))
  await follow(app, await scheduleOf(app.db))
}

async function follow({ discovery: { jobs } }: App, { cron }: BackupSchedule): Promise<void> {
  if (cron === null) await jobs?.unschedule(QUEUE)
  else await jobs?.schedule(QUEUE, cron, {})
}

export const backupRoutes = [
  route({
    method: 'GET',
    path: '/v1/backups',
    can: 'administer',
    says: 'Backups of this installation, the newest first, and when the next is made.',
    answers: BackupsPage,
    handle: ({ app }) => page(app),
  }),
  route({
    method: 'POST',
    path: '/v1/backups',
    can: 'administer',
    says: 'Begins a backup; with a passphrase the installation key goes into it. /v1/backups tells how far it is.',
    body: z.strictObject({
      passphrase: z
        .string()
        .min(12)
        .max(1_000)
        .optional()
        .meta({ description: 'at least 12 characters; kept nowhere' }),
    }),
    answers: z.object({ id: z.string() }),
    status: 202,
    async handle({ app, caller, body }) {
      const { id } = await beginBackup(app, { by: caller.actor, passphrase: body.passphrase })
      return { id }
    },
  }),
  route({
    method: 'PUT',
    path: '/v1/backups/schedule',
    can: 'administer',
    says: 'When backups are made by themselves, and how many of those stay.',
    body: BackupSchedule,
    answers: BackupsPage,
    async handle({ app, caller, body }) {
      // Throws for a line that is none.
      if (body.cron !== null) nextAt(body.cron, app.clock.now())
      const before = await scheduleOf(app.db)
      await decide(app.db, { name: NAME, value: body, before, by: caller.actor, now: app.clock.now() })
      await follow(app, body)
      return page(app)
    },
  }),
  route({
    method: 'GET',
    path: '/v1/backups/{id}/file',
    can: 'administer',
    says: 'The file of a backup, for `reeve restore`.',
    params: One,
    streams: 'application/octet-stream',
    async handle({ app, caller, params, reply }) {
      const file = await backupFile(app, params.id)
      const { size } = await stat(file)
      await audit.record(app.db, { actor: caller.actor, action: 'backup.download', subject: `backup:${params.id}` })
      reply.header('content-disposition', `attachment; filename="${basename(file)}"`).header('content-length', size)
      return createReadStream(file)
    },
  }),
  route({
    method: 'DELETE',
    path: '/v1/backups/{id}',
    can: 'administer',
    says: 'Deletes a backup and its file.',
    params: One,
    handle: ({ app, caller, params }) => removeBackup(app, caller.actor, params.id),
  }),
]
