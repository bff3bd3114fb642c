import {volumesOf} from '../../model/mount-labels.ts';
import type {Uses} from './dependencies.ts';

/** What the containers of a namespace hold on to; looked at once, when something that may be shared is about to be removed. */
export type Claims = {
	/** The container is gone, and its claims with it. */
	forget(id: string): void;
	onSnapshot(snapshotter: string, key: string): boolean;
	onVolume(name: string): boolean;
};

export const readClaims = async (
	{containerd}: Uses<{containers: 'list'}>,
	namespace: string,
	options: {readonly signal?: AbortSignal} = {},
): Promise<Claims> => {
	const byContainer = new Map<string, readonly string[]>();
	const counts = new Map<string, number>();
	const add = (claim: string, change: number): void => void counts.set(claim, (counts.get(claim) ?? 0) + change);
	for await (const batch of containerd.containers.list(namespace, options)) {
		for (const container of batch) {
			const claims = [...new Set([snapshotClaim(container.snapshotter, container.snapshotKey), ...volumesOf(container).map(volumeClaim)])];
			byContainer.set(container.id, claims);
			for (const claim of claims) add(claim, 1);
		}
	}
	return {
		forget: id => {
			for (const claim of byContainer.get(id) ?? []) add(claim, -1);
			byContainer.delete(id);
		},
		onSnapshot: (snapshotter, key) => (counts.get(snapshotClaim(snapshotter, key)) ?? 0) > 0,
		onVolume: name => (counts.get(volumeClaim(name)) ?? 0) > 0,
	};
};

const snapshotClaim = (snapshotter: string, key: string): string => `snapshot ${snapshotter} ${key}`;
const volumeClaim = (name: string): string => `volume ${name}`;

/** The strings of a label that holds a JSON array of them; empty when it holds anything else. */
export const stringsIn = (label: string | undefined): string[] =>
	[parseJson(label ?? '[]')].flat().filter(item => typeof item === 'string');

const parseJson = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};
