// Each command of the real engine takes seconds, and more on a busy machine.
jest.setTimeout(180_000);
