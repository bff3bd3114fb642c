import type {Container} from './container.ts';
import {type MountPoint, mountsLabel} from './docker-labels.ts';
import {labels} from './labels.ts';

/** containerd's limit for the key and the value of a label together. */
const mostBytes = 4096;

/** The labels that tell nerdctl what is mounted: one each since 2.3.2, and all in one for older ones where they fit. */
export const mountLabels = (points: readonly MountPoint[]): Readonly<Record<string, string>> => {
	if (points.length === 0) return {};
	const whole = JSON.stringify(points);
	return {
		...Object.fromEntries(points.map((point, at) => [`${labels.mounts}.${at}`, JSON.stringify(point)])),
		...(Buffer.byteLength(labels.mounts + whole) <= mostBytes ? {[labels.mounts]: whole} : {}),
	};
};

/** The names of the volumes that a container mounts. */
export const volumesOf = (container: Pick<Container, 'labels'>): string[] =>
	(mountsLabel(container.labels) ?? []).flatMap(({Type, Name}) => ((Type === 'volume' || Type === '') && Name !== '' ? [Name] : []));
