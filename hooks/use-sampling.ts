import {useEffect} from 'react';
import {useApp} from './app-context.ts';

/** Stats are sampled only while something that shows them is mounted; undefined is something that does not. */
export const useSampling = (network: 'none' | 'all' | string | undefined): void => {
	const {sampler} = useApp();
	useEffect(() => (network === undefined ? undefined : sampler.hold({network: network === 'none' || network === 'all' ? network : [network]})), [sampler, network]);
};
