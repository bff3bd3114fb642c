import {Failure} from '../../../errors.ts';
import {print} from '../output.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {replicas} from './replicas.ts';
import {composeOf, teller} from './service.ts';

export const composeWait = defineLine({
	verbs: ['compose wait'],
	summary: 'Block until the containers of services stop; the exit code is that of the last one',
	usage: '[flags] SERVICE [SERVICE, ...]',
	arity: {least: 1},
	flags: {...composeFlags, downProject: {type: 'boolean', help: 'Take the project down when the first of them has stopped'}},
	async run(context) {
		const {services, signal, flags, args} = context;
		const {name, project, containers} = await replicas(context, flags, args);
		const without = args.find(service => !containers.some(one => one.service === service && one.state !== 'created'));
		if (without !== undefined) throw new Failure('not-found', `the service ${without} has no container that was started`, {hint: 'bring it up with compose up -d'});
		let last = 0;
		const waits = containers.map(async container => {
			const {exitStatus} = await services.containers.wait(container, {signal});
			last = exitStatus;
			await print(context, `container ${JSON.stringify(container.name)} exited with status code ${exitStatus}\n`);
		});
		if (!flags.downProject) {
			await Promise.all(waits);
			return last;
		}
		await Promise.race(waits);
		const code = last;
		// What is taken down ends, too, and is told.
		const compose = await composeOf(context);
		await compose.down(name, {project, removeOrphans: false, volumes: false, images: 'none'}, {...teller(context), signal, dryRun: false});
		await Promise.allSettled(waits);
		return code;
	},
});
