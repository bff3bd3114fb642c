import type {LineCommand} from './types.ts';

/** A verb before it is loaded: what start-up needs. Everything else comes with `load`, so that `ps` does not pay for `stats`. */
export type LineEntry = {
	readonly verbs: readonly [string, ...string[]];
	readonly summary: string;
	readonly load: () => Promise<LineCommand>;
};

export const entry = (verbs: readonly [string, ...string[]], summary: string, load: () => Promise<LineCommand>): LineEntry => ({
	verbs,
	summary,
	load,
});
