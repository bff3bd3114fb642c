import {Failure, isFailure} from '../../errors.ts';
import {askLine, readSecret} from './ask-secret.ts';
import {print, write} from './output.ts';
import {defineLine, type LineContext} from './types.ts';

type Flags = {readonly username: string | undefined; readonly password: string | undefined; readonly passwordStdin: boolean};

const credentialOf = async (
	context: LineContext<Flags>,
	before: string | undefined,
): Promise<{readonly username: string; readonly password: string}> => {
	const {flags, stderr, terminal} = context;
	if (flags.passwordStdin) {
		if (flags.username === undefined) throw new Failure('invalid', 'must provide --username with --password-stdin');
		return {username: flags.username, password: await readSecret(context)};
	}
	if (flags.password !== undefined) await write(stderr, 'WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n');
	else if (!terminal.isInputTTY)
		throw new Failure('invalid', 'standard input is no terminal to ask for a password on', {hint: 'use --username and --password-stdin'});
	const suggested = before === undefined ? '' : ` (${before})`;
	const username = flags.username ?? ((await askLine(context, `Enter Username${suggested}: `, {isSecret: false})).trim() || before);
	if (username === undefined || username === '') throw new Failure('invalid', 'username is required');
	const password = flags.password ?? (await askLine(context, 'Enter Password: ', {isSecret: true}));
	if (password === '') throw new Failure('invalid', 'password is required');
	return {username, password};
};

export const login = defineLine({
	verbs: ['login'],
	summary: 'Log in to a container registry',
	usage: '[flags] [SERVER]',
	arity: {least: 0, most: 1},
	needsDaemon: false,
	flags: {
		username: {type: 'string', shortFlag: 'u', placeholder: 'NAME', help: 'Username'},
		password: {type: 'string', shortFlag: 'p', placeholder: 'PASSWORD', help: 'Password; other users of this machine can see it'},
		passwordStdin: {type: 'boolean', help: 'Take the password from stdin'},
	},
	async run(context) {
		const {services, flags, args, signal} = context;
		const [server = ''] = args;
		if (flags.passwordStdin && flags.password !== undefined)
			throw new Failure('invalid', '--password and --password-stdin are mutually exclusive');
		const known = await services.registries.known(server, {signal});
		if (
			known !== undefined &&
			known.password !== '' &&
			flags.username === undefined &&
			flags.password === undefined &&
			!flags.passwordStdin
		)
			try {
				await services.registries.login(server, known, {signal});
				await print(context, 'Login Succeeded\n');
				return 0;
			} catch (error) {
				if (!isFailure(error, 'denied')) throw error;
			}
		const place = await services.registries.login(server, {kind: 'basic', ...(await credentialOf(context, known?.username))}, {signal});
		if (place.kind === 'file' && place.isPassword)
			await write(
				context.stderr,
				`WARNING: Your password will be stored unencrypted in ${place.path}.\nConfigure a credential helper to remove this warning.\n`,
			);
		await print(context, 'Login Succeeded\n');
		return 0;
	},
});
