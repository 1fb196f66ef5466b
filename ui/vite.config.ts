import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

/** `REEVE=http://127.0.0.1:7373 npm run dev` works on a running server's data. */
const server = process.env['REEVE'] ?? 'http://127.0.0.1:7373'

export default defineConfig({
  plugins: [react()],
  build: {
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { input: ['index.html', 'stories.html'] },
  },
  server: { proxy: { '/v1': server } },
})
