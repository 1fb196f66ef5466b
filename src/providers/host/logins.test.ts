import { DatabaseSync } from 'node:sqlite'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { testCollection } from '../../sdk/testing/index.ts'
import { parseAuthLog, parseJournal } from './auth-log.ts'
import { parseWtmpdb } from './login-databases.ts'
import { logins } from './logins.ts'
import { DEBIAN, hostAt, type Planted, plant, scanningRun } from './testing/machine.ts'
import { parseLastlog, parseUtmp } from './utmp.ts'

const planted: ReturnType<typeof plant>[] = []
afterEach(() => {
  for (const one of planted.splice(0)) one.remove()
})
const rootWith = (files: Record<string, Planted>) => {
  const one = plant({ '/etc/passwd': `${DEBIAN['/etc/passwd']}svc-backup:x:1005:1005::/srv:/bin/bash\n`, ...files })
  planted.push(one)
  return one.root
}

const record = (type: number, user: string, line: string, host: string, at: string): Buffer => {
  const row = Buffer.alloc(384)
  row.writeInt16LE(type, 0)
  row.writeInt32LE(4711, 4)
  row.write(line, 8)
  row.write(user, 44)
  row.write(host, 76)
  row.writeUInt32LE(Date.parse(at) / 1000, 340)
  return row
}
const lastlog = (uid: number, at: string, line: string, host: string): Buffer => {
  const file = Buffer.alloc(292 * (uid + 1))
  file.writeUInt32LE(Date.parse(at) / 1000, 292 * uid)
  file.write(line, 292 * uid + 4)
  file.write(host, 292 * uid + 36)
  return file
}
const KEY = 'SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG'
const CA = 'SHA256:AAAA456789abcdefghijklmnopqrstuvwxyzABCDEFG'

describe('records', () => {
  test('wtmp rows of both widths, and rubbish between them', () => {
    const rows = Buffer.concat([
      record(2, 'reboot', '~', '6.1', '2026-01-01T00:00:00Z'),
      Buffer.alloc(384, 0xff),
      record(7, 'alice', 'pts/0', '10.0.0.7', '2026-11-20T08:00:00Z'),
      Buffer.alloc(10),
    ])
    expect(parseUtmp(rows)).toEqual([
      { type: 2, pid: 4711, line: '~', user: 'reboot', host: '6.1', at: Date.parse('2026-01-01T00:00:00Z') },
      { type: 7, pid: 4711, line: 'pts/0', user: 'alice', host: '10.0.0.7', at: Date.parse('2026-11-20T08:00:00Z') },
    ])
    const wide = Buffer.alloc(400)
    record(7, 'alice', 'pts/1', 'h', '2026-11-20T08:00:00Z').copy(wide, 0, 0, 332)
    wide.writeBigInt64LE(BigInt(Date.parse('2026-11-20T08:00:00Z') / 1000), 344)
    expect(parseUtmp(wide)).toMatchObject([{ user: 'alice', line: 'pts/1', at: Date.parse('2026-11-20T08:00:00Z') }])
  })
  test('no bytes make them throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        for (const one of parseUtmp(bytes)) expect(Number.isFinite(one.at)).toBe(true)
        parseLastlog(bytes)
      }),
      { numRuns: 500 },
    )
  })
})

describe('the databases of Debian 13', () => {
  const make = (statements: string) => {
    const database = new DatabaseSync(':memory:')
    database.exec(statements)
    const bytes = database.serialize()
    database.close()
    return Buffer.from(bytes)
  }
  const wtmpdb =
    make(`CREATE TABLE wtmp(ID INTEGER PRIMARY KEY, Type INTEGER, User TEXT NOT NULL, Login INTEGER, Logout INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT) STRICT;
    INSERT INTO wtmp (Type,User,Login,TTY,RemoteHost,Service) VALUES (1,'reboot',${Date.parse('2026-01-01T00:00:00Z')}000,'~','6.12',NULL),(3,'svc-backup',${Date.parse('2026-11-20T08:00:00Z')}000,'pts/0','10.0.0.7','sshd'),(9,'x',-1,NULL,NULL,NULL)`)
  const lastlog2 = make(
    `CREATE TABLE Lastlog2(Name TEXT PRIMARY KEY, Time INTEGER, TTY TEXT, RemoteHost TEXT, Service TEXT); INSERT INTO Lastlog2 VALUES ('alice',${Date.parse('2026-11-22T08:00:00Z') / 1000},'pts/3',NULL,'sshd')`,
  )
  test('logins, boots and last logins, also where a write-ahead log is expected', async () => {
    const waiting = Buffer.from(wtmpdb)
    waiting.fill(2, 18, 20)
    for (const database of [wtmpdb, waiting]) {
      const read = await testCollection(
        logins,
        hostAt(rootWith({ '/var/lib/wtmpdb/wtmp.db': database, '/var/lib/lastlog/lastlog2.db': lastlog2 })),
        scanningRun(),
      )
      expect(read.entity('host:web-1/user/svc-backup')).toMatchObject({
        lastUsedBy: { value: '10.0.0.7 on pts/0' },
        attributes: { interactiveLogins: 1, usageSince: '2026-01-01T00:00:00.000Z' },
      })
      expect(read.entity('host:web-1/user/alice')).toMatchObject({
        lastUsed: { value: '2026-11-22T08:00:00.000Z' },
        lastUsedBy: { value: 'a person at pts/3' },
      })
    }
  })
  test('rubbish under their name is told', async () => {
    const read = await testCollection(
      logins,
      hostAt(
        rootWith({
          '/var/lib/wtmpdb/wtmp.db': 'SQLite format 3\0 and then nothing',
          '/var/lib/lastlog/lastlog2.db': wtmpdb,
        }),
      ),
      scanningRun(),
    )
    expect(read.ledger.refusals.map((line) => line.reason)).toEqual([
      'reading /var/lib/wtmpdb/wtmp.db: it is not the database its name says',
      'reading /var/lib/lastlog/lastlog2.db: it is not the database its name says',
    ])
    fc.assert(
      fc.property(fc.nat(wtmpdb.length - 1), fc.uint8Array({ maxLength: 200 }), (at, noise) => {
        const broken = Buffer.from(wtmpdb)
        broken.set(noise.subarray(0, broken.length - at), at)
        parseWtmpdb(broken)
      }),
      { numRuns: 200 },
    )
  })
})

