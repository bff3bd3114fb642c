import {execFile} from 'node:child_process';
import {mkdirSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {promisify} from 'node:util';

/** Paths of PEM files. It is its own authority. */
export type Certificate = {readonly certificate: string; readonly key: string};

/** For 127.0.0.1, made by openssl. */
export const makeCertificate = async (parent: string): Promise<Certificate> => {
	const folder = join(parent, 'certificate');
	mkdirSync(folder, {recursive: true});
	const [certificate, key] = [join(folder, 'server.crt'), join(folder, 'server.key')];
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	await promisify(execFile)('openssl', ['req', '-x509', ...curve, '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=bench', '-addext', 'subjectAltName=IP:127.0.0.1']);
	return {certificate, key};
};

/** Whether somebody listens at `address:port`. */
export const isListening = async (host: string): Promise<boolean> =>
	new Promise(resolve => {
		const [address, port] = host.split(':');
		const socket = connect({host: address, port: Number(port)});
		const finish = (answer: boolean): void => {
			socket.destroy();
			resolve(answer);
		};
		socket.once('connect', () => finish(true));
		socket.once('error', () => finish(false));
	});
