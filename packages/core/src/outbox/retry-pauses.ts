/** The first pause doubles with each attempt, up to an hour. */
const firstPauseMilliseconds = 1_000;
const longestPauseMilliseconds = 3_600_000;

/** Twelve attempts in the first hour, then one each hour: a receiver who is down for a day misses nothing. */
export const mostAttempts = 40;

/**
 * How long to wait after so many attempts, in milliseconds.
 *
 * @param random from 0 to 1: takes off up to half, so that those who failed together do not come back together.
 */
export const pauseAfter = (attempts: number, random: number): number =>
  Math.min(firstPauseMilliseconds * 2 ** (attempts - 1), longestPauseMilliseconds) * (1 - random / 2);
