import {expect, test} from 'vitest';
import {sentence} from '../../../source/errors.ts';
import {applyChanges} from '../../../source/services/images/rewrite/changes.ts';

test.each([
	['CMD ["a", "b c"]', {Cmd: ['a', 'b c']}],
	['cmd echo "$HOME"', {Cmd: ['/bin/sh', '-c', 'echo "$HOME"']}],
	['ENTRYPOINT ["/init"]', {Entrypoint: ['/init']}],
	['ENV B=2 C="x y"', {Env: ['A=1', 'B=2', 'C=x y']}],
	["ENV A='over it'", {Env: ['A=over it']}],
	['ENV D one two', {Env: ['A=1', 'D=one two']}],
	['LABEL a.b=c "d e"=f', {Labels: {'a.b': 'c', 'd e': 'f'}}],
	['EXPOSE 80 53/udp', {ExposedPorts: {'80/tcp': {}, '53/udp': {}}}],
	['VOLUME ["/a b"]', {Volumes: {'/a b': {}}}],
	['VOLUME /a /b', {Volumes: {'/a': {}, '/b': {}}}],
	['USER 1000:1000', {User: '1000:1000'}],
	['WORKDIR /srv/my app', {WorkingDir: '/srv/my app'}],
	['STOPSIGNAL SIGINT', {StopSignal: 'SIGINT'}],
])('%s', (line, changed) => {
	expect(applyChanges({Env: ['A=1']}, [line])).toEqual({Env: ['A=1'], ...changed});
});

test.each(['RUN rm -rf /', 'CMD', '', 'ENV A', 'LABEL =x'])('%j is refused', line => {
	expect(() => applyChanges({}, [line])).toThrow(/can't be made/);
	try {
		applyChanges({}, [line]);
	} catch (error) {
		expect(sentence(error)).toContain('known are CMD, ENTRYPOINT');
	}
});
