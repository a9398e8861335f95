"""What every room may use: errors, money, numbers, text, jobs. No models and no domain words."""
