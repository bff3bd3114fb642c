import type {ContainerRecord} from '../../model/container.ts';
import {forEachArgument} from './failures.ts';
import {print} from './output.ts';
import type {Surroundings} from './types.ts';

type Asking = Surroundings & {readonly args: readonly string[]};

/** Finds each argument's container, acts on it, and repeats the argument as nerdctl does when that went well. */
export const eachContainer = (
	context: Asking,
	act: (container: ContainerRecord) => Promise<void>,
	said: (argument: string, container: ContainerRecord) => string = argument => argument,
): Promise<number> =>
	forEachArgument(context.args, context, async argument => {
		const {services, global, signal} = context;
		const container = await services.containers.find(global.namespace, argument, {signal});
		await act(container);
		await print(context, `${said(argument, container)}\n`);
	});
