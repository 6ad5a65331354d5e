"""Reading pages: each statement about their forms, labels, values and traps is a test that bears its name."""
