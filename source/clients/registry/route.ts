import {Failure, isAbort} from '../../errors.ts';
import {retrying} from './retry.ts';
import type {Answer, Ask, Sender} from './send.ts';
import {networkCode, troubleOf} from './trouble.ts';
import type {Capability, Endpoint, Hosts, Retry} from './types.ts';

/** Sends a question to whoever may answer for a host: mirrors first, the registry last, each with its retries. */
export type Route = {
	ask(host: string, capability: Capability, ask: Ask): Promise<Answer>;
	/** With the endpoint that answered: an upload has to go on where it began. */
	askFrom(host: string, capability: Capability, ask: Ask): Promise<{readonly answer: Answer; readonly endpoint: Endpoint}>;
	/** One try at one endpoint. */
	readonly send: Sender['send'];
	readonly retry: Retry;
};

export const createRoute = (hosts: Hosts, sender: Sender, retry: Retry): Route => {
	const found = new Map<string, Promise<readonly Endpoint[]>>();
	/** Those that could not be reached: asked last from then on, so that a dead mirror costs its time-out once and not once per layer. */
	const out = new Set<string>();

	const endpointsOf = async (host: string, capability: Capability): Promise<readonly Endpoint[]> => {
		const search = found.get(host) ?? hosts.find(host);
		found.set(host, search);
		search.catch(() => found.delete(host));
		const able = (await search).filter(({capabilities}) => capabilities.has(capability));
		if (able.length === 0)
			throw new Failure('unsupported', `no host is configured to ${capability} for ${host}`, {
				hint: `add "${capability}" to the capabilities in its hosts.toml`,
			});
		// What is pushed to a second host because the first was away is missed on the first.
		if (capability === 'push') return able.slice(0, 1);
		return [...able].sort((one, other) => Number(out.has(one.base)) - Number(out.has(other.base)));
	};

	const askFrom: Route['askFrom'] = async (host, capability, ask) => {
		const endpoints = await endpointsOf(host, capability);
		const failures: unknown[] = [];
		for (const [index, endpoint] of endpoints.entries()) {
			const isLast = index === endpoints.length - 1;
			try {
				const patience = isLast ? retry : {...retry, most: 1};
				const answer = await retrying(patience, ask.signal, async () => sender.send(endpoint, ask));
				out.delete(endpoint.base);
				return {answer, endpoint};
			} catch (error) {
				if (isAbort(error) || ask.signal?.aborted === true) throw error;
				if (networkCode(error) !== undefined) out.add(endpoint.base);
				failures.push(error);
			}
		}
		throw mostTelling(failures);
	};

	return {
		askFrom,
		ask: async (host, capability, ask) => (await askFrom(host, capability, ask)).answer,
		send: sender.send,
		retry,
	};
};

/** The registry's own word counts most, then any answer; that a mirror is away says nothing about the image. */
const mostTelling = (failures: readonly unknown[]): unknown => {
	const answered = failures.filter(error => troubleOf(error) !== undefined);
	return answered.at(-1) ?? failures.at(-1);
};
