import {exec} from '../exec.ts';
import {defineLine} from '../types.ts';
import {composeFlags} from './flags.ts';
import {indexFlag, replica} from './replicas.ts';

export const composeExec = defineLine({
	verbs: ['compose exec'],
	summary: 'Run a command in a running container of a service',
	usage: '[flags] SERVICE COMMAND [ARG...]',
	arity: {least: 2},
	interspersed: false,
	flags: {
		...composeFlags,
		detach: {type: 'boolean', shortFlag: 'd', help: 'Run the command in the background; its output goes nowhere'},
		env: {type: 'string', shortFlag: 'e', isMultiple: true, placeholder: 'NAME=VALUE', help: 'Set environment variables'},
		index: indexFlag,
		interactive: {type: 'boolean', shortFlag: 'i', default: true, help: 'Keep STDIN open'},
		privileged: {type: 'boolean', help: 'Give extended privileges to the command'},
		tty: {type: 'boolean', shortFlag: 't', default: true, help: 'Allocate a pseudo-TTY, where our own input and output are one'},
		noTty: {type: 'boolean', shortFlag: 'T', help: 'No pseudo-TTY'},
		user: {type: 'string', shortFlag: 'u', placeholder: 'NAME[:GROUP]', help: 'Username or UID, and group'},
		workdir: {type: 'string', shortFlag: 'w', placeholder: 'DIR', help: 'Working directory inside the container'},
	},
	async run(context) {
		const {flags, args, terminal} = context;
		const [service = '', ...command] = args;
		const {id} = await replica(context, flags, service);
		const {detach, env, privileged, user, workdir} = flags;
		const tty = !detach && flags.tty && !flags.noTty && terminal.isInputTTY && terminal.isTTY;
		return exec.run({...context, args: [id, ...command], flags: {detach, env, envFile: [], interactive: flags.interactive && !detach, tty, privileged, user, workdir}});
	},
});
