"""What the house promises of itself: who may import whom, how large its rooms are, and which rules pages run."""
