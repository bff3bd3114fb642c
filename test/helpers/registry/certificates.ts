import {execa} from 'execa';
import {join} from 'node:path';

export type Certificates = {
	/** Paths of PEM files. `expired` is signed by `ca` and ran out yesterday. */
	readonly ca: string;
	readonly server: {readonly certificate: string; readonly key: string};
	readonly expired: {readonly certificate: string; readonly key: string};
	readonly client: {readonly certificate: string; readonly key: string};
};

const openssl = async (folder: string, ...args: readonly string[]): Promise<void> => {
	await execa('openssl', args, {cwd: folder});
};

const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';

/** An authority of our own and what it signs, made by openssl in the folder. */
export const makeCertificates = async (folder: string): Promise<Certificates> => {
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	await openssl(folder, 'req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=lab authority');
	const sign = async (name: string, days: string): Promise<{certificate: string; key: string}> => {
		await openssl(folder, 'req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, '-addext', names);
		const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-copy_extensions', 'copy'];
		await openssl(folder, 'x509', '-req', '-in', `${name}.csr`, ...signer, '-days', days, '-out', `${name}.crt`);
		return {certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`)};
	};
	return {
		ca: join(folder, 'ca.crt'),
		server: await sign('server', '30'),
		client: await sign('client', '30'),
		expired: await sign('expired', '-1'),
	};
};
