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

/** `containerd.runc.v1.Options` with binary_name (6) and root (7), the two a lab sets. */
export const runcOptions = (binary: string, root: string): TypedBytes => ({
	typeUrl: 'containerd.runc.v1.Options',
	value: Buffer.concat([textField(6, binary), textField(7, root)]),
});
