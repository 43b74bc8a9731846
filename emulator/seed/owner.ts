/** The owner that clients of an emulator act as. */
export interface SeededOwner {
  readonly organizationId: string;
  readonly email: string;
  readonly password: string;
  readonly totpSecret?: string;
  /** Value of the owner's personal API key with the scope `*`. */
  readonly apiKey: string;
}
