import {Failure} from '../../errors.ts';
import type {SecurityRequest} from '../create-request.ts';
import {booleanOf, pairOf} from './pairs.ts';

export type SecurityOptions = Pick<SecurityRequest, 'noNewPrivileges' | 'apparmor' | 'unconfinedSystemPaths' | 'writableCgroups' | 'privilegedWithoutHostDevices'> & {
	/** `unconfined`, or the path of a profile. */
	readonly seccomp?: string;
};

/** What `--security-opt` says, given again and again. One that means nothing here is refused: a wish for safety must not go unheard. */
export const parseSecurity = (texts: readonly string[], privileged: boolean): SecurityOptions => {
	let options: SecurityOptions = {noNewPrivileges: false, unconfinedSystemPaths: false, writableCgroups: false, privilegedWithoutHostDevices: false};
	for (const text of texts) {
		// Docker took a colon once.
		const [name, value] = pairOf(text.includes('=') ? text : text.replace(/^(seccomp|apparmor|label|systempaths|no-new-privileges):/, '$1='), 'true');
		const flag = `--security-opt ${name}`;
		const needed = (): string => {
			if (value === '' || !/[=:]/.test(text)) throw new Failure('invalid', `invalid security-opt ${JSON.stringify(name)}: it needs a value`);
			return value;
		};
		switch (name) {
			case 'seccomp':
				// nerdctl's name for the profile that it has built in.
				if (needed() !== 'builtin') options = {...options, seccomp: value};
				break;
			case 'apparmor':
				options = {...options, apparmor: needed()};
				break;
			case 'no-new-privileges':
				options = {...options, noNewPrivileges: booleanOf(flag, value)};
				break;
			case 'systempaths':
				if (value !== 'unconfined') throw new Failure('invalid', 'invalid security-opt "systempaths"', {hint: 'the one value is unconfined'});
				options = {...options, unconfinedSystemPaths: true};
				break;
			case 'writable-cgroups':
				options = {...options, writableCgroups: booleanOf(flag, value)};
				break;
			case 'privileged-without-host-devices':
				options = {...options, privilegedWithoutHostDevices: booleanOf(flag, value)};
				break;
			case 'label':
				// Without SELinux labels there is nothing to turn off.
				if (value !== 'disable') throw new Failure('invalid', 'security-opt "label" is not supported: SELinux labels are not set');
				break;
			default:
				throw new Failure('invalid', `unknown security-opt: ${JSON.stringify(name)}`);
		}
	}
	if (options.privilegedWithoutHostDevices && !privileged)
		throw new Failure('invalid', "flag `--security-opt privileged-without-host-devices` can't be used without `--privileged` enabled");
	return options;
};
