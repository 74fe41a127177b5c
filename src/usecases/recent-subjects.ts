/** What people asked about lately; kept in memory only, and gone with the process. */
export interface RecentSubjects {
  note(userRef: string | undefined, subjectRef: string | undefined): void;
  /** Entity references, the last first. */
  of(userRef: string): readonly string[];
}

const mostPeople = 5_000;
const mostSubjects = 5;

/** Creates it, empty. */
export function createRecentSubjects(): RecentSubjects {
  const byPerson = new Map<string, string[]>();
  return {
    note(userRef, subjectRef) {
      if (userRef === undefined || subjectRef === undefined) return;
      const before = byPerson.get(userRef) ?? [];
      const now = [subjectRef, ...before.filter((ref) => ref !== subjectRef)];
      // whoever asked last stands last, so that those who have not asked for longest are forgotten first
      byPerson.delete(userRef);
      byPerson.set(userRef, now.slice(0, mostSubjects));
      const [oldest] = byPerson.keys();
      if (byPerson.size > mostPeople && oldest !== undefined) byPerson.delete(oldest);
    },
    of: (userRef) => byPerson.get(userRef) ?? [],
  };
}
