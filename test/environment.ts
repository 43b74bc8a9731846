// What commands print must not depend on who runs the tests: on a terminal Jest sets FORCE_COLOR for its own workers.
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = "1";
