import {mkdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const service = (at: number): string => `  service-${at}:
    image: \${REGISTRY:-example.test}/service-${at}:1
    command: ["serve", "--port", "8080"]
    environment:
      NUMBER: "${at}"
      LEVEL: \${LEVEL:-info}
    labels: {of: bench}
    networks: [front, back]
    volumes:
      - data-${at}:/data
      - ./conf:/etc/service:ro
    ports: ["${20_000 + at}:8080"]
    healthcheck:
      test: wget -qO- http://localhost:8080/
      interval: 10s
    restart: unless-stopped
    deploy: {resources: {limits: {memory: 64m}}}
${at === 0 ? '' : `    depends_on:\n      service-${Math.floor(at / 2)}: {condition: service_${at % 3 === 0 ? 'healthy' : 'started'}}\n`}`;

/** Writes a project of services that depend on each other like a tree, about 20 lines each; answers its folder and how many lines it has. */
export const writeProject = (folder: string, count: number): {readonly folder: string; readonly lines: number} => {
	const numbers = Array.from({length: count}, (_, at) => at);
	const text = `name: bench\nservices:\n${numbers.map(service).join('')}networks: {front: , back: }\nvolumes:\n${numbers.map(at => `  data-${at}:\n`).join('')}`;
	const whole = join(folder, `project-${count}`);
	mkdirSync(whole, {recursive: true});
	writeFileSync(join(whole, 'compose.yaml'), text);
	return {folder: whole, lines: text.split('\n').length - 1};
};
