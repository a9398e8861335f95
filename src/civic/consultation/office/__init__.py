<<<<<<< HEAD
"""Officials' doors of consultation."""
=======
"""Officials' door of consultation: preparing, publishing, moderating, entering what was said on paper."""
>>>>>>> consult-base
