"""The residents' doors of a case: applying, one's own cases, the public look-up."""
