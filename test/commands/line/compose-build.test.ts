import {expect, test} from 'vitest';
import {withBuildFlags} from '../../../source/commands/line/compose/build.ts';
import {loadFiles} from '../../services/compose/project-files.ts';

const text = 'services: {web: {image: w}, tool: {build: {context: ., args: {A: file, B: file}}}}';

test("the command line's arguments go over the file's, and a bare name takes what the environment has", async () => {
	const {project} = await loadFiles({'compose.yaml': text}, {projectName: 'p', env: {FROM: 'outside'}});
	const {services} = withBuildFlags(project, {args: ['A=line', 'FROM', 'NOWHERE'], noCache: true, pull: false, ssh: ['default', 'k=/s']});
	expect(services['tool']?.build).toMatchObject({args: {A: 'line', B: 'file', FROM: 'outside', NOWHERE: null}, no_cache: true, ssh: {default: null, k: '/s'}});
	expect(services['tool']?.build).not.toHaveProperty('pull');
	expect(services['web']).toEqual(project.services['web']);
});
