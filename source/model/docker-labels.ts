import {labels} from './labels.ts';

/** A mount as nerdctl's label describes it. */
export type MountPoint = {
	readonly Type: string;
	readonly Name: string;
	readonly Source: string;
	readonly Destination: string;
	readonly Driver: string;
	readonly Mode: string;
	readonly RW: boolean;
	readonly Propagation: string;
};

type Labels = Readonly<Record<string, string>>;

/** A label's JSON; undefined when there is none or it is not JSON: labels are anybody's to write. */
export const jsonLabel = (all: Labels, key: string): unknown => {
	const text = all[key];
	if (text === undefined || text === '') return undefined;
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

export const stringsLabel = (all: Labels, key: string): readonly string[] => {
	const value = jsonLabel(all, key);
	return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

const mountPoint = (value: unknown): MountPoint => {
	const mount = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
	return {
		Type: text(mount['Type']),
		Name: text(mount['Name']),
		Source: text(mount['Source']),
		Destination: text(mount['Destination']),
		Driver: text(mount['Driver']),
		Mode: text(mount['Mode']),
		RW: mount['RW'] === true,
		Propagation: text(mount['Propagation']),
	};
};

/** `nerdctl/mounts` holds them all; since 2.3.2 they are one label each, for a label may not exceed 4096 bytes. Undefined without either. */
export const mountsLabel = (all: Labels): readonly MountPoint[] | undefined => {
	const whole = jsonLabel(all, labels.mounts);
	if (Array.isArray(whole)) return whole.map(mountPoint);
	const parts: MountPoint[] = [];
	for (let at = 0; all[`${labels.mounts}.${at}`] !== undefined; at++) parts.push(mountPoint(jsonLabel(all, `${labels.mounts}.${at}`)));
	return parts.length > 0 ? parts : undefined;
};
