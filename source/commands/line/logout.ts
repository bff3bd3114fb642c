import {print} from './output.ts';
import {defineLine} from './types.ts';

export const logout = defineLine({
	verbs: ['logout'],
	summary: 'Log out from a container registry',
	usage: '[flags] [SERVER]',
	arity: {least: 0, most: 1},
	needsDaemon: false,
	flags: {},
	async run(context) {
		const [server = ''] = context.args;
		const name = server === '' ? 'docker.io' : server;
		const place = await context.services.registries.logout(server, {signal: context.signal});
		await print(context, place === undefined ? `Not logged in to ${name}\n` : `Removing login credentials for ${name}\n`);
		return 0;
	},
});
