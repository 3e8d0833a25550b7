/** Loaded into a process before its own program: its intervals are shorter then. */
import { defaultHeartbeatLimits } from '../../src/recording/stream/heartbeat.ts';
import { defaultStreamMonitorLimits } from '../../src/recording/stream/stream-monitor.ts';

Object.assign(defaultHeartbeatLimits, {
  compareEveryMs: 3000,
  graceMs: 1000,
  againMs: 2000,
  sameSilenceMs: 6000,
  retryMs: 1000,
} satisfies Partial<typeof defaultHeartbeatLimits>);
Object.assign(defaultStreamMonitorLimits, {
  checkEveryMs: 500,
  lastsMs: 2000,
} satisfies Partial<typeof defaultStreamMonitorLimits>);
