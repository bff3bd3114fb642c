import {setTimeout} from 'node:timers/promises';
import type {status} from '@grpc/grpc-js';

/** `Tasks.Kill`, `Tasks.*`, or `*`. */
export type MethodPattern = string;

export type Fault =
	| {readonly kind: 'fail'; readonly code: status; readonly message: string; readonly times?: number}
	| {readonly kind: 'lag'; readonly ms: number}
	| {readonly kind: 'hang'}
	| {readonly kind: 'garble'; readonly bytes?: Buffer};

export type Faults = {
	set(pattern: MethodPattern, fault: Fault): void;
	clear(pattern?: MethodPattern): void;
	/** Every call that reached us, in order. */
	readonly calls: ReadonlyArray<{readonly method: string; readonly namespace: string}>;
	/** Waits, throws or never returns as it was told; answers the bytes to send instead of an answer, if any. */
	before(method: string, namespace: string, signal: AbortSignal): Promise<Buffer | undefined>;
};

/** A field with a wire type that does not exist: no decoder accepts it. */
const nonsense = Buffer.from([0x0f, 0xff, 0xff, 0xff]);

const never = async (signal: AbortSignal): Promise<never> =>
	new Promise((_resolve, reject) => {
		signal.addEventListener('abort', () => reject(new Error('cancelled')), {once: true});
	});

export const createFaults = (): Faults => {
	const faults = new Map<MethodPattern, Fault>();
	const left = new Map<MethodPattern, number>();
	const calls: Array<{method: string; namespace: string}> = [];
	const find = (method: string): readonly [MethodPattern, Fault] | undefined => {
		for (const pattern of [method, `${method.slice(0, method.indexOf('.'))}.*`, '*']) {
			const fault = faults.get(pattern);
			if (fault !== undefined) return [pattern, fault];
		}

		return undefined;
	};

	return {
		calls,
		set: (pattern, fault) => {
			faults.set(pattern, fault);
			if (fault.kind === 'fail' && fault.times !== undefined) left.set(pattern, fault.times);
		},
		clear: pattern => {
			if (pattern === undefined) faults.clear();
			else faults.delete(pattern);
		},
		before: async (method, namespace, signal) => {
			calls.push({method, namespace});
			const [pattern, fault] = find(method) ?? [];
			if (pattern === undefined || fault === undefined) return undefined;
			if (fault.kind === 'hang') return never(signal);
			if (fault.kind === 'garble') return fault.bytes ?? nonsense;
			if (fault.kind === 'lag') {
				await setTimeout(fault.ms);
				return undefined;
			}

			const times = left.get(pattern);
			if (times !== undefined) {
				if (times <= 1) {
					faults.delete(pattern);
					left.delete(pattern);
				} else left.set(pattern, times - 1);
			}

			throw Object.assign(new Error(fault.message), {code: fault.code, details: fault.message});
		},
	};
};
