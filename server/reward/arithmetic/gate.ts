/** The gate itself, and the return-to-go. */
import type { Gate } from '../types';

/**
 * Whether a value passes a gate. +∞ shuts every value out and −∞ lets every value in, whatever the operator; the
 * largest finite numbers stand for both, because infinities do not survive JSON.
 *
 * @param value finite
 */
export function passesGate(value: number, { threshold, op }: Gate): boolean {
  if (threshold >= Number.MAX_VALUE) return false;
  if (threshold <= -Number.MAX_VALUE) return true;
  return op === '>=' ? value >= threshold : value > threshold;
}

/** A threshold that survives JSON: ±∞ become the largest finite numbers, which {@link passesGate} reads as ±∞. */
export const wireThreshold = (threshold: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, threshold));

/**
 * Return-to-go: `R_t = Σ_{k ≥ t} γ^{k−t} r_k`, the outcome added to the last turn's reward.
 *
 * @param discount γ in [0, 1]
 */
export function returnsToGo(rewards: ArrayLike<number>, discount: number, outcome = 0): Float64Array {
  const result = new Float64Array(rewards.length);
  for (let t = rewards.length - 1, next = outcome; t >= 0; t--) {
    // The outcome stands on the last turn itself, so it is not discounted there.
    next = rewards[t]! + (t === rewards.length - 1 ? outcome : discount * next);
    result[t] = next;
  }
  return result;
}
