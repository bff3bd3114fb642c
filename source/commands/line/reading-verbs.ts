import {copySide} from './cp.ts';

type Reads = (args: readonly string[]) => boolean;

const always: Reads = () => true;

/**
What only looks, by the name that a verb goes by. Whoever adds a verb and does not think of this has one that `--readonly` refuses, which is the safe
side: so it is this list that is kept, and not that of the others.
*/
const reading: ReadonlyMap<string, Reads> = new Map<string, Reads>([
	...['ps', 'logs', 'wait', 'top', 'stats', 'port', 'diff', 'export', 'inspect', 'container inspect'].map(verb => [verb, always] as const),
	...['images', 'image inspect', 'history', 'save', 'search', 'manifest inspect'].map(verb => [verb, always] as const),
	...['network ls', 'network inspect', 'volume ls', 'volume inspect', 'namespace ls', 'namespace inspect'].map(verb => [verb, always] as const),
	...['events', 'info', 'version', 'system df', 'builder du', 'builder ls', 'build history ls', 'build history inspect', 'build history logs', 'compose config', 'compose ps', 'compose ls', 'compose logs', 'compose images', 'compose port', 'compose top', 'compose version', 'compose stats', 'compose events'].map(verb => [verb, always] as const),
	// Out of a container, and not into one.
	['cp', args => copySide(args[0] ?? '').container !== undefined],
	['compose cp', args => copySide(args[0] ?? '').container !== undefined],
]);

export const readingVerbs: readonly string[] = [...reading.keys()];

export const changesSomething = (verb: string, args: readonly string[]): boolean => {
	try {
		return reading.get(verb)?.(args) !== true;
	} catch {
		// What can't be read as an argument is refused by the verb itself, with its own words.
		return false;
	}
};
