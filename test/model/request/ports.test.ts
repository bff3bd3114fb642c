import {describe, expect, test} from 'vitest';
import {parseExposed, parsePorts} from '../../../source/model/request/index.ts';

const short = (text: string) => parsePorts(text).map(({HostIP, HostPort, ContainerPort, Protocol}) => `${HostIP} ${HostPort}>${ContainerPort}/${Protocol}`);

describe('-p', () => {
	test.each<[string, readonly string[]]>([
		['80', ['0.0.0.0 0>80/tcp']],
		['8080:80', ['0.0.0.0 8080>80/tcp']],
		['8080:80/udp', ['0.0.0.0 8080>80/udp']],
		['8080:80/SCTP', ['0.0.0.0 8080>80/sctp']],
		['127.0.0.1:8080:80', ['127.0.0.1 8080>80/tcp']],
		['127.0.0.1::80', ['127.0.0.1 0>80/tcp']],
		['0.0.0.0:1:65535', ['0.0.0.0 1>65535/tcp']],
		['[::1]:8080:80', ['::1 8080>80/tcp']],
		['[::]::80/udp', [':: 0>80/udp']],
		['3000-3002:8000-8002', ['0.0.0.0 3000>8000/tcp', '0.0.0.0 3001>8001/tcp', '0.0.0.0 3002>8002/tcp']],
		['80-81', ['0.0.0.0 0>80/tcp', '0.0.0.0 0>81/tcp']],
		['127.0.0.1:53-54:53-54/udp', ['127.0.0.1 53>53/udp', '127.0.0.1 54>54/udp']],
		['5-5:80', ['0.0.0.0 5>80/tcp']],
		[':80', ['0.0.0.0 0>80/tcp']],
	])('%s', (text, expected) => expect(short(text)).toEqual(expected));

	test('of a range for one port any will do', () => {
		expect(parsePorts('127.0.0.1:3000-3001:80/udp')).toEqual([{HostPort: 0, ContainerPort: 80, Protocol: 'udp', HostIP: '127.0.0.1', choices: {first: 3000, last: 3001}}]);
	});

	test.each<[string, string]>([
		['', 'no port of the container is said'],
		['8080:', 'no port of the container is said'],
		['8080:80/icmp', 'invalid protocol "icmp"'],
		['8080:80/tcp/udp', 'too many slashes'],
		['1:2:3:4', 'too many colons'],
		['::1:80:80', 'too many colons'],
		['localhost:80:80', 'invalid ip address: localhost'],
		['1.2.3:80:80', 'invalid ip address: 1.2.3'],
		['[::x]:80:80', 'invalid ip address: ::x'],
		['web:80', 'invalid hostPort: web'],
		['80:web', 'invalid containerPort: web'],
		['80:0', 'invalid containerPort: 0'],
		['0:80', 'no port of this machine is 0'],
		['127.0.0.1:0-1:80-81', 'no port of this machine is 0'],
		['80:65536', 'invalid containerPort: 65536'],
		['90-80:90-80', 'invalid containerPort: 90-80'],
		['-5:80', 'invalid hostPort: -5'],
		['80-82:80-81', 'differ in length'],
		['3000:80-81', 'differ in length'],
	])('%j is refused', (text, message) => expect(() => parsePorts(text)).toThrow(message));
});

describe('--expose', () => {
	test.each<[string, readonly string[]]>([
		['80', ['80/tcp']],
		['53/UDP', ['53/udp']],
		['80-82/tcp', ['80/tcp', '81/tcp', '82/tcp']],
	])('%s', (text, expected) => expect(parseExposed(text)).toEqual(expected));

	test.each(['', 'web', '80/icmp', '80/tcp/x', '0', '82-80'])('%j is refused', text => expect(() => parseExposed(text)).toThrow("can't expose"));
});
