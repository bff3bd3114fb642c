import {Failure} from '../../errors.ts';
import {bridgePlugins} from '../../model/cni-network.ts';
import type {NetworkSpec} from './types.ts';

type Config = Readonly<Record<string, unknown>>;

/** nerdctl's words for an option, docker's too. */
const words = {
	mtu: ['mtu', 'com.docker.network.driver.mtu'],
	ipMasq: ['ip-masq', 'com.docker.network.bridge.enable_ip_masquerade'],
	icc: ['icc', 'com.docker.network.bridge.enable_icc'],
	mode: ['mode', 'macvlan_mode', 'ipvlan_mode'],
	parent: ['parent'],
} as const;

type Word = keyof typeof words;

const optionsOf = ({driver, options}: NetworkSpec, allowed: readonly Word[]): Readonly<Partial<Record<Word, string>>> =>
	Object.fromEntries(
		Object.entries(options).map(([key, value]) => {
			const word = allowed.find(each => (words[each] as readonly string[]).includes(key));
			if (word === undefined || (key.endsWith('_mode') && key !== `${driver}_mode`)) throw new Failure('invalid', `unsupported ${JSON.stringify(driver)} network option ${JSON.stringify(key)}`);
			return [word, value];
		}),
	);

const booleanOf = (text: string | undefined, otherwise: boolean, name: string): boolean => {
	if (text === undefined) return otherwise;
	if (/^(1|t|true)$/i.test(text)) return true;
	if (/^(0|f|false)$/i.test(text)) return false;
	throw new Failure('invalid', `the network option ${name} is ${JSON.stringify(text)}, not true or false`);
};

const mtuOf = (text: string | undefined): number => {
	if (text === undefined || text === '') return 0;
	if (!/^\d+$/.test(text)) throw new Failure('invalid', `mtu ${JSON.stringify(text)} is no number of bytes`);
	return Number(text);
};

/** What the firewall plugin can do: `isolated` since 1.7.1. */
export type Abilities = {readonly isolates: boolean};

const bridge = (spec: NetworkSpec, ipam: Config, {isolates}: Abilities): readonly Config[] => {
	const {mtu, ipMasq, icc} = optionsOf(spec, ['mtu', 'ipMasq', 'icc']);
	const mayTalk = booleanOf(icc, true, 'icc');
	if (!mayTalk && !isolates) {
		throw new Failure('unsupported', 'The firewall plugin of this machine can not keep the containers of a network apart (icc=false)', {
			hint: 'install CNI plugins 1.7.1 or newer',
		});
	}
	return bridgePlugins(spec.name, {
		...{ipam, isInternal: spec.internal, ipMasq: booleanOf(ipMasq, true, 'ip-masq'), mtu: mtuOf(mtu), ipv6: spec.ipv6},
		ingressPolicy: mayTalk ? 'same-bridge' : 'isolated',
	});
};

const modes: Readonly<Record<string, readonly string[]>> = {macvlan: ['bridge'], ipvlan: ['l2', 'l3']};

const vlan = (spec: NetworkSpec, ipam: Config): readonly Config[] => {
	const {mtu, mode, parent} = optionsOf(spec, ['mtu', 'mode', 'parent']);
	if (mode !== undefined && !modes[spec.driver]!.includes(mode)) throw new Failure('invalid', `unknown ${spec.driver} mode ${JSON.stringify(mode)}`, {hint: `use ${modes[spec.driver]!.join(' or ')}`});
	const size = mtuOf(mtu);
	return [
		{
			type: spec.driver,
			master: parent ?? '',
			...(mode === undefined ? {} : {mode}),
			...(size > 0 ? {mtu: size} : {}),
			ipam,
			...(spec.ipv6 ? {capabilities: {ips: true}} : {}),
		},
	];
};

export const pluginsFor = (spec: NetworkSpec, ipam: Config, abilities: Abilities): readonly Config[] => {
	if (spec.driver === 'bridge') return bridge(spec, ipam, abilities);
	if (Object.hasOwn(modes, spec.driver)) return vlan(spec, ipam);
	throw new Failure('invalid', `unsupported cni driver ${JSON.stringify(spec.driver)}`, {hint: 'use bridge, macvlan or ipvlan'});
};
