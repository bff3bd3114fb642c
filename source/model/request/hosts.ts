import {Failure} from '../../errors.ts';
import {parseAddress} from '../ip-network.ts';

/** `host:ip`, `host=ip`; `host-gateway` stands for this machine. Always answered with a colon. */
export const parseExtraHost = (text: string): string => {
	const match = /^([^:=\s]+)[:=](.+)$/.exec(text);
	const address = (match?.[2] ?? '').replace(/^\[(.*)\]$/, '$1');
	if (match === null || (address !== 'host-gateway' && parseAddress(address) === undefined)) throw new Failure('invalid', `bad format for add-host: ${JSON.stringify(text)}`, {hint: 'write it as host:ip, or host:host-gateway for this machine'});
	return `${match[1]}:${address}`;
};

/** An address that a flag says, of one family or of any. */
export const addressOf = (flag: string, text: string, family?: 4 | 6): string => {
	const address = parseAddress(text);
	if (address === undefined || (family !== undefined && address.family !== family)) throw new Failure('invalid', `--${flag} is ${JSON.stringify(text)}, which is no ${family === undefined ? 'IP' : `IPv${family}`} address`);
	return text;
};

/** Six bytes in any of the ways that Go reads, with colons. */
export const macOf = (text: string): string => {
	const hex = /^(?:[\da-f]{2}([:-]))(?:[\da-f]{2}\1){4}[\da-f]{2}$/i.test(text) ? text.replace(/[:-]/g, '') : /^(?:[\da-f]{4}\.){2}[\da-f]{4}$/i.test(text) ? text.replaceAll('.', '') : undefined;
	if (hex === undefined) throw new Failure('invalid', `address ${text}: invalid MAC address`, {hint: 'write it as 02:42:ac:11:00:02'});
	return (hex.toLowerCase().match(/../g) ?? []).join(':');
};
