/** Numbers of formal letters: each is assigned once, in order, without a gap. */
import type { Sql } from 'postgres';
import type { LetterStore } from './contracts/letters.ts';

interface Numbered {
  readonly year: number;
  readonly number: number;
}

export const createLetterStore = (sql: Sql): Pick<LetterStore, 'letterNumber'> => ({
  async letterNumber({ message, office: opened, year }, now) {
    const [known] = await sql<Numbered[]>`
      select year, number from letter where message = ${message} and office = ${opened}`;
    return known ?? assignNumber(sql, { message, office: opened, year }, now);
  },
});

/**
 * Lock the register row, check whether another process has assigned a number, and keep the lock until ours is
 * stored. So no number is assigned twice, and none is lost if a transaction fails.
 */
const assignNumber = (
  sql: Sql,
  { message, office: focalPoint, year }: { message: string; office: string; year: number },
  now: Date,
): Promise<Numbered> =>
  sql.begin(async (tx) => {
    await tx`insert into letter_register (office, year, last) values (${focalPoint}, ${year}, 0) on conflict do nothing`;
    await tx`select last from letter_register where office = ${focalPoint} and year = ${year} for update`;
    const [known] = await tx<Numbered[]>`
      select year, number from letter where message = ${message} and office = ${focalPoint}`;
    if (known !== undefined) return known;
    const [given] = await tx<Numbered[]>`
      with next as (
        update letter_register set last = last + 1 where office = ${focalPoint} and year = ${year} returning last)
      insert into letter (message, office, year, number, given_at)
      select ${message}, ${focalPoint}, ${year}, last, ${now} from next returning year, number`;
    if (given === undefined) throw new Error('the register has assigned no number');
    return given;
  });
