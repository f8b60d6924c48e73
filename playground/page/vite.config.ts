import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'

// `npm run dev` beside a running playground: PLAYGROUND=http://127.0.0.1:PORT npm run dev
declare const process: { env: Record<string, string | undefined> }
const target = process.env.PLAYGROUND

export default defineConfig({
  plugins: [svelte()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0 },
  server: target
    ? { host: '127.0.0.1', proxy: { '/play': { target, ws: true }, '/cdn': target, '/control': target } }
    : { host: '127.0.0.1' },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
})
