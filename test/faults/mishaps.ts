/** What can happen to a world, each with its end, to be drawn from: one after another, or several at once. */
import type { SidecarName } from '../../addon/sidecars/sidecars.ts';
import type { World } from './world.ts';

export interface Mishap {
  readonly name: string;
  begin(world: World): Promise<void> | void;
  end(world: World): Promise<void> | void;
}

const ofStore = (store: SidecarName): Mishap[] => [
  {
    name: `${store} killed`,
    begin: (world) => world.process.sidecars.kill(store, 'SIGKILL'),
    end: (world) => world.process.sidecars.answering(store),
  },
  {
    name: `${store} hangs`,
    begin: (world) => world.process.sidecars.kill(store, 'SIGSTOP'),
    end: (world) => world.process.sidecars.kill(store, 'SIGCONT'),
  },
];

/** Those that leave something dead at once; the supervisors start it again. */
export const kills: readonly Mishap[] = [
  ...ofStore('questdb').slice(0, 1),
  ...ofStore('document-server').slice(0, 1),
  {
    name: 'process killed',
    begin: (world) => world.process.kill('SIGKILL'),
    end: (world) => world.process.start(),
  },
  {
    name: 'connection cut',
    begin: (world) => world.cables.homeAssistant.cut(),
    end: (world) => world.cables.homeAssistant.mend(),
  },
];

export const mishaps: readonly Mishap[] = [
  ...kills,
  ...ofStore('questdb').slice(1),
  ...ofStore('document-server').slice(1),
  {
    name: 'home silent',
    begin: (world) => world.cables.homeAssistant.hang(),
    // Such a connection is given up after a while; here at once, so that the test need not wait.
    end: async (world) => {
      world.cables.homeAssistant.cut();
      await world.cables.homeAssistant.mend();
    },
  },
  {
    name: 'writes cut',
    begin: (world) => world.cables.questdb.cutNext({ afterBytes: 300 }, 'at answer', 'at answer'),
    end: (world) => world.cables.questdb.mend(),
  },
  {
    name: 'QuestDB slow',
    begin: (world) => world.cables.questdb.slow(300),
    end: (world) => world.cables.questdb.mend(),
  },
];
