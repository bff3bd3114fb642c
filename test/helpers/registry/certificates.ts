import {writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {execa} from 'execa';

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

/** `openssl ca` is the one way to sign for a time that is over which every version has. */
const authority = `[ca]
default_ca = lab
[lab]
database = index.txt
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
copy_extensions = copy
[any]
commonName = supplied
`;

const dayMs = 86_400_000;

/** ASN.1's GeneralizedTime. */
const timeAt = (ms: number): string => `${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`;

/** An authority of our own and what it signs, made by openssl in the folder. */
export const makeCertificates = async (folder: string): Promise<Certificates> => {
	const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
	await writeFile(join(folder, 'ca.cnf'), authority);
	await writeFile(join(folder, 'index.txt'), '');
	await openssl(folder, 'req', '-x509', ...curve, '-keyout', 'ca.key', '-out', 'ca.crt', '-days', '30', '-subj', '/CN=lab authority');
	const sign = async (name: string, fromDay: number, toDay: number): Promise<{certificate: string; key: string}> => {
		await openssl(folder, 'req', ...curve, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`, '-addext', names);
		const span = ['-startdate', timeAt(Date.now() + fromDay * dayMs), '-enddate', timeAt(Date.now() + toDay * dayMs)];
		await openssl(folder, 'ca', '-batch', '-notext', '-config', 'ca.cnf', '-cert', 'ca.crt', '-keyfile', 'ca.key', ...span, '-in', `${name}.csr`, '-out', `${name}.crt`);
		return {certificate: join(folder, `${name}.crt`), key: join(folder, `${name}.key`)};
	};
	return {
		ca: join(folder, 'ca.crt'),
		// From yesterday on, for clocks that differ.
		server: await sign('server', -1, 30),
		client: await sign('client', -1, 30),
		expired: await sign('expired', -3, -1),
	};
};
