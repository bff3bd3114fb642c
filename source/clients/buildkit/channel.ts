import {isIP} from 'node:net';
import {Client, connectivityState, credentials, logVerbosity, setLogVerbosity} from '@grpc/grpc-js';
import {commonChannelOptions} from '../grpc/index.ts';
import type {Target} from './address.ts';
import {dial, grpcUpgrade} from './dial.ts';
import {openRelay, type Relay} from './relay.ts';

/** A daemon's answer may hold the records of a cache of years. */
const maxAnswerBytes = 256 * 1024 * 1024;

const options = {...commonChannelOptions, 'grpc.max_receive_message_length': maxAnswerBytes};

export type Channel = {
	/** A client whose channel is not waiting out a back-off. */
	client(): Promise<Client>;
	/** Why no connection comes about, as a Failure; undefined when one does. */
	obstacle(signal: AbortSignal | undefined): Promise<unknown>;
	close(): void;
};

/** grpc-js's words for what `isIP` answers. */
const schemes: Readonly<Record<number, string>> = {4: 'ipv4', 6: 'ipv6'};

const hostOf = (host: string): string => (isIP(host) === 6 ? `[${host}]` : host);

const authorityOf = (target: Target): string => (target.kind === 'tcp' ? (target.tls?.serverName ?? hostOf(target.host)) : 'localhost');

/** What grpc-js can not get through itself, or not without a warning in the terminal: TLS to an address, an upgrade. */
const needsRelay = (target: Target): boolean => target.kind === 'docker' || (target.kind === 'tcp' && target.tls !== undefined);

const placeOf = (target: Target): string =>
	target.kind === 'tcp' ? `${schemes[isIP(target.host)] ?? 'dns'}:${hostOf(target.host)}:${target.port}` : `unix:${target.path}`;

/** grpc-js's channel to a BuildKit; a dockerd's is behind an upgrade. */
export const createChannel = (target: Target): Channel => {
	// grpc-js would write its worries to stderr, across the screen; all of them reach us as failed calls as well.
	setLogVerbosity(logVerbosity.NONE);
	let current: Promise<Client> | undefined;
	let relay: Relay | undefined;

	const open = async (): Promise<Client> => {
		if (needsRelay(target)) relay ??= await openRelay(target);
		const place = relay === undefined ? placeOf(target) : `unix:${relay.path}`;
		return new Client(place, credentials.createInsecure(), {...options, 'grpc.default_authority': authorityOf(target)});
	};

	const clientOf = async (): Promise<Client> => {
		const found = current;
		const known = await found?.catch(() => undefined);
		// Of calls that begin together one opens: a second client, and a second door, would be nobody's to close.
		if (current !== found) return clientOf();
		if (known !== undefined && known.getChannel().getConnectivityState(false) !== connectivityState.TRANSIENT_FAILURE) return known;
		known?.close();
		current = open();
		return current;
	};

	return {
		client: clientOf,
		obstacle: async signal => {
			const told = relay?.failure();
			if (told !== undefined) return told;
			try {
				(await dial(target, grpcUpgrade, signal)).destroy();
				return undefined;
			} catch (error) {
				return error;
			}
		},
		close: () => {
			void current?.then(client => client.close(), () => {});
			relay?.close();
		},
	};
};
