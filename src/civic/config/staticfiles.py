"""Static files under names that carry their hash, compressed ahead of time."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Hashed(CompressedManifestStaticFilesStorage):
    """Hashes what the pages name; third-party style sheets may name files that are not shipped."""

    manifest_strict = False
