import {posix} from 'node:path';
import {fault, mapping, type Scalar, type Value} from './value.ts';

const propagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave'];

/** What looks like a path is one; anything else names a volume. */
const isPath = (source: string): boolean => /^[./~]/.test(source);

type Options = {readonly readOnly: boolean; readonly nocopy: boolean; readonly propagation?: string; readonly selinux?: string};

const optionsOf = (text: string, line: Scalar, path: string): Options => {
	let options: Options = {readOnly: false, nocopy: false};
	for (const option of text === '' ? [] : text.split(',')) {
		if (option === 'ro') options = {...options, readOnly: true};
		else if (option === 'rw') options = {...options, readOnly: false};
		else if (option === 'nocopy') options = {...options, nocopy: true};
		else if (option === 'z' || option === 'Z') options = {...options, selinux: option};
		else if (propagations.includes(option)) options = {...options, propagation: option};
		else if (!['cached', 'delegated', 'consistent', 'default'].includes(option)) throw fault(line.at, path, `has the unknown option ${JSON.stringify(option)}`);
	}
	return options;
};

/** `[SOURCE:]TARGET[:OPTIONS]` as the long form. */
export const volumeSyntax = (value: Scalar, path: string): Value => {
	const line = String(value.value);
	const parts = line.split(':');
	if (line === '' || parts.length > 3 || parts.includes('')) throw fault(value.at, path, `must be [SOURCE:]TARGET[:OPTIONS], not ${JSON.stringify(line)}`);
	const [source, target] = parts.length === 1 ? [undefined, parts[0]!] : [parts[0], parts[1]!];
	const {readOnly, nocopy, propagation, selinux} = optionsOf(parts[2] ?? '', value, path);
	const isBind = source !== undefined && isPath(source);
	return mapping(
		{
			type: isBind ? 'bind' : 'volume',
			source,
			target: posix.normalize(target).replace(/(.)\/$/, '$1'),
			read_only: readOnly || undefined,
			...(isBind
				? {bind: mapping({create_host_path: true, propagation, selinux}, value.at)}
				: {volume: mapping({nocopy: nocopy || undefined}, value.at)}),
		},
		value.at,
	);
};
