import {Failure, isAbort} from '../../errors.ts';
import {auxAddressesLabel} from '../../model/cni-network.ts';
import {goStruct} from '../../model/template-struct.ts';
import type {Network} from '../../services/networks/index.ts';
import {confirm} from './confirm.ts';
import {plainSentence} from './failures.ts';
import {labelsOf} from './labels-flag.ts';
import {parseFormat, print, printItems, printTable, refuseQuiet} from './output.ts';
import {defineLine} from './types.ts';

/** What nerdctl keeps for itself in a label is no label of the user's. */
const visibleLabels = ({labels}: Pick<Network, 'labels'>): Readonly<Record<string, string>> =>
	Object.fromEntries(Object.entries(labels).filter(([key]) => key !== auxAddressesLabel));

const labelsText = (labels: Readonly<Record<string, string>>): string =>
	Object.entries(labels)
		.map(([key, value]) => `${key}=${value}`)
		.sort()
		.join(',');

const matcher = (filter: string): ((network: Network) => boolean) | undefined => {
	const [, kind, value = ''] = /^(name|label)=(.*)$/s.exec(filter) ?? [];
	if (kind === 'name') {
		try {
			const pattern = new RegExp(value);
			return ({name}) => pattern.test(name);
		} catch (error) {
			throw new Failure('invalid', `${JSON.stringify(value)} is no regular expression`, {cause: error});
		}
	}
	if (kind !== 'label') return undefined;
	const at = value.indexOf('=');
	const [key, wanted] = at < 0 ? [value, undefined] : [value.slice(0, at), value.slice(at + 1)];
	return network => {
		const found = visibleLabels(network)[key];
		return found !== undefined && (wanted === undefined || found === wanted);
	};
};

const printable = ({id, name, labels, path}: Pick<Network, 'id' | 'name' | 'labels' | 'path'>) =>
	goStruct('network.networkPrintable', {ID: id.slice(0, 12), Name: name, Labels: labelsText(visibleLabels({labels}))}, {hidden: {file: path}});

/** They stand in no file, and are always there. */
const pseudo = (name: string) => ({id: '', name, labels: {}, path: ''});

export const networkList = defineLine({
	verbs: ['network ls', 'network list'],
	summary: 'List networks',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	needsDaemon: false,
	flags: {
		quiet: {type: 'boolean', shortFlag: 'q', help: 'Only display network IDs'},
		format: {type: 'string', default: '', placeholder: 'FORMAT', help: "table, json or a Go template such as '{{.Name}}'"},
		filter: {type: 'string', shortFlag: 'f', isMultiple: true, splitsAtComma: true, placeholder: 'NAME=VALUE', help: 'Filter by name or label'},
	},
	async run(context) {
		const {services, global, signal, flags} = context;
		const format = parseFormat(flags.format, {wide: true});
		refuseQuiet(format, flags.quiet);
		const matchers = flags.filter.map(matcher).filter(each => each !== undefined);
		const networks = (await services.networks.list(global.namespace, {signal})).filter(network => matchers.every(matches => matches(network)));
		const shown = [...networks, ...(flags.filter.length === 0 ? ['host', 'none'].map(pseudo) : [])];
		if (flags.quiet) await printTable(context, shown.filter(({id}) => id !== '').map(({id}) => [id.slice(0, 12)]));
		else if (format.kind === 'template' || format.kind === 'columns') await printItems(context, format, shown.map(printable));
		else await printTable(context, [['NETWORK ID', 'NAME', 'FILE'], ...shown.map(({id, name, path}) => [id.slice(0, 12), name, path])]);
		return 0;
	},
});

