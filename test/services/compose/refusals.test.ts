import {describe, expect, test} from 'vitest';
import {sentence} from '../../../source/errors.ts';
import {loadFiles, service} from './project-files.ts';

const refusal = async (...wanted: Parameters<typeof loadFiles>): Promise<string> => {
	try {
		await loadFiles(...wanted);
	} catch (error) {
		return sentence(error);
	}
	return 'nothing was refused';
};

describe('what is wrong in a file is told with its place and its key', () => {
	test.each([
		['imgae: y', '4:5: services.web.imgae is not a key of the Compose Specification — did you mean image?'],
		['nonsense: y', '4:5: services.web.nonsense is not a key of the Compose Specification'],
		['ports: 80', '4:12: services.web.ports must be a list, not 80'],
		['ports: [eighty]', '4:13: services.web.ports[0] has no port in "eighty" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: ["80:81:82:83"]', '4:13: services.web.ports[0] has no port in "80:81:82:83" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: ["1.2.3:80:80"]', '4:13: services.web.ports[0] has "1.2.3" for an address in "1.2.3:80:80" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: ["80-82:80-81"]', '4:13: services.web.ports[0] has ranges of different length in "80-82:80-81" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: ["70000"]', '4:13: services.web.ports[0] has no port in "70000" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: ["80/xyz"]', '4:13: services.web.ports[0] has the unknown protocol xyz in "80/xyz" — write [[IP:]PUBLISHED:]TARGET[/PROTOCOL]'],
		['ports: [{published: 80}]', '4:13: services.web.ports[0] needs target'],
		['privileged: maybe', '4:17: services.web.privileged must be true or false, not "maybe"'],
		['mem_limit: much', '4:16: services.web.mem_limit must be a size such as 64m, not "much"'],
		['cpus: many', '4:11: services.web.cpus must be a number, not "many"'],
		['scale: 1.5', '4:12: services.web.scale must be a whole number, not 1.5 — put it in quotes'],
		['stop_grace_period: soon', '4:24: services.web.stop_grace_period must be a duration such as 1m30s, not "soon"'],
		['hostname: 5', '4:15: services.web.hostname must be a string, not 5 — put it in quotes'],
		['environment: text', '4:18: services.web.environment must be a mapping or a list, not "text"'],
		['environment: {A: {b: c}}', '4:22: services.web.environment.A must be a string, a number or true or false, not a mapping'],
		['command: "open \'quote"', "4:14: services.web.command has no closing '"],
		['restart: sometimes', '4:14: services.web.restart must be "no", always, unless-stopped or on-failure[:times], not "sometimes"'],
		['pull_policy: perhaps', '4:18: services.web.pull_policy must be always, never, missing, if_not_present, build, daily, weekly or every_<duration>, not "perhaps"'],
		['volumes: ["a:b:c:d"]', '4:15: services.web.volumes[0] must be [SOURCE:]TARGET[:OPTIONS], not "a:b:c:d"'],
		['volumes: ["/a:/b:rx"]', '4:15: services.web.volumes[0] has the unknown option "rx"'],
		['volumes: [":/b"]', '4:15: services.web.volumes[0] must be [SOURCE:]TARGET[:OPTIONS], not ":/b"'],
		['volumes: [{type: odd, target: /x}]', '4:22: services.web.volumes[0].type must be one of bind, volume, tmpfs, cluster, npipe, image, not "odd"'],
		['depends_on: {x: {condition: whenever}}', '4:33: services.web.depends_on.x.condition must be one of service_started, service_healthy, service_completed_successfully, not "whenever"'],
		['extra_hosts: [nowhere]', '4:19: services.web.extra_hosts[0] must be HOST:IP, not "nowhere"'],
		['devices: ["/a:/b:r:x"]', '4:15: services.web.devices[0] must be SOURCE[:TARGET[:PERMISSIONS]], not "/a:/b:r:x"'],
		['sysctls: [kernel]', '4:15: services.web.sysctls[0] must be NAME=value, not "kernel"'],
		['ulimits: {nofile: {soft: 1}}', '4:23: services.web.ulimits.nofile needs hard'],
		['healthcheck: {test: [curl]}', '4:19: services.web.healthcheck.test must begin with CMD, CMD-SHELL or NONE'],
		['labels: {a: "${B!}"}', '4:17: services.web.labels.a: "${B!}" is not a valid use of a variable — write $$ for a dollar sign'],
		['labels: {a: "${B:?is missing}"}', '4:17: services.web.labels.a: the variable B is required: is missing — set B in the environment or in .env'],
		['networks: [nowhere]', '4:16: services.web.networks.nowhere refers to the network nowhere, which is not defined — add nowhere to the top-level networks'],
		['volumes: ["nowhere:/x"]', '4:5: services.web.volumes refers to the volume nowhere, which is not defined — add nowhere to the top-level volumes'],
		['secrets: [nothing]', '4:5: services.web.secrets refers to the secret nothing, which is not defined — add nothing to the top-level secrets'],
		['depends_on: [nobody]', '4:18: services.web.depends_on.nobody refers to the service nobody, which is not defined'],
		['network_mode: service:nobody', '4:5: services.web.network_mode refers to the service nobody, which is not defined'],
		['network_mode: host\nnetworks: [default]', '4:5: services.web.network_mode can not be combined with networks'],
		['scale: 2\ndeploy: {replicas: 3}', '4:5: services.web.scale and deploy.replicas must be the same'],
		['scale: 2\ncontainer_name: own', '5:5: services.web.container_name can not be given to 2 containers'],
		['scale: -1', '4:5: services.web.scale must not be negative'],
		['tmpfs: [/a]\nvolumes: [/a]', '5:5: services.web.volumes mounts /a, which tmpfs mounts too'],
		['mem_limit: 1m\ndeploy: {resources: {limits: {memory: 2m}}}', '4:5: services.web.mem_limit and deploy.resources.limits.memory must be the same'],
		['develop: {watch: [{path: ., action: sync}]}', '4:15: services.web.develop.watch needs a target for the action sync'],
		['extends: nobody', '4:14: services.web.extends refers to the service nobody, which {}/compose.yaml does not have'],
		['labels: !unknown {a: b}', '4:22: has the unknown tag !unknown'],
	])('%s', async (keys, message) => {
		expect(await refusal(service(keys))).toBe(`{}/compose.yaml:${message}`);
	});

	test.each([
		['servces: {}', '1:1: servces is not a key of the Compose Specification — did you mean services?'],
		['services: [a]', '1:11: services must be a mapping, not a list'],
		['services: {"a b": {image: x}}', '1:12: services has the name "a b" — use letters, digits, dots, hyphens and underscores'],
		['services: {web: {}}', '1:12: services.web needs an image or a build'],
		['services: {web: }', '1:12: services.web needs an image or a build'],
		['services: {web: {image: a}, web: {image: b}}', '1:29: is not YAML: Map keys must be unique'],
		['services:\n\tweb: {}', '2:1: is not YAML: Tabs are not allowed as indentation'],
		['just text', '1:1: the file must be a mapping'],
		['services: {web: {image: *gone}}', '1:25: there is no anchor gone before this'],
		['services: {web: &a {image: x, x-self: *a}}', '1:39: the anchor a contains itself'],
		['services: {a: {image: x, container_name: same}, b: {image: x, container_name: same}}', '1:63: services.b.container_name is same, as that of the service a'],
		['services: {a: {image: x, depends_on: [b]}, b: {image: x, depends_on: [c]}, c: {image: x, network_mode: "service:a"}}', '1:26: services.a.depends_on goes in a circle: a → b → c → a'],
		['services: {a: {extends: b}, b: {extends: a}}', '1:25: services.a.extends goes in a circle: a in {}/compose.yaml, which extends b in {}/compose.yaml, which extends a in {}/compose.yaml'],
		['services: {a: {image: x}}\nsecrets: {s: {}}', '2:11: secrets.s needs one of file, environment'],
		['services: {a: {image: x}}\nconfigs: {c: {file: ./a, content: b}}', '2:11: configs.c can not have both file and content'],
		['services: {a: {image: x}}\nvolumes: {v: {external: true, driver: local}}', '2:31: volumes.v.driver can not be said of what is external'],
		['services: {a: {image: x, depends_on: [b]}, b: {image: x, profiles: [p]}}', '1:39: services.a.depends_on.b refers to the service b, whose profile is not active — activate it: --profile p'],
		['include: [missing.yaml]', undefined],
	])('%s', async (text, message) => {
		const told = await refusal({'compose.yaml': text});
		expect(told).toBe(message === undefined ? 'Could not read {}/missing.yaml: it is not there' : `{}/compose.yaml:${message}`);
	});

	test('anchors that stand for more than a machine holds', async () => {
		const lines = ['a: &a [x, x, x, x, x, x, x, x, x, x]', ...'bcdefghij'.split('').map((name, at) => `${name}: &${name} [${Array(10).fill(`*${'abcdefghi'[at]}`).join(', ')}]`)];
		const text = `x-bomb:\n${lines.map(line => `  ${line}\n`).join('')}services: {web: {image: x}}\n`;
		const before = process.memoryUsage().heapUsed;
		expect(await refusal({'compose.yaml': text})).toMatch(/^\{\}\/compose\.yaml:\d+:\d+: the anchors used here stand for more than 200000 values$/);
		expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
	});

	test('a file nested without end', async () => {
		expect(await refusal({'compose.yaml': `x-deep: ${'['.repeat(500)}${']'.repeat(500)}`})).toMatch(/is nested more than 100 deep$/);
	});

	test('one file of several, and the right one', async () => {
		const files = {'compose.yaml': 'services: {web: {image: x}}\n', 'compose.override.yaml': 'services:\n  web:\n    ports: no\n'};
		expect(await refusal(files)).toBe('{}/compose.override.yaml:3:12: services.web.ports must be a list, not "no"');
	});

	test('includes in a circle, and conflicts between them', async () => {
		expect(await refusal({'compose.yaml': 'include: [a.yaml]', 'a.yaml': 'include: [compose.yaml]'})).toBe('{}/a.yaml:1:11: include goes in a circle: {}/compose.yaml → {}/a.yaml → {}/compose.yaml');
		expect(await refusal({'compose.yaml': 'include: [a.yaml]\nservices: {web: {image: x}}', 'a.yaml': 'services: {web: {image: y}}'})).toBe(
			'{}/compose.yaml:1:11: include brings services.web of {}/a.yaml:1:17, which {}/compose.yaml:2:12 defines too — override it in a later file instead',
		);
	});

	test.each([
		[{}, {}, 'there is no compose file in {} or above it — name one with -f, or add compose.yaml'],
		[{'compose.yaml': ''}, {}, '{}/compose.yaml: there is nothing in it'],
		[service('env_file: gone.env'), {}, 'Could not read {}/gone.env: it is not there'],
		[service(''), {envFiles: ['gone.env']}, 'Could not read {}/gone.env: it is not there'],
		[service(''), {files: ['.']}, 'Could not read {}: it is a directory'],
		[service(''), {projectName: 'No Good'}, '"No Good" can not be the name of a project — use small letters, digits, hyphens and underscores, beginning with a letter or a digit'],
		[{...service(''), '.env': 'A B=1'}, {}, '{}/.env:1: "A B=1" is not NAME=value'],
	])('%j %j', async (files, options, message) => {
		expect(await refusal(files, options)).toBe(message);
	});
});
