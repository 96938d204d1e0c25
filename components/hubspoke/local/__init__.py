"""The local engine and the simulated clouds: a whole deployment on a machine with nothing but Python."""
