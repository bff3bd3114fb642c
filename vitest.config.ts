import {defineConfig} from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		environment: 'node',
		testTimeout: 15_000,
		hookTimeout: 60_000,
		// Two cores: more workers than that only make every timing worse.
		maxWorkers: 2,
		env: {CI: 'false', NODE_ENV: 'test', FORCE_COLOR: '1'},
	},
});
