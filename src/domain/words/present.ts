/**
 * Members that may be absent. A member that is absent and one that is `undefined` are two things to the compiler
 * (`exactOptionalPropertyTypes`) and in what is signed, so a record is made without those that are undefined.
 */

/** The same members, each of which is left out where it would be undefined. */
export type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Leaves out the members that are undefined; the others keep their order. */
export const present = <const T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
