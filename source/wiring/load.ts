import {setImmediate as turn} from 'node:timers/promises';

/**
What the screen and the client are made of, one piece after the other with a turn of the event loop between: loaded in one go they would
hold it for a fifth of a second, in which no key is answered. Each piece is a chunk of the built program, because it is asked for here; the
order is from what is imported to what imports it.
*/
const inTurns = async (pieces: ReadonlyArray<() => unknown>): Promise<void> => {
	for (const load of pieces) {
		await load();
		await turn();
	}
};

export const loadClient = async (): Promise<void> =>
	inTurns([
		// With TLS and crypto behind it.
		() => process.getBuiltinModule('node:http2'),
		async () => import('@grpc/grpc-js'),
		async () => import('./connect.ts'),
		async () => import('../services/logs/index.ts'),
		async () => import('../services/images/index.ts'),
		async () => import('./daemon.ts'),
		async () => import('./registries.ts'),
		async () => import('./find-daemon.ts'),
	]);

export const loadScreen = async (): Promise<typeof import('../../components/screen.tsx')> => {
	await inTurns([
		async () => import('yoga-layout'),
		// React, then Ink: the smallest of our own that need them.
		async () => import('../../components/kit/theme-context.ts'),
		async () => import('../../components/kit/lines.tsx'),
		async () => (await import('../../components/warm-up.tsx')).warmUp(),
		async () => import('../../components/screen.tsx'),
	]);
	return import('../../components/screen.tsx');
};
