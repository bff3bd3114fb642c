import {expect, test} from 'vitest';
import {parseSources} from '../../scripts/lab/apt-sources.ts';

const stanza = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/archive.gpg

Types: deb
URIs: http://mirror.example/security
Suites: bookworm-security
Components: main
`;

const inlineKey = `Types: deb
URIs: http://mirror.example/ubuntu/ http://other.example/ubuntu/
Suites: noble noble-updates
Components: main universe
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
`;

const lines = `# deb http://mirror.example/old jammy main
deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/ubuntu jammy main restricted
deb http://mirror.example/ubuntu jammy-updates main
deb-src http://mirror.example/ubuntu jammy main
`;

test.each([
	['a stanza', stanza, 'bookworm', [{uri: 'http://mirror.example/debian', options: '[signed-by=/usr/share/keyrings/archive.gpg] ', components: 'main contrib'}]],
	['a stanza with its key inside', inlineKey, 'noble', [{uri: 'http://mirror.example/ubuntu/', options: '', components: 'main universe'}]],
	['a line', lines, 'jammy', [{uri: 'http://mirror.example/ubuntu', options: '[arch=amd64 signed-by=/k.gpg] ', components: 'main restricted'}]],
	['another release', stanza, 'trixie', []],
	['nothing', '', 'bookworm', []],
])('%s', (_, text, codename, sources) => {
	expect(parseSources(text, codename)).toEqual(sources);
});
