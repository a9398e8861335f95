"""The officials' doors of a case: the worklist, the case page, the steps."""
