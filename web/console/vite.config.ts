import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

/* Where `npm run dev` finds the program (or the stand-in of tests/mock). */
const server = process.env.HUIYIN_URL ?? 'http://127.0.0.1:8090'

export default defineConfig({
  base: '/',
  plugins: [vue()],
  define: {
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: false,
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
  },
  build: {
    target: 'es2022',
    assetsInlineLimit: 0, // no data: URLs, the policy allows our own origin only
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/api', '/sandbox', '/chat', '/hooks'].map((path) => [path, { target: server }])),
  },
  test: { environment: 'jsdom', include: ['tests/unit/**/*.test.ts'], restoreMocks: true },
})
