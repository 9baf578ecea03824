import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // They download and build for minutes: `npm run test:real`.
    exclude: ['test/real/**'],
    globalSetup: ['test/support/build-command.ts', 'test/support/interpreters.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    coverage: { include: ['src/**', 'interpreters/**'], reporter: ['text-summary', 'html'] },
  },
})
