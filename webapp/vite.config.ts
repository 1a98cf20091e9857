import { defineConfig } from 'vite'
import solid from 'vite-plugin-solid'
import { chosenDark } from './build/dark'
import { finishBuild } from './build/finish'
import { writtenTables } from './build/tables'

/** The server that the development server leads to: everything that is not the app itself. */
const server = process.env.KENTONG_URL ?? 'http://127.0.0.1:4430'

/** What the server answers itself; everything else below /app/ is this build's. */
const proxy = {
  '/apiws': { target: server, ws: true },
  '/app/server.json': { target: server },
  '/public.pem': { target: server },
  '/status': { target: server },
}

export default defineConfig({
  base: '/app/',
  plugins: [solid(), chosenDark(), writtenTables(), finishBuild()],
  server: {
    host: '127.0.0.1',
    port: Number(process.env.PORT ?? 5173),
    strictPort: true,
    proxy,
  },
  preview: { host: '127.0.0.1', port: Number(process.env.PORT ?? 4173), strictPort: true, proxy },
  build: {
    target: 'es2022',
    assetsDir: 'assets',
    // A picture inlined as data: is loaded by everybody, even by those who never see it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // The protocol's tables and mtcute are one large chunk by nature; finishBuild holds the budget.
    chunkSizeWarningLimit: 2000,
  },
  worker: { format: 'es' },
})
