import { expect, test } from "@jest/globals";

import type { RecordStore, StoredRecord } from "../../src/storage/contract.ts";
import { updateRecord } from "../../src/storage/update.ts";

function only10(value = 0): number {
  if (value !== 10) throw new TypeError("refused");
  return value + 1;
}

/** A store whose one record somebody else changes before each of the first `rivals` writes. */
function contested(rivals: number): { store: RecordStore; writes: unknown[] } {
  let record: StoredRecord<number> | undefined = { id: "a", value: 10, version: 1 };
  const writes: unknown[] = [];
  const store: RecordStore = {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the test asks for numbers
    get: async <T>() => record as StoredRecord<T> | undefined,
    async put(_collection, _id, value, options) {
      if (writes.length < rivals && record !== undefined) {
        record = { ...record, value: record.value + 100, version: record.version + 1 };
      }
      writes.push(value);
      if (options?.ifVersion !== (record?.version ?? 0)) return undefined;
      record = { id: "a", value: Number(value), version: (record?.version ?? 0) + 1 };
      return record.version;
    },
    delete: async () => false,
    list: async () => [],
  };
  return { store, writes };
}

test("applies the change to what others wrote in between", async () => {
  const { store, writes } = contested(2);

  const updated = await updateRecord<number>(store, "c", "a", (value = 0) => value + 1);

  expect(updated).toEqual({ id: "a", value: 211, version: 4 });
  expect(writes).toEqual([11, 111, 211]);
});

test("gives up when others write at every attempt", async () => {
  const { store, writes } = contested(100);

  await expect(
    updateRecord<number>(store, "c", "a", (value = 0) => value + 1, { attempts: 3 }),
  ).rejects.toMatchObject({ code: "record-busy" });
  expect(writes).toHaveLength(3);
});

test("writes nothing when the change leaves the value, and passes on what the change throws", async () => {
  const { store, writes } = contested(0);

  expect(await updateRecord<number>(store, "c", "a", () => undefined)).toMatchObject({ value: 10 });
  await expect(
    updateRecord<number>(store, "c", "a", () => {
      throw new TypeError("refused");
    }),
  ).rejects.toThrow("refused");
  expect(writes).toEqual([]);
});

test("begins with what is known, without reading, and reads when that is old", async () => {
  const { store, writes } = contested(0);
  const seen: number[] = [];
  const add = (value = 0): number => {
    seen.push(value);
    return value + 1;
  };

  const first = await updateRecord<number>(store, "c", "a", add, {
    known: { id: "a", value: 10, version: 1 },
  });
  const second = await updateRecord<number>(store, "c", "a", add, {
    known: { id: "a", value: 10, version: 1 },
  });

  expect(first).toEqual({ id: "a", value: 11, version: 2 });
  expect(second).toEqual({ id: "a", value: 12, version: 3 });
  expect(seen).toEqual([10, 10, 11]);
  expect(writes).toEqual([11, 11, 12]);
});

test("a refusal of what is known counts only when the record says the same", async () => {
  const { store } = contested(0);
  const known = { id: "a", value: 9, version: 0 };

  expect(await updateRecord<number>(store, "c", "a", only10, { known })).toMatchObject({
    value: 11,
  });
  await expect(updateRecord<number>(store, "c", "a", only10, { known })).rejects.toThrow("refused");
});
