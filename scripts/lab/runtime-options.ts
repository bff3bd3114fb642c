import type {TypedBytes} from '../../source/model/container.ts';

const textField = (number: number, text: string): Buffer => {
	const bytes = Buffer.from(text);
	const length = [];
	for (let rest = bytes.length; ; rest >>>= 7) {
		if (rest < 0x80) {
			length.push(rest);
			break;
		}

		length.push((rest & 0x7f) | 0x80);
	}

	return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
};

/** `containerd.runc.v1.Options` with root (7). The binary stays unnamed: the shim finds runc on the PATH that the lab gave the daemon. */
export const runcOptions = (root: string): TypedBytes => ({typeUrl: 'containerd.runc.v1.Options', value: textField(7, root)});
