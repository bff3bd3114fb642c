import {Failure, isAbort, isFailure} from '../../errors.ts';
import type {ContainerRecord} from '../../model/container.ts';
import {plainSentence} from './failures.ts';
import {inspectOneContainer} from './inspect-container.ts';
import {inspectOneImage} from './inspect-image.ts';
import {inspectFlags, inspectPrinter, modeOf} from './inspect-output.ts';
import {defineLine, type Surroundings} from './types.ts';

type Asking = Surroundings & {readonly args: readonly string[]};

/** What was found is printed even when something else was not; then the exit code says so. */
const printAll = async (
	context: Asking,
	format: string,
	inspectOne: (argument: string) => Promise<readonly unknown[]>,
): Promise<number> => {
	const printObjects = inspectPrinter(format);
	const objects: unknown[] = [];
	let failed = false;
	for (const argument of context.args) {
		try {
			objects.push(...(await inspectOne(argument)));
		} catch (error) {
			if (isAbort(error)) throw error;
			failed = true;
			context.stderr.write(`${plainSentence(error)}\n`);
		}
	}
	await printObjects(context, objects);
	return failed ? 1 : 0;
};

const size = {type: 'boolean', shortFlag: 's', help: 'Display total file sizes (for containers)'} as const;

const findContainer = async ({services, global, signal}: Surroundings, argument: string): Promise<ContainerRecord | undefined> => {
	try {
		return await services.containers.find(global.namespace, argument, {signal});
	} catch (error) {
		if (isFailure(error, 'not-found')) return undefined;
		throw error;
	}
};

/** As nerdctl looks: an image first, then a container. */
export const inspect = defineLine({
	verbs: ['inspect'],
	summary: 'Return low-level information on containers and images',
	usage: '[flags] NAME|ID [NAME|ID ...]',
	arity: {least: 1},
	flags: {...inspectFlags, size, type: {type: 'string', default: '', placeholder: 'TYPE', help: 'Only a container, or only an image'}},
	run(context) {
		const {services, global, signal, flags} = context;
		const mode = modeOf(flags.mode);
		if (!['', 'container', 'image'].includes(flags.type))
			throw new Failure('invalid', `${JSON.stringify(flags.type)} is not a valid value for --type`, {hint: 'use container or image'});
		return printAll(context, flags.format, async argument => {
			if (flags.type !== 'container') {
				const found = await services.images.find(global.namespace, argument, {signal});
				if (found.length > 0) return await inspectOneImage(context, argument, found, {mode, platform: ''});
			}
			const container = flags.type === 'image' ? undefined : await findContainer(context, argument);
			if (container === undefined) throw new Failure('not-found', `no such object ${argument}`);
			return [await inspectOneContainer(context, container, {mode, size: flags.size})];
		});
	},
});

export const containerInspect = defineLine({
	verbs: ['container inspect'],
	summary: 'Display detailed information on one or more containers',
	usage: '[flags] CONTAINER [CONTAINER, ...]',
	arity: {least: 1},
	flags: {...inspectFlags, size},
	run(context) {
		const {services, global, signal, flags} = context;
		const mode = modeOf(flags.mode);
		return printAll(context, flags.format, async argument => [
			await inspectOneContainer(context, await services.containers.find(global.namespace, argument, {signal}), {mode, size: flags.size}),
		]);
	},
});

export const imageInspect = defineLine({
	verbs: ['image inspect'],
	summary: 'Display detailed information on one or more images',
	usage: '[flags] IMAGE [IMAGE...]',
	arity: {least: 1},
	flags: {
		...inspectFlags,
		platform: {type: 'string', default: '', placeholder: 'PLATFORM', help: 'Inspect a specific platform, such as linux/arm64'},
	},
	run(context) {
		const {services, global, signal, flags} = context;
		const mode = modeOf(flags.mode);
		return printAll(context, flags.format, async argument =>
			inspectOneImage(context, argument, await services.images.find(global.namespace, argument, {signal}), {
				mode,
				platform: flags.platform,
			}),
		);
	},
});
