import {describeContract} from './describe-contract.ts';
import {startFake} from './subjects.ts';

describeContract('the fake containerd', startFake, false);
