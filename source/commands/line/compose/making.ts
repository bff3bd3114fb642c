import {Failure} from '../../../errors.ts';
import type {UpOptions} from '../../../model/compose/plan/index.ts';
import type {Project} from '../../../model/compose/project.ts';
import {timeFlag} from '../signal-flag.ts';
import type {ValuesOf} from '../flag-types.ts';

/** Flags of the verbs that make containers. */
export const makingFlags = {
	build: {type: 'boolean', help: 'Build images before containers are made of them'},
	noBuild: {type: 'boolean', help: 'Build no image, though one is missing'},
	forceRecreate: {type: 'boolean', help: 'Make containers anew though nothing has changed'},
	noRecreate: {type: 'boolean', help: 'Leave containers that are there, though they have changed'},
	pull: {type: 'string', placeholder: 'POLICY', help: 'always, missing or never, in place of what the services say'},
	removeOrphans: {type: 'boolean', help: 'Remove containers of services that the project has no more'},
	scale: {type: 'string', isMultiple: true, placeholder: 'SERVICE=NUMBER', help: 'How many containers of a service there are to be'},
	timeout: {type: 'number', shortFlag: 't', placeholder: 'SECONDS', help: 'How long containers that are made anew have to stop'},
	dryRun: {type: 'boolean', help: 'Print what would be done, and why'},
} as const;

/** `web=3`, as `--scale` and `scale` have it. */
export const scalesOf = (said: readonly string[], services: Readonly<Record<string, unknown>>, flag = '--scale'): UpOptions['scale'] =>
	Object.fromEntries(
		said.map(text => {
			const [, service = '', count = ''] = /^([^=]+)=(\d{1,5})$/.exec(text) ?? [];
			if (service === '') throw new Failure('invalid', `${flag} is ${JSON.stringify(text)}`, {hint: 'write it as SERVICE=3'});
			if (!Object.hasOwn(services, service)) throw new Failure('not-found', `${flag} names the service ${service}, which is not among those that are brought up`);
			return [service, Number(count)];
		}),
	);

export const pullOf = (text: string | undefined): UpOptions['pull'] => {
	if (text === undefined || text === 'always' || text === 'missing' || text === 'never') return text;
	throw new Failure('invalid', `--pull is ${JSON.stringify(text)}`, {hint: 'it is always, missing or never'});
};

/** What is to be planned, from the flags. `project` is the part that is meant, `whole` all of it. */
export const upOptionsOf = (flags: ValuesOf<typeof makingFlags>, {project, whole, start}: {readonly project: Project; readonly whole: Project; readonly start: boolean}): UpOptions => {
	if (flags.forceRecreate && flags.noRecreate) throw new Failure('invalid', '--force-recreate and --no-recreate are mutually exclusive');
	if (flags.build && flags.noBuild) throw new Failure('invalid', '--build and --no-build are mutually exclusive');
	const pull = pullOf(flags.pull);
	return {
		whole,
		recreate: flags.forceRecreate ? 'always' : flags.noRecreate ? 'never' : 'changed',
		scale: scalesOf(flags.scale, project.services),
		removeOrphans: flags.removeOrphans,
		start,
		build: flags.build,
		neverBuild: flags.noBuild,
		...(pull === undefined ? {} : {pull}),
	};
};

export const stoppingOf = (seconds: number | undefined): {readonly timeoutMs?: number} => {
	const timeoutMs = timeFlag(seconds);
	return timeoutMs === undefined ? {} : {timeoutMs};
};
