import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Detection, ScannedFile } from '../../sdk/index.ts'
import { createScanner } from '../index.ts'
import { type Files, tarOf } from './testing/archives.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reeve-image-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const put = (file: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}
const scanned = async (): Promise<ScannedFile[]> => {
  const files: ScannedFile[] = []
  for await (const file of createScanner({ threads: 0 }).scanFolder(folder)) files.push(file)
  return files
}
const byValue = (files: readonly ScannedFile[]): Map<string, Detection & { file: string }> =>
  new Map(files.flatMap(({ file, detections }) => detections.map((one) => [one.value.reveal(), { ...one, file }])))
const secret = (word: string): string => `DB_PASSWORD=tr0ub4dor-${word}\n`
const sha = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

const LAYERS: Files[] = [
  {
    'etc/base.env': secret('base'),
    'app/conf/a.env': secret('removed'),
    'srv/b.env': secret('hidden'),
    'x.env': secret('old'),
  },
  { 'app/c.env': secret('kept') },
  { 'app/.wh.conf': '', 'srv/.wh..wh..opq': '', 'x.env': 'X=1\n' },
]
const CONFIG = JSON.stringify({
  config: { Env: ['PATH=/bin', 'API_TOKEN_PASSWORD=tr0ub4dor-env'], Labels: { note: 'db_password=tr0ub4dor-label' } },
  rootfs: { type: 'layers', diff_ids: LAYERS.map((files) => `sha256:${sha(tarOf(files))}`) },
  history: [
    { created_by: '/bin/sh -c #(nop) ADD file:0123 in / ' },
    { created_by: '/bin/sh -c #(nop)  ENV A=b', empty_layer: true },
    { created_by: '|1 NPM_PASSWORD=tr0ub4dor-arg /bin/sh -c npm ci --token=tr0ub4dor-arg && make' },
    { created_by: 'RUN /bin/sh -c rm -r /app/conf # buildkit' },
  ],
})
/** As `docker save` wrote it for years: what puts it together comes last. */
const saved = (): Buffer => {
  const files: Files = {}
  const paths = LAYERS.map((layer, index) => {
    const path = `${sha(`layer ${index}`)}/layer.tar`
    files[path] = tarOf(layer)
    return path
  })
  const config = `${sha(CONFIG)}.json`
  files[config] = CONFIG
  files['manifest.json'] = JSON.stringify([{ Config: config, RepoTags: ['shop:1'], Layers: paths }])
  return tarOf(files)
}
/** An OCI layout. */
const layout = (pack: (bytes: Buffer) => Buffer): Files => {
  const files: Files = { 'oci-layout': '{"imageLayoutVersion":"1.0.0"}' }
  const blob = (bytes: Buffer) => {
    files[`blobs/sha256/${sha(bytes)}`] = bytes
    return { digest: `sha256:${sha(bytes)}`, size: bytes.length }
  }
  const layers = LAYERS.map((layer) => blob(pack(tarOf(layer))))
  const manifest = blob(Buffer.from(JSON.stringify({ config: blob(Buffer.from(CONFIG)), layers })))
  const index = blob(Buffer.from(JSON.stringify({ manifests: [manifest] })))
  files['index.json'] = JSON.stringify({ schemaVersion: 2, manifests: [index] })
  return files
}

const kinds: [string, () => void, RegExp][] = [
  ['docker save', () => put('i.tar', saved()), /^i\.tar!\/[0-9a-f]{64}\/layer\.tar!\//],
  ['docker save, compressed', () => put('i.tar.gz', gzipSync(saved())), /^i\.tar\.gz!\/[0-9a-f]{64}\/layer\.tar!\//],
  [
    'an OCI archive with gzip',
    () => put('i.tar', tarOf(layout((one) => gzipSync(one)))),
    /^i\.tar!\/blobs\/sha256\/[0-9a-f]{64}!\//,
  ],
  [
    'an OCI archive with zstd',
    () => put('i.tar', tarOf(layout((one) => zstdCompressSync(one)))),
    /^i\.tar!\/blobs\/sha256\/[0-9a-f]{64}!\//,
  ],
  [
    'an OCI layout in a folder',
    () => {
      for (const [name, content] of Object.entries(layout((one) => gzipSync(one)))) put(`images/i/${name}`, content)
    },
    /^images\/i\/blobs\/sha256\/[0-9a-f]{64}!\//,
  ],
]
test.each(kinds)('%s: layers, what made them, and what a later one removes', async (_, make, place) => {
  make()
  const found = byValue(await scanned())
  const of = (word: string) => found.get(`tr0ub4dor-${word}`)!
  for (const word of ['base', 'removed', 'hidden', 'old', 'kept']) {
    expect(of(word).file).toMatch(place)
    expect(of(word).layer).toMatch(/^sha256:[0-9a-f]{64}$/)
  }
  expect(of('base').file).toMatch(/!\/etc\/base\.env$/)
  expect(of('base').note).toMatch(/^layer 1 of 3, sha256:[0-9a-f]{12}, made by “ADD file:0123 in \/”$/)
  expect(of('removed').note).toMatch(
    /, removed by the later layer sha256:[0-9a-f]{12}, which does not take it out of the image$/,
  )
  expect(of('hidden').note).toMatch(/, removed by the later layer /)
  expect(of('old').note).toMatch(/, replaced in the later layer /)
  expect(of('kept').note).toMatch(/^layer 2 of 3, .*, made by “RUN npm ci --token=… && make”$/)
  expect(JSON.stringify([...found.values()].map(({ note }) => note))).not.toContain('tr0ub4dor')
  for (const word of ['env', 'label', 'arg']) expect(of(word)?.file).toBeDefined()
})