export const networkCreate = defineLine({
	verbs: ['network create'],
	summary: 'Create a network',
	usage: '[flags] NETWORK',
	arity: {least: 1, most: 1},
	needsDaemon: false,
	flags: {
		driver: {type: 'string', shortFlag: 'd', default: 'bridge', placeholder: 'DRIVER', help: 'bridge, macvlan or ipvlan'},
		opt: {type: 'string', shortFlag: 'o', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Set options of the driver: mtu, icc, ip-masq, mode, parent'},
		ipamDriver: {type: 'string', default: 'default', placeholder: 'DRIVER', help: 'Who gives addresses: default, host-local or dhcp'},
		ipamOpt: {type: 'string', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Set options of the address driver'},
		subnet: {type: 'string', isMultiple: true, placeholder: 'CIDR', help: 'Subnet of the network, such as 10.5.0.0/16'},
		gateway: {type: 'string', isMultiple: true, placeholder: 'IP', help: 'Gateway of a subnet'},
		ipRange: {type: 'string', isMultiple: true, placeholder: 'CIDR', help: 'Give containers addresses of this part of a subnet only'},
		auxAddress: {type: 'string', isMultiple: true, placeholder: 'NAME=IP', help: 'Never give this address to a container'},
		label: {type: 'string', isMultiple: true, placeholder: 'KEY=VALUE', help: 'Set metadata for a network'},
		ipv4: {type: 'boolean', default: true, help: 'Enable IPv4 (set to false together with --ipv6 for an IPv6-only network)'},
		ipv6: {type: 'boolean', help: 'Enable IPv6'},
		internal: {type: 'boolean', help: 'Restrict external access to the network'},
	},
	refused: {
		attachable: 'that is a word of swarm mode',
		configFrom: 'that is a word of swarm mode',
		configOnly: 'that is a word of swarm mode',
		ingress: 'that is a word of swarm mode',
		scope: 'that is a word of swarm mode',
	},
	async run(context) {
		const {services, global, signal, flags, args} = context;
		const {id} = await services.networks.create(
			global.namespace,
			{
				name: args[0] ?? '',
				...{driver: flags.driver, options: labelsOf(flags.opt, ''), ipamDriver: flags.ipamDriver, ipamOptions: labelsOf(flags.ipamOpt, '')},
				...{subnets: flags.subnet, gateways: flags.gateway, ipRanges: flags.ipRange, auxAddresses: flags.auxAddress},
				...{labels: labelsOf(flags.label, ''), ipv4: flags.ipv4, ipv6: flags.ipv6, internal: flags.internal},
			},
			{signal},
		);
		await print(context, `${id}\n`);
		return 0;
	},
});

/** As nerdctl: the exit code says whether anything at all was removed. */
export const networkRemove = defineLine({
	verbs: ['network rm', 'network remove'],
	summary: 'Remove one or more networks',
	usage: 'NETWORK [NETWORK, ...]',
	arity: {least: 1},
	flags: {},
	async run(context) {
		const {services, global, signal, args, stderr} = context;
		const removed: string[] = [];
		for (const name of args) {
			try {
				await services.networks.remove(global.namespace, name, {signal});
				removed.push(name);
			} catch (error) {
				if (isAbort(error)) throw error;
				stderr.write(`${plainSentence(error)}\n`);
			}
		}
		await print(context, removed.map(name => `${name}\n`).join(''));
		return removed.length > 0 ? 0 : 1;
	},
});

export const networkPrune = defineLine({
	verbs: ['network prune'],
	summary: 'Remove all unused networks',
	usage: '[flags]',
	arity: {least: 0, most: 0},
	flags: {force: {type: 'boolean', shortFlag: 'f', help: 'Do not prompt for confirmation'}},
	refused: {filter: 'select with network ls -q -f and remove with network rm'},
	async run(context) {
		const {services, global, signal, flags, stderr} = context;
		if (!flags.force && !(await confirm(context, 'WARNING! This will remove all custom networks not used by at least one container.'))) return 0;
		const {done, failed} = await services.networks.prune(global.namespace, {signal});
		if (done.length > 0) await print(context, `Deleted Networks:\n${done.join('\n')}\n\n`);
		for (const {error} of failed) stderr.write(`${plainSentence(error)}\n`);
		return failed.length > 0 ? 1 : 0;
	},
});

export const networkConnect = defineLine({
	verbs: ['network connect'],
	summary: 'Connect a container to a network, now and at every later start',
	usage: '[flags] NETWORK CONTAINER',
	arity: {least: 2, most: 2},
	flags: {
		ip: {type: 'string', placeholder: 'IP', help: 'IPv4 address, such as 172.30.100.104'},
		ip6: {type: 'string', placeholder: 'IP', help: 'IPv6 address, such as 2001:db8::33'},
		alias: {type: 'string', isMultiple: true, placeholder: 'NAME', help: 'One more name of the container on this network'},
	},
	refused: {link: 'containers of a network find one another by name', linkLocalIp: 'CNI gives no link-local addresses', driverOpt: 'an endpoint of CNI has no options', gwPriority: 'the first network has the default route'},
	async run({services, global, signal, flags, args}) {
		const [network = '', name = ''] = args;
		const container = await services.containers.find(global.namespace, name, {signal});
		await services.networks.connect(container, network, {
			signal,
			aliases: flags.alias,
			...(flags.ip === undefined ? {} : {ip: flags.ip}),
			...(flags.ip6 === undefined ? {} : {ip6: flags.ip6}),
		});
		return 0;
	},
});

export const networkDisconnect = defineLine({
	verbs: ['network disconnect'],
	summary: 'Disconnect a container from a network',
	usage: '[flags] NETWORK CONTAINER',
	arity: {least: 2, most: 2},
	flags: {force: {type: 'boolean', shortFlag: 'f', help: 'Forget the network also when it can not be left in order'}},
	async run({services, global, signal, flags, args}) {
		const [network = '', name = ''] = args;
		const container = await services.containers.find(global.namespace, name, {signal});
		await services.networks.disconnect(container, network, {signal, force: flags.force});
		return 0;
	},
});
