/**
The closed list of what can go wrong, in words that do not depend on the transport.

Clients translate into these once (gRPC status, errno, HTTP status); everything inland decides on the code, never on the text.
`unsupported` is how we learn what a daemon can do: it comes from UNIMPLEMENTED and hides a pane or picks the other way.
*/
export type Code =
	| 'not-found'
	| 'already-exists'
	| 'conflict'
	| 'invalid'
	| 'denied'
	| 'unavailable'
	| 'timeout'
	| 'exhausted'
	| 'unsupported'
	| 'internal';

/** Both halves of `Could not <action>: <reason>`. */
export type Told = {readonly action: string; readonly reason: string};

export type FailureOptions = {
	readonly cause?: unknown;
	/** Only `couldNot` says it: it makes the message of it. */
	readonly told?: Told;
	/** The next step for the person who reads it, as an imperative sentence without a full stop. */
	readonly hint?: string;
};

/** The one error class. The message says what was being done to what and why it failed; the hint says what to do next. */
export class Failure extends Error {
	override readonly name = 'Failure';
	readonly code: Code;
	readonly hint: string | undefined;
	/** What the message is made of, for whoever says it in other words. */
	readonly told: Told | undefined;

	constructor(code: Code, message: string, options: FailureOptions = {}) {
		super(message, options.cause === undefined ? undefined : {cause: options.cause});
		this.code = code;
		this.hint = options.hint;
		this.told = options.told;
	}
}

export const isFailure = (error: unknown, code?: Code): error is Failure =>
	error instanceof Failure && (code === undefined || error.code === code);

/** Abort is not an error: it passes through every layer untouched. */
export const isAbort = (error: unknown): boolean =>
	error instanceof Error && (error.name === 'AbortError' || (error as {code?: unknown}).code === 'ABORT_ERR');

/** The text of anything that was thrown, without a class name. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** `couldNot('denied', 'open x', 'it is closed')` reads `Could not open x: it is closed`. */
export const couldNot = (code: Code, action: string, reason: string, options: Omit<FailureOptions, 'told'> = {}): Failure =>
	new Failure(code, `Could not ${action}: ${reason}`, {...options, told: {action, reason}});

/** What a smaller action has to say beside the one that it was a part of: nothing when both are about the same, and no name twice. */
const besides = (outer: string, inner: string): string => {
	const [, object = ''] = /^\S+ (.+)$/.exec(inner) ?? [];
	if (object !== '' && outer.includes(object)) return '';
	const [, what = '', whose = ''] = /^(.+) of (\S+)$/.exec(inner) ?? [];
	return ` (${whose !== '' && outer.includes(whose) ? what : inner})`;
};

const reasonOf = (action: string, error: unknown): string => {
	const told = error instanceof Failure ? error.told : undefined;
	return told === undefined ? messageOf(error) : `${told.reason}${besides(action, told.action)}`;
};

/**
Say what was being done to what, and keep the code, the cause and the hint: `failing('stop web', error)` reads
`Could not stop web: no such task`. What failed on the way there is said in brackets, never as a sentence within the sentence. An abort is
returned as it is.
*/
export const failing = (action: string, error: unknown, hint?: string): Error => {
	if (isAbort(error)) return error as Error;
	const nextStep = hint ?? (error instanceof Failure ? error.hint : undefined);
	return couldNot(error instanceof Failure ? error.code : 'internal', action, reasonOf(action, error), {
		cause: error,
		...(nextStep === undefined ? {} : {hint: nextStep}),
	});
};

/** The sentence shown to a person: what failed, why, and the next step. */
export const sentence = (error: unknown): string => {
	const hint = error instanceof Failure && error.hint !== undefined ? ` — ${error.hint}` : '';
	return `${messageOf(error)}${hint}`;
};

/** What many-at-once operations answer: one failure never stops the rest. */
export type Outcome<Id> = {
	readonly done: readonly Id[];
	readonly failed: ReadonlyArray<{readonly id: Id; readonly error: unknown}>;
};
