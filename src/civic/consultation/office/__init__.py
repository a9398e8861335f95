"""Officials' door of consultation: preparing, publishing, moderating, entering what was said on paper."""
