/** Numbers and words as the page shows them. */
import type { Score } from '../../server/reward/types';

const MINUS = '−';
const separated = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A reward: a sign and two decimals, `+0.10`, `−0.50`, `0.00`; more digits where two would say zero. */
export function reward(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? '+∞' : value < 0 ? `${MINUS}∞` : '–';
  const size = Math.abs(value);
  const text = size !== 0 && size < 0.005 ? size.toPrecision(1) : size.toFixed(2);
  if (Number(text) === 0) return '0.00';
  return `${value > 0 ? '+' : MINUS}${text}`;
}

/** A reward with every digit, for the reader who asks what exactly. */
export const exactReward = (value: number): string => String(value).replace('-', MINUS);

/** Six digits at most, two decimals at least: 1.4000000000000001 reads 1.40. */
function shortened(value: number): string {
  const near = Number(value.toPrecision(6));
  return Number(near.toFixed(2)) === near ? near.toFixed(2) : String(near);
}

/** A threshold or level value: two decimals at least, a true minus, no plus sign. */
export function level(value: number): string {
  if (Math.abs(value) >= Number.MAX_VALUE) return value > 0 ? '∞' : `${MINUS}∞`;
  const rounded = value.toFixed(2);
  const exact = String(value);
  const text = Number(rounded) === value ? rounded : exact.length <= 10 ? exact : shortened(value);
  return text.replace('-', MINUS).replace(/^−0\.00$/, '0.00');
}

export function score(value: Score): string {
  if (value.state === 'scored') return reward(value.value);
  return value.state === 'failed' ? 'failed' : '–';
}

/** Why a score has no value; null where it has one. */
export const scoreReason = (value: Score): string | null =>
  value.state === 'scored' ? null : value.state === 'failed' ? value.error : value.reason;

/** An integer, with separators over 9,999. */
export const count = (value: number): string => (value > 9999 ? separated.format(value) : String(value));

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

/** `$1.23`; fractions of a cent keep two digits. */
export const money = (dollars: number): string =>
  `$${dollars !== 0 && Math.abs(dollars) < 0.01 ? dollars.toPrecision(2) : dollars.toFixed(2)}`;

/** A duration: `0.42 s`, `17.4 s`, `3 min 20 s`, `1 h 05 min`. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(2)} s`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Tokens or characters in a short form: `812`, `12.4 k`, `1.3 M`. */
export function short(value: number): string {
  if (value < 10_000) return String(value);
  return value < 999_950 ? `${(value / 1000).toFixed(1)} k` : `${(value / 1e6).toFixed(1)} M`;
}

/** The last part of a path. */
export const baseName = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1) || path;
