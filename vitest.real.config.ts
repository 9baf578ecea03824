import { defineConfig } from 'vitest/config'

/** `npm run test:real`: builds real software with the package clients of this machine, and looks at what came out. */
export default defineConfig({
  test: {
    include: ['test/real/**/*.test.ts'],
    globalSetup: ['test/support/build-command.ts', 'test/real/build-channel.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
})
