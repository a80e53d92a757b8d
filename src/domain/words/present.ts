/**
 * Optional members. To the compiler (`exactOptionalPropertyTypes`) and in signed data, an absent member differs
 * from one that is `undefined`. So records are made without members that are undefined.
 */

/** The type of a record whose undefined members are left out. */
type Present<T> = {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
} & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** Returns the record without its undefined members, in the same order. */
export const present = <const T extends object>(members: T): Present<T> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Present<T>;
