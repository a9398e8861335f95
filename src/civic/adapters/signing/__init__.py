"""Keys that sign licences: in files of this installation, or in a device (HSM) that never gives them away.

`algorithms` and `certificates` know no framework and no setting: the offline verifier stands on them alone.
"""
