"""Where the sealed bytes of documents lie: a folder of this machine, or an S3-compatible store."""
