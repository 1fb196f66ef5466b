import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import react from '@vitejs/plugin-react'
import { defineConfig, type Plugin } from 'vite'

/** `REEVE=http://127.0.0.1:7373 npm run dev` works on a running server's data. */
const server = process.env['REEVE'] ?? 'http://127.0.0.1:7373'

/** The server sends what is compressed already. */
const compressed: Plugin = {
  name: 'compressed',
  apply: 'build',
  writeBundle({ dir }, bundle) {
    for (const file of Object.keys(bundle).filter((name) => /\.(js|css|html|svg)$/.test(name))) {
      const bytes = readFileSync(join(dir!, file))
      writeFileSync(join(dir!, `${file}.gz`), gzipSync(bytes, { level: 9 }))
      writeFileSync(join(dir!, `${file}.br`), brotliCompressSync(bytes))
    }
  },
}

export default defineConfig({
  plugins: [react(), compressed],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'stories.html'] },
  },
  server: { proxy: { '/v1': server } },
})
