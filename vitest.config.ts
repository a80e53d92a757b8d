import { defineConfig } from 'vitest/config';

// biome-ignore lint/style/noDefaultExport: vitest reads the default export
export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // What is waited for comes late on a machine under load: these end what hangs and judge no speed.
    testTimeout: 900_000,
    hookTimeout: 900_000,
    // A test that asserts nothing proves nothing.
    expect: { poll: { timeout: 300_000 }, requireAssertions: true },
    globalSetup: ['test/support/global-setup.ts'],
  },
});
