import {describe, expect, test} from 'vitest';
import {fakeDaemon, openScreen} from './harness.tsx';
import {addApp, addWholeImage, ask} from './world.ts';

const open = async () => {
	const daemon = await fakeDaemon();
	addWholeImage(daemon, 'docker.io/library/app:1', ['COPY app /']);
	addApp(daemon, 'web', {image: 'docker.io/library/app:1'});
	const screen = await openScreen(daemon, {environment: {HOME: '/nowhere'}});
	await screen.until((frame) => frame.includes('● web') && frame.includes('app:1 '));
	return {daemon, screen};
};

describe('n', () => {
	test('shows the command line that the fields come to', async () => {
		const {screen} = await open();
		screen.press('n');
		await screen.until('Run a container');
		await screen.until('Type the name of an image');
		screen.type('app');
		await screen.until(/│ {14}app:1 /);
		screen.press('tab');
		await screen.until('$ nerdctl run -d app:1');
		screen.press('down');
		screen.type('api');
		screen.press('down');
		screen.type('8080:80');
		screen.press('down');
		screen.type(`GREETING='two words'`);
		await screen.until("$ nerdctl run -d --name api -p 8080:80 -e 'GREETING=two words' app:1");
		screen.press('down', 'down', 'down', 'right');
		await screen.until('--restart always');
	});

	test('says what is wrong while it is typed, as the command line would, and does not go on', async () => {
		const {screen, daemon} = await open();
		screen.press('n');
		await screen.until('Run a container');
		screen.type('app:1');
		screen.press('down', 'down');
		screen.type('99999:80');
		screen.press('enter');
		await screen.until(/✗ .*99999/);
		await screen.until(/Ports +99999:80/);
		screen.press('esc');
		await screen.until((frame) => !frame.includes('Run a container'));
		expect(await ask(daemon).containers.list('default')[Symbol.asyncIterator]().next()).toMatchObject({value: [{id: expect.anything()}]});
	});

	test('a flag that is not honoured is refused by name', async () => {
		const {screen} = await open();
		screen.press('n');
		await screen.until('Run a container');
		screen.type('app:1');
		screen.press('up');
		screen.type('--gpus all');
		await screen.until(/--gpus/);
		await screen.until(/gpus.*not/);
	});

	test('in the images pane it is the image under the cursor', async () => {
		const {screen} = await open();
		screen.press('2', 'n');
		await screen.until('$ nerdctl run -d app:1');
	});

	test('is refused where nothing may change', async () => {
		const daemon = await fakeDaemon();
		const screen = await openScreen(daemon, {readonly: true});
		await screen.until('2.1.9+fake');
		screen.press('n');
		await screen.until(/read-?only/);
		expect(screen.frame()).not.toContain('Run a container');
	});
});
