import { checkId } from "./failure.ts";

/**
 * Our job id as BullMQ takes it: `j-` and the id with reserved characters percent-encoded, as in `j-run%3A1`.
 * BullMQ refuses whole numbers and single colons.
 * @throws InputError `storage-id-invalid`
 */
export function encodeJobId(id: string): string {
  checkId("job", id);
  return `j-${encodeURIComponent(id)}`;
}

/** The id that `encodeJobId` encoded. */
export function decodeJobId(encoded: string): string {
  return decodeURIComponent(encoded.slice(2));
}
