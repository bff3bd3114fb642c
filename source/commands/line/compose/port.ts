import {port} from '../port.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {indexFlag, replica} from './replicas.ts';

export const composePort = defineLine({
	verbs: ['compose port'],
	summary: 'Print where a port of a service is published',
	usage: '[flags] SERVICE PRIVATE_PORT',
	arity: {least: 2, most: 2},
	flags: {...composeFlags, index: indexFlag, protocol: {type: 'string', default: 'tcp', placeholder: 'PROTOCOL', help: 'tcp or udp'}},
	async run(context) {
		const {flags, args} = context;
		const [service = '', wanted = ''] = args;
		const {name} = await replica(context, flags, service);
		return port.run({...context, args: [name, wanted.includes('/') ? wanted : `${wanted}/${flags.protocol}`], flags: {}});
	},
});
