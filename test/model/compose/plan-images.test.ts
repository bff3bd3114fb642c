import {expect, test} from 'vitest';
import {type ImagesOptions, planImages, printPlan} from '../../../source/model/compose/plan/index.ts';
import {loadFiles} from '../../services/compose/project-files.ts';

const text = `services:
  web: {image: w, depends_on: [api]}
  again: {image: w}
  api: {build: ., image: reg/api}
  tool: {build: {context: ., args: {A: file, B: file}}}
  never: {image: n, pull_policy: never}
  lazy: {image: l, pull_policy: if_not_present}
`;

const planned = async (options: ImagesOptions, images: Readonly<Record<string, string>> = {}): Promise<readonly string[]> => {
	const {project} = await loadFiles({'compose.yaml': text}, {projectName: 'p'});
	return printPlan(planImages(project, {images}, options)).trimEnd().split('\n');
};

test('each image comes once, as its policy says', async () => {
	expect(await planned({verb: 'pull'})).toEqual(['#1 pull image w: it was asked for', '#2 pull image reg/api: it was asked for', '#3 pull image l: it is not here']);
	expect(await planned({verb: 'pull', ignoreBuildable: true}, {w: 'd', l: 'd'})).toEqual(['#1 pull image w: it was asked for']);
	expect(await planned({verb: 'pull', onlyMissing: true}, {w: 'd'})).toEqual(['#1 pull image reg/api: it is not here', '#2 pull image l: it is not here']);
});

test('and is built where there is something to build', async () => {
	expect(await planned({verb: 'build'}, {'reg/api': 'd'})).toEqual(['#1 build image reg/api: it was asked for', '#2 build image p-tool: it was asked for']);
});
