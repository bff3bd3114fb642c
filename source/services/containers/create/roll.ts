import {Failure, isAbort, messageOf} from '../../../errors.ts';

/** What the making of a container goes through, in this order where one needs the other. */
export const createSteps = [
	'lease',
	'image',
	'state directory',
	'container id file',
	'name',
	'networks',
	'ports',
	'snapshot',
	'volumes',
	'shared memory',
	'files',
	'container',
	'streams',
	'task',
	'start',
	'restart labels',
] as const;

export type CreateStep = (typeof createSteps)[number];

/** Steps that can be taken back. */
export type Roll = {
	/**
	Does one step and tells who listens. `undo` takes back what the step made, or half made: it is noted before the step begins, so it must not
	mind that there is nothing.
	*/
	step<T>(name: CreateStep, run: () => Promise<T>, undo?: () => Promise<unknown>): Promise<T>;
	/** Everything back, the last first; what resists does not save the others. Answers the failure that is to be told. */
	back(error: unknown): Promise<Error>;
};

export const startRoll = (onStep: ((step: CreateStep) => void) | undefined): Roll => {
	const undos: Array<{readonly name: CreateStep; readonly undo: () => Promise<unknown>}> = [];
	return {
		async step(name, run, undo) {
			if (undo !== undefined) undos.push({name, undo});
			const result = await run();
			onStep?.(name);
			return result;
		},
		async back(error) {
			const left: string[] = [];
			for (const {name, undo} of undos.splice(0).reverse()) {
				try {
					await undo();
				} catch (resistance) {
					left.push(`${name}: ${messageOf(resistance)}`);
				}
			}
			if (left.length === 0 && error instanceof Error) return error;
			if (left.length === 0 || isAbort(error)) return new Failure('internal', messageOf(error), {cause: error});
			return new Failure(error instanceof Failure ? error.code : 'internal', `${messageOf(error)}; and not everything could be taken back (${left.join('; ')})`, {
				cause: error,
			});
		},
	};
};

/** Side by side; when one fails the others are waited for, so that nothing is made behind the back of a roll-back. */
export const together = async <const Work extends ReadonlyArray<Promise<unknown>>>(...work: Work): Promise<{-readonly [At in keyof Work]: Awaited<Work[At]>}> => {
	const results = await Promise.allSettled(work);
	const failed = results.find(result => result.status === 'rejected');
	if (failed !== undefined) throw failed.reason;
	return results.map(result => (result as PromiseFulfilledResult<unknown>).value) as {-readonly [At in keyof Work]: Awaited<Work[At]>};
};

/** The same beside `later`, which only a later step needs: it is waited for when one of these fails, and not told of when it fails itself. */
export const togetherBefore = async <const Work extends ReadonlyArray<Promise<unknown>>>(
	later: Promise<unknown>,
	...work: Work
): Promise<{-readonly [At in keyof Work]: Awaited<Work[At]>}> => {
	later.catch(() => undefined);
	try {
		return await together(...work);
	} catch (error) {
		await later.catch(() => undefined);
		throw error;
	}
};
