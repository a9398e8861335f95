<<<<<<< HEAD
"""Residents' doors of consultation."""
=======
"""Residents' door of consultation: reading a draft clause by clause, saying something, standing by what others say."""
>>>>>>> consult-base
