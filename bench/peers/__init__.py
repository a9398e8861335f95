"""What the platform is measured against, each served as the platform is."""
