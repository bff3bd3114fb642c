import {Failure} from '../../errors.ts';
import {plain} from '../../model/sanitize.ts';
import type {CallOptions, Credential} from './types.ts';

/** A helper may ask a keyring that asks a person. */
const mostMs = 120_000;

const goodName = /^[A-Za-z0-9][\w.-]*$/;

/** The protocol of docker-credential-helpers: a verb as argument, everything else through stdin and stdout, so that no secret is in an argv. */
export const helperProgram = (name: string): string => {
	if (!goodName.test(name))
		throw new Failure('invalid', `${JSON.stringify(name)} is no name of a credential helper`, {
			hint: "mend credsStore and credHelpers in docker's config.json",
		});
	return `docker-credential-${name}`;
};

type Environment = Readonly<Record<string, string | undefined>>;

const run = async (program: string, verb: 'get' | 'store' | 'erase', input: string, env: Environment, {signal}: CallOptions) => {
	// Most have no helper: their pulls need not load what starts one.
	const {execa} = await import('execa');
	const result = await execa(program, [verb], {
		input,
		env,
		extendEnv: false,
		reject: false,
		timeout: mostMs,
		maxBuffer: 1024 * 1024,
		...(signal === undefined ? {} : {cancelSignal: signal}),
	});
	signal?.throwIfAborted();
	if ((result as {code?: unknown}).code === 'ENOENT')
		throw new Failure('not-found', `Could not ask ${program}: it is not installed`, {
			hint: "install it, or take it out of docker's config.json",
		});
	return result;
};

/** What helpers say of a server that they know nothing of. The protocol has no other sign than these words. */
const nothingKept = /credentials not found in native (?:keychain|store)|no such (?:entry|key)/i;

const failed = (program: string, verb: string, result: {readonly stdout?: string; readonly stderr?: string}): Failure =>
	// Both streams may quote what was given to them, which for `store` is the secret.
	new Failure(
		'internal',
		`${program} could not ${verb} a credential${
			verb === 'store'
				? ''
				: `: ${plain(`${result.stdout ?? ''} ${result.stderr ?? ''}`)
						.trim()
						.slice(0, 200)}`
		}`,
		{
			hint: `run ${program} list to see whether it works`,
		},
	);

export const helperGet = async (
	program: string,
	server: string,
	env: Environment,
	options: CallOptions,
): Promise<Credential | undefined> => {
	const result = await run(program, 'get', server, env, options);
	if (result.exitCode !== 0) {
		if (nothingKept.test(`${result.stdout} ${result.stderr}`)) return undefined;
		throw failed(program, 'get', result);
	}
	try {
		const {Username: username, Secret: secret} = JSON.parse(String(result.stdout)) as {Username?: unknown; Secret?: unknown};
		if (typeof secret !== 'string' || secret === '') return undefined;
		return username === '<token>' ? {kind: 'identity', token: secret} : {kind: 'basic', username: String(username ?? ''), password: secret};
	} catch {
		throw new Failure('invalid', `${program} gave something else than a credential`, {hint: `run ${program} list to see whether it works`});
	}
};

export const helperStore = async (
	program: string,
	server: string,
	credential: Credential,
	env: Environment,
	options: CallOptions,
): Promise<void> => {
	const [username, secret] = credential.kind === 'identity' ? ['<token>', credential.token] : [credential.username, credential.password];
	const result = await run(program, 'store', JSON.stringify({ServerURL: server, Username: username, Secret: secret}), env, options);
	if (result.exitCode !== 0) throw failed(program, 'store', result);
};

/** Answers whether there was something to erase, as far as the helper tells. */
export const helperErase = async (program: string, server: string, env: Environment, options: CallOptions): Promise<boolean> => {
	const known = await helperGet(program, server, env, options);
	if (known === undefined) return false;
	const result = await run(program, 'erase', server, env, options);
	if (result.exitCode !== 0) throw failed(program, 'erase', result);
	return true;
};
