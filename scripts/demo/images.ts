import {busyboxImage, scriptsLayer} from '../lab/busybox.ts';
import type {LabImage} from '../lab/image.ts';
import * as scripts from './scripts.ts';

export type DemoImages = {
	readonly tools: LabImage;
	readonly web: LabImage;
	readonly api: LabImage;
	readonly database: LabImage;
	readonly controller: LabImage;
	/** A second name for the bytes of `tools`. */
	readonly toolsLatest: LabImage;
};

const app = (name: string, script: string, settings: Parameters<typeof busyboxImage>[1] = {}): LabImage =>
	busyboxImage(name, {
		extraLayers: [scriptsLayer({'app/run.sh': script})],
		settings: {
			command: ['/app/run.sh'],
			labels: {'org.opencontainers.image.title': name.slice(name.lastIndexOf('/') + 1, name.lastIndexOf(':'))},
			...settings.settings,
		},
	});

/** All on the same base, as images of one team are. */
export const demoImages = (): DemoImages => {
	const tools = busyboxImage('localhost/demo/tools:1', {
		extraLayers: [
			scriptsLayer({
				'app/mailer.sh': scripts.mailer,
				'app/ticker.sh': scripts.ticker,
				'app/burner.sh': scripts.burner,
				'app/painter.sh': scripts.painter,
				'app/importer.sh': scripts.importer,
				'app/idle.sh': scripts.idle,
			}),
		],
		settings: {command: ['/app/idle.sh'], environment: ['PATH=/app:/usr/bin:/bin', 'TZ=UTC']},
	});
	return {
		tools,
		web: app('localhost/shop/web:1.4', scripts.web, {settings: {exposedPorts: ['8080/tcp'], environment: ['PATH=/bin', 'PORT=8080']}}),
		api: app('localhost/shop/api:2.0', scripts.api, {settings: {exposedPorts: ['9000/tcp'], environment: ['PATH=/bin', 'LOG_FORMAT=json']}}),
		database: app('localhost/shop/db:16', scripts.database, {settings: {environment: ['PATH=/bin', 'PGDATA=/var/lib/data']}}),
		controller: app('localhost/kube/controller:0.9', scripts.criLog),
		toolsLatest: {...tools, name: 'localhost/demo/tools:latest'},
	};
};
