import { isRecord, type JsonValue } from "../../base/json.ts";
import type { RecordStore, StoredRecord } from "../../storage/contract.ts";
import { dayCollection, gapCollection } from "./counters.ts";
import { type DayCounts, decodeCounts, emptyCounts, encodeCounts } from "./day-counts.ts";
import { decodeGap, encodeGap, type Gap } from "./gap.ts";

/** What was counted of questions, to be read. */
export interface QuestionBook {
  /** The counts of a day such as `2026-11-28`. */
  day(day: string): Promise<DayCounts>;
  /** All gaps, in no order. */
  gaps(): Promise<Gap[]>;
}

const pageSize = 500;
/** More gaps than this are not looked at: somebody is playing. */
const mostGaps = 5000;

/** The book in the storage that all processes share. */
export function bookOfRecords(records: RecordStore): QuestionBook {
  return {
    day: async (day) => decodeCounts((await records.get(dayCollection, day))?.value),
    async gaps() {
      const gaps: Gap[] = [];
      let afterId: string | undefined;
      while (gaps.length < mostGaps) {
        const page: StoredRecord[] = await records.list(gapCollection, {
          limit: pageSize,
          ...(afterId === undefined ? {} : { afterId }),
        });
        for (const { value } of page) {
          const gap = decodeGap(value);
          if (gap !== undefined) gaps.push(gap);
        }
        afterId = page.at(-1)?.id;
        if (page.length < pageSize) break;
      }
      return gaps;
    },
  };
}

/** The book as text, for who cannot open the storage because the bot has it open. */
export async function printBook(book: QuestionBook, days: readonly string[]): Promise<string> {
  const counts: Record<string, JsonValue> = {};
  for (const day of days) {
    const found = await book.day(day);
    if (found.asked > 0) counts[day] = encodeCounts(found);
  }
  const gaps = (await book.gaps()).map((gap) => encodeGap(gap));
  return JSON.stringify({ days: counts, gaps });
}

/** The book that `printBook` wrote; an empty one for anything else. */
export function bookOfText(text: string | undefined): QuestionBook {
  const value = parse(text);
  const days = isRecord(value["days"]) ? value["days"] : {};
  const gaps = Array.isArray(value["gaps"]) ? value["gaps"] : [];
  return {
    day: async (day) => (Object.hasOwn(days, day) ? decodeCounts(days[day]) : emptyCounts()),
    gaps: async () => gaps.map((gap) => decodeGap(gap)).filter((gap) => gap !== undefined),
  };
}

function parse(text: string | undefined): Record<string, JsonValue> {
  try {
    const value: unknown = JSON.parse(text ?? "{}");
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what JSON.parse returns is JSON
    return isRecord(value) ? (value as Record<string, JsonValue>) : {};
  } catch {
    return {};
  }
}
