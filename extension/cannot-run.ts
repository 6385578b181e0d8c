/** A reason why a command can't run, with the way out. Shown, not logged. */
export class CannotRun extends Error {
  override readonly name = 'CannotRun';
  constructor(
    message: string,
    readonly ways: readonly { readonly title: string; readonly command: string; readonly arguments?: readonly unknown[] }[] = [],
  ) {
    super(message);
  }
}