describe('authentication logs', () => {
  const now = new Date('2026-11-24T06:00:00Z')
  test('both ways of writing the time, and all that matters', () => {
    const log = [
      `2026-11-23T22:10:00.123456+00:00 web-1 sshd[12]: Accepted publickey for svc-backup from 10.0.0.7 port 4242 ssh2: ED25519 ${KEY}`,
      `Nov 23 22:11:00 web-1 sshd[12]: Accepted publickey for root from 10.0.0.8 port 1 ssh2: ED25519-CERT ${KEY} ID svc-id (serial 0) CA ED25519 ${CA}`,
      'Dec 31 23:00:00 web-1 sshd[12]: Accepted password for alice from fe80::1 port 22 ssh2',
      'Nov 23 22:12:00 web-1 sshd[12]: Starting session: shell on pts/0 for svc-backup from 10.0.0.7 port 4242 id 0',
      'Nov 23 22:12:01 web-1 sshd[12]: Starting session: command for svc-backup from 10.0.0.7 port 4242 id 0',
      'Nov 23 22:13:00 web-1 su[13]: (to svc-backup) alice on pts/1',
      'Nov 23 22:14:00 web-1 sudo:    alice : TTY=pts/0 ; PWD=/home/alice ; USER=svc-backup ; COMMAND=/bin/bash',
      'Nov 23 22:15:00 web-1 CRON[14]: pam_unix(cron:session): session opened for user svc-backup(uid=1005) by (uid=0)',
      'Nov 23 22:16:00 web-1 sshd[12]: Failed password for invalid user x from 10.0.0.9 port 1: Accepted publickey for root from 1.1.1.1 port 1 ssh2: RSA SHA256:x',
      'Nov 23 22:17:00 web-1 evil[1]: Accepted password for root from 1.1.1.1 port 1 ssh2',
      'rubbish',
    ].join('\n')
    expect(
      parseAuthLog(log, now).map(({ at, account, kind, method, from, by }) => [
        new Date(at).toISOString().slice(0, 16),
        account,
        kind,
        method,
        from ?? by,
      ]),
    ).toEqual([
      ['2026-11-23T22:10', 'svc-backup', 'ssh', 'publickey', '10.0.0.7'],
      ['2026-11-23T22:11', 'root', 'ssh', 'publickey', '10.0.0.8'],
      ['2025-12-31T23:00', 'alice', 'ssh', 'password', 'fe80::1'],
      ['2026-11-23T22:12', 'svc-backup', 'terminal', 'ssh', '10.0.0.7'],
      ['2026-11-23T22:13', 'svc-backup', 'switch', 'su', 'alice'],
      ['2026-11-23T22:14', 'svc-backup', 'switch', 'sudo', 'alice'],
      ['2026-11-23T22:15', 'svc-backup', 'cron', 'cron', null],
    ])
    expect(parseAuthLog(log, now)[1]).toMatchObject({ fingerprint: KEY, certificateId: 'svc-id', authority: CA })
  })
  test('the journal', () => {
    const entry = {
      __REALTIME_TIMESTAMP: '1795385400000000',
      SYSLOG_IDENTIFIER: 'sshd-session',
      MESSAGE: 'Accepted password for alice from 10.0.0.7 port 22 ssh2',
    }
    expect(parseJournal(`${JSON.stringify(entry)}\n{"MESSAGE":[1,2]}\nnot json\nnull\n`)).toMatchObject([
      { account: 'alice', kind: 'ssh', method: 'password', at: 1_795_385_400_000 },
    ])
  })
  test('no text makes them throw or stall', () => {
    const word = fc.constantFrom(
      'Nov 23 22:10:00 ',
      'h ',
      'sshd[1]: ',
      'Accepted publickey for ',
      'root ',
      'from ',
      'port 1 ',
      'ssh2: ',
      KEY,
      ' ID ',
      '(serial ',
      'CA ',
      '\n',
      ';',
      'TTY=',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(word, { maxLength: 40 }).map((words) => words.join('')),
        ),
        (text) => {
          parseAuthLog(text, now)
          parseJournal(text)
        },
      ),
      { numRuns: 500 },
    )
    expect(parseAuthLog(`Nov 23 22:10:00 h sudo: ${'a ; '.repeat(900)}\n`.repeat(200), now)).toBeDefined()
  })
})

