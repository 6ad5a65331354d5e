"""End to end over simulated time: real crawls on loopback, real archive, real tables."""
