/** The shapes that components draw. They come through here so that a component sees the world only through hooks. */
export type {
	BuildRow,
	Choice,
	ContainerRow,
	GroupRow,
	ImageRow,
	Overlay,
	PaneId,
	ProjectRow,
	ServiceRow,
	Row,
	NetworkRow,
	SnapshotRow,
	SnapshotterRow,
	State,
	VolumeRow,
	View,
} from '../source/store/index.ts';
export type {ProcessRow} from '../source/services/containers/types.ts';
export type {HistoryEntry, ImageDetails, PlatformImage} from '../source/services/images/types.ts';