describe('who used what', () => {
  test('a login with a terminal counts, cron and rsync do not', async () => {
    const root = rootWith({
      '/var/log/wtmp': Buffer.concat([
        record(2, 'reboot', '~', '6.1', '2026-01-01T00:00:00Z'),
        record(7, 'svc-backup', 'pts/0', '10.0.0.7', '2026-11-20T08:00:00Z'),
        record(7, 'alice', 'pts/1', '10.0.0.8', '2026-11-21T08:00:00Z'),
      ]),
      '/var/log/lastlog': lastlog(1000, '2026-11-22T08:00:00Z', 'pts/3', '10.0.0.9'),
      '/var/log/btmp': Buffer.concat([
        record(6, 'alice', 'ssh:notty', '1.2.3.4', '2026-11-20T08:00:00Z'),
        record(6, 'hunter2typedhere', 'ssh:notty', '1.2.3.4', '2026-11-20T08:00:00Z'),
      ]),
      '/run/utmp': record(7, 'alice', 'pts/1', '10.0.0.8', '2026-11-21T08:00:00Z'),
      '/var/log/auth.log': `Nov 23 22:10:00 web-1 sshd[12]: Accepted publickey for www-data from 10.0.0.7 port 4242 ssh2: ED25519 ${KEY}\nNov 23 22:15:00 web-1 CRON[14]: pam_unix(cron:session): session opened for user backup(uid=34) by (uid=0)\n`,
    })
    const read = await testCollection(logins, hostAt(root), scanningRun(), { secrets: ['hunter2typedhere'] })
    expect(read.entity('host:web-1/user/svc-backup')).toMatchObject({
      lastUsed: { value: '2026-11-20T08:00:00.000Z' },
      lastUsedBy: { value: '10.0.0.7 on pts/0' },
      attributes: {
        interactiveLogins: 1,
        usageSince: '2026-01-01T00:00:00.000Z',
        lastInteractive: { how: 'login with a terminal' },
      },
    })
    expect(read.entity('host:web-1/user/alice')).toMatchObject({
      lastUsed: { value: '2026-11-22T08:00:00.000Z' },
      attributes: { interactiveLogins: 1, failedLogins: 1, sessionsNow: 1 },
    })
    expect(read.entity('host:web-1/user/www-data')).toMatchObject({
      lastUsedBy: { value: '10.0.0.7 by publickey' },
      attributes: { interactiveLogins: 0 },
    })
    expect(read.entity('host:web-1/user/backup')).toMatchObject({
      lastUsedBy: { value: 'cron' },
      attributes: { interactiveLogins: 0 },
    })
    expect(read.entity('host:web-1/user/games').lastUsed).toEqual({
      unknown: 'no login is on record; the records begin at 2026-01-01T00:00:00.000Z',
    })
    expect(read.entity(`ssh:${KEY}`)).toMatchObject({
      lastUsed: { value: '2026-11-23T22:10:00.000Z' },
      lastUsedBy: { value: 'www-data on web-1 from 10.0.0.7' },
    })
    expect(read.sentences).toContain('host:web-1/user/svc-backup called host:web-1')
  })
  test('no records at all are unknown, with what would tell', async () => {
    const read = await testCollection(logins, hostAt(rootWith({})), scanningRun())
    expect(read.entity('host:web-1/user/alice').attributes).not.toHaveProperty('interactiveLogins')
    expect(read.entity('host:web-1/user/alice').unknowns?.['usageSince']?.permission).toContain('/var/log/wtmp')
    expect(read.ledger.refusals).toEqual([])
  })
  test('the journal instead of files', async () => {
    const journal = JSON.stringify({
      __REALTIME_TIMESTAMP: '1795385400000000',
      SYSLOG_IDENTIFIER: 'su',
      MESSAGE: '(to svc-backup) alice on pts/1',
    })
    const read = await testCollection(logins, hostAt(rootWith({}), {}, { run: async () => journal }), scanningRun())
    expect(read.entity('host:web-1/user/svc-backup')).toMatchObject({
      lastUsedBy: { value: 'alice' },
      attributes: { interactiveLogins: 1, lastInteractive: { how: 'su', from: 'alice' } },
    })
  })
})
