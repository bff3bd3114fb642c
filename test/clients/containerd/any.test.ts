import {describe, expect, it} from 'vitest';
import {fromAny, ociAny, typeNameOf} from '../../../source/clients/containerd/any.ts';

describe('typed bytes', () => {
	it.each([
		['io.containerd.cgroups.v2.Metrics', 'io.containerd.cgroups.v2.Metrics'],
		['type.googleapis.com/containerd.events.TaskExit', 'containerd.events.TaskExit'],
		['', ''],
	])('are known by the name in %j', (url, name) => {
		expect(typeNameOf(url)).toBe(name);
	});

	it('do not keep the message they came in alive', () => {
		const message = new Uint8Array(1000);
		const kept = fromAny({typeUrl: 'x', value: message.subarray(10, 20)});
		expect(kept.value.buffer.byteLength).toBe(10);
	});

	it('carry a process the way containerd’s typeurl writes one', () => {
		const {typeUrl, value} = ociAny('Process', {args: ['ls', 'ü']});
		expect(typeUrl).toBe('types.containerd.io/opencontainers/runtime-spec/1/Process');
		expect(JSON.parse(new TextDecoder().decode(value))).toEqual({args: ['ls', 'ü']});
	});
});
