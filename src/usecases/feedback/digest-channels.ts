import type { RecordStore } from "../../storage/contract.ts";

/** Which channels want the digest. */
export interface DigestChannels {
  /** `channel` is an id, or `#name`. */
  isOn(channel: string): Promise<boolean>;
  /** Switches it for a channel, by id. */
  set(channelId: string, isOn: boolean): Promise<void>;
  /** Remembers the id of a channel that the catalog knows by name only. */
  learn(channel: string, channelId: string): Promise<void>;
}

/** Creates it over any backend's records. */
export function createDigestChannels(records: RecordStore): DigestChannels {
  return {
    async isOn(channel) {
      const known = await records.get<string>("digest-names", channel.toLowerCase());
      const id = known?.value ?? channel;
      return (await records.get("digest-off", id)) === undefined;
    },
    async set(channelId, isOn) {
      if (isOn) await records.delete("digest-off", channelId);
      else await records.put("digest-off", channelId, true);
    },
    async learn(channel, channelId) {
      if (channel.startsWith("#")) {
        await records.put("digest-names", channel.toLowerCase(), channelId);
      }
    },
  };
}
