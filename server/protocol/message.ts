/** A request's method with its parameter and result types. */
export interface Request<P, R> {
  readonly method: string;
  readonly params?: P;
  readonly result?: R;
}
export interface Notification<P> {
  readonly method: string;
  readonly params?: P;
}
export const request = <P, R>(method: string): Request<P, R> => ({ method });
export const notification = <P>(method: string): Notification<P> => ({ method });
