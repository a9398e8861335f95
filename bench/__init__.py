"""The speed of what the platform exists for, each figure as a ratio to a peer measured in the same run."""
